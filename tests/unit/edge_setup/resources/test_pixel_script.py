# SPDX-License-Identifier: Apache-2.0
"""Kind PixelScript. What the script does in a browser is in tests/e2e/browser/test_tags.py."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.fakes.client import FakeClient
from tests.fakes.cloudformation import event
from tests.unit.edge_setup.fake_deadline import FakeDeadline

PROPERTIES = {"Kind": "PixelScript", "Bucket": "site", "PixelPath": "/pixel.gif", "Content": "0123456789abcdef"}


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


def test_create_writes_the_script_as_browsers_want_it(ask: Any, s3: FakeClient, edge_setup: SimpleNamespace) -> None:
    outcome = ask("Create")
    assert outcome.physical_id == "s3://site/pixel.js"
    assert outcome.data == {"Key": "pixel.js", "Path": "/pixel.js"}
    assert s3.calls == [
        (
            "put_object",
            {
                "Bucket": "site",
                "Key": "pixel.js",
                "Body": edge_setup.resources.pixel_script.served("pixel.gif"),
                "ContentType": "text/javascript; charset=utf-8",
                "CacheControl": "public, max-age=3600",
            },
        )
    ]


def test_the_script_is_under_1_kb_and_has_no_comments(edge_setup: SimpleNamespace) -> None:
    script: bytes = edge_setup.resources.pixel_script.served("pixel.gif")
    assert len(script) < 1024
    assert script.startswith(b"(()=>{")
    assert script.endswith(b"})();")
    assert b"//" not in script
    assert b"\n" not in script


def test_the_script_keeps_nothing_in_the_browser_and_calls_nobody_but_the_pixel(edge_setup: SimpleNamespace) -> None:
    script = edge_setup.resources.pixel_script.served("pixel.gif").decode()
    for name in ("cookie", "Storage", "indexedDB", "caches", "fetch", "XMLHttp", "sendBeacon", "http", "eval"):
        assert name not in script
    assert script.count(".src=") == 1


def test_the_script_asks_for_the_pixel_beside_it(ask: Any, s3: FakeClient) -> None:
    outcome = ask("Create", PixelPath="/a/b/dot.png")
    assert outcome.data == {"Key": "a/b/pixel.js", "Path": "/a/b/pixel.js"}
    (held,) = s3.service.buckets["site"]
    assert b"'dot.png'" in held["Body"]
    assert b"pixel.gif" not in held["Body"]


def test_undo_takes_away_what_was_made(ask: Any, s3: FakeClient) -> None:
    ask("Create").undo()
    assert keys(s3) == []


def test_update_in_place_writes_it_anew_and_has_nothing_to_undo(ask: Any, s3: FakeClient) -> None:
    ask("Create")
    outcome = ask("Update", "s3://site/pixel.js", Content="fedcba9876543210")
    outcome.undo()
    assert outcome.data == {"Key": "pixel.js", "Path": "/pixel.js"}
    assert s3.count("put_object") == 2
    assert keys(s3) == ["pixel.js"]


def test_another_pixel_in_the_same_folder_leaves_the_script_where_it_is(ask: Any, s3: FakeClient) -> None:
    before = ask("Create").physical_id
    assert ask("Update", before, PixelPath="/dot.gif").physical_id == before
    (held,) = s3.service.buckets["site"]
    assert b"'dot.gif'" in held["Body"]


def test_update_to_another_folder_writes_a_second_one(ask: Any, s3: FakeClient) -> None:
    ask("Create")
    outcome = ask("Update", "s3://site/pixel.js", PixelPath="/img/p.gif")
    assert outcome.physical_id == "s3://site/img/pixel.js"
    assert keys(s3) == ["pixel.js", "img/pixel.js"]
    outcome.undo()
    assert keys(s3) == ["pixel.js"]


def test_delete_deletes_what_the_physical_id_says(ask: Any, s3: FakeClient) -> None:
    ask("Create", PixelPath="/img/p.gif")
    ask("Create")
    ask("Delete", "s3://site/img/pixel.js")  # the properties name /pixel.gif
    assert keys(s3) == ["pixel.js"]


@pytest.mark.parametrize("physical_id", ["s3://site/absent.js", "s3://gone/pixel.js", "not-created:9a1f"])
def test_delete_of_what_is_not_there_succeeds(ask: Any, physical_id: str) -> None:
    assert ask("Delete", physical_id).physical_id == physical_id


@pytest.mark.parametrize("path", ["pixel.gif", "/", "/folder/", "/pixel.js", "/folder/pixel.js"])
def test_a_pixel_that_leaves_no_place_for_the_script_is_refused(
    ask: Any, edge_setup: SimpleNamespace, path: str
) -> None:
    with pytest.raises(edge_setup.protocol.request.InvalidProperties, match="PixelPath"):
        ask("Create", PixelPath=path)
