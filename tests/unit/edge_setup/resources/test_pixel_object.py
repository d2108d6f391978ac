# SPDX-License-Identifier: Apache-2.0
"""Kind PixelObject."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.fakes.client import FakeClient
from tests.fakes.cloudformation import event
from tests.unit.edge_setup.fake_deadline import FakeDeadline

PROPERTIES = {"Kind": "PixelObject", "Bucket": "site", "Path": "/pixel.gif"}


@pytest.fixture
def ask(edge_setup: SimpleNamespace, deadline: FakeDeadline, s3: FakeClient) -> Any:
    """Ask for Create, Update or Delete with some properties changed."""
    s3.service.buckets["site"] = []

    def ask(request_type: str, physical_id: str = "", **changes: Any) -> Any:
        request = edge_setup.protocol.request.Request.parse(event(request_type, PROPERTIES | changes, physical_id))
        return edge_setup.kinds.perform(request, deadline)

    return ask


def keys(s3: FakeClient) -> list[str]:
    return [held["Key"] for held in s3.service.buckets["site"]]


def test_create_writes_the_image(ask: Any, s3: FakeClient, edge_setup: SimpleNamespace) -> None:
    outcome = ask("Create")
    assert outcome.physical_id == "s3://site/pixel.gif"
    assert outcome.data == {"Key": "pixel.gif"}
    assert s3.calls == [
        (
            "put_object",
            {
                "Bucket": "site",
                "Key": "pixel.gif",
                "Body": edge_setup.resources.pixel_object.TRANSPARENT_GIF,
                "ContentType": "image/gif",
            },
        )
    ]


def test_the_image_is_one_transparent_dot_of_43_bytes(edge_setup: SimpleNamespace) -> None:
    image: bytes = edge_setup.resources.pixel_object.TRANSPARENT_GIF
    assert len(image) == 43
    assert image[:6] == b"GIF89a"
    assert image[6:10] == bytes([1, 0, 1, 0])  # width and height
    control = image.index(b"\x21\xf9\x04")
    assert image[control + 3] & 1  # has a transparent colour
    transparent = image[control + 6]
    codes = int.from_bytes(image[-4:-2], "little")  # least significant bits first, three bits a code
    assert [codes & 7, codes >> 3 & 7, codes >> 6 & 7] == [4, transparent, 5]  # clear, the dot, end
    assert image[-2:] == b"\x00\x3b"


def test_create_again_is_the_same(ask: Any, s3: FakeClient) -> None:
    assert ask("Create").physical_id == ask("Create").physical_id
    assert keys(s3) == ["pixel.gif"]


def test_undo_takes_away_what_was_made(ask: Any, s3: FakeClient) -> None:
    ask("Create").undo()
    assert keys(s3) == []


def test_update_in_place_has_nothing_to_undo(ask: Any, s3: FakeClient) -> None:
    ask("Create")
    ask("Update", "s3://site/pixel.gif").undo()
    assert keys(s3) == ["pixel.gif"]


def test_update_to_another_path_writes_a_second_one(ask: Any, s3: FakeClient) -> None:
    ask("Create")
    outcome = ask("Update", "s3://site/pixel.gif", Path="/img/p.gif")
    assert outcome.physical_id == "s3://site/img/p.gif"
    assert keys(s3) == ["pixel.gif", "img/p.gif"]
    outcome.undo()
    assert keys(s3) == ["pixel.gif"]


def test_delete_deletes_what_the_physical_id_says(ask: Any, s3: FakeClient) -> None:
    ask("Create", Path="/img/p.gif")
    ask("Create")
    ask("Delete", "s3://site/img/p.gif")  # the properties name pixel.gif
    assert keys(s3) == ["pixel.gif"]


@pytest.mark.parametrize("physical_id", ["s3://site/absent.gif", "s3://gone/pixel.gif", "not-created:9a1f", "s3://"])
def test_delete_of_what_is_not_there_succeeds(ask: Any, physical_id: str) -> None:
    assert ask("Delete", physical_id).physical_id == physical_id


def test_other_errors_pass_through(ask: Any, edge_setup: SimpleNamespace, s3: FakeClient) -> None:
    s3.fail_next["delete_object"] = ["AccessDenied"]
    with pytest.raises(edge_setup.aws_calls.ClientError, match="AccessDenied"):
        ask("Delete", "s3://site/pixel.gif")


@pytest.mark.parametrize("path", ["pixel.gif", "/", "/folder/"])
def test_a_path_that_names_no_object_is_refused(ask: Any, edge_setup: SimpleNamespace, path: str) -> None:
    with pytest.raises(edge_setup.protocol.request.InvalidProperties, match="Path"):
        ask("Create", Path=path)
