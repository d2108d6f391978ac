# SPDX-License-Identifier: Apache-2.0
"""Kind DataRemoval."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.fakes.client import FakeClient
from tests.fakes.cloudformation import event
from tests.unit.edge_setup.fake_deadline import FakeDeadline

PROPERTIES = {"Kind": "DataRemoval", "Bucket": "lake", "OnDelete": "delete"}
ID = "data-removal:lake"


@pytest.fixture
def ask(edge_setup: SimpleNamespace, deadline: FakeDeadline) -> Any:
    """Ask for Create, Update or Delete with some properties changed."""

    def ask(request_type: str, physical_id: str = "", **changes: Any) -> Any:
        request = edge_setup.protocol.request.Request.parse(event(request_type, PROPERTIES | changes, physical_id))
        return edge_setup.kinds.perform(request, deadline)

    return ask


def fill(s3: FakeClient, objects: int) -> None:
    """Objects in two versions each, the newer one a delete marker for every tenth."""
    s3.service.buckets["lake"] = [
        {"Key": f"events/{number}", "VersionId": version, "marker": version == "v2" and number % 10 == 0}
        for number in range(objects)
        for version in ("v2", "v1")
    ]


@pytest.mark.parametrize("request_type", ["Create", "Update"])
def test_the_choice_is_remembered_and_nothing_is_touched(ask: Any, s3: FakeClient, request_type: str) -> None:
    assert ask(request_type, ID).physical_id == ID
    assert s3.calls == []


def test_update_to_another_bucket_is_another_resource(ask: Any) -> None:
    assert ask("Update", ID, Bucket="new-lake").physical_id == "data-removal:new-lake"


def test_an_unknown_choice_is_refused(ask: Any, edge_setup: SimpleNamespace) -> None:
    with pytest.raises(
        edge_setup.protocol.request.InvalidProperties, match="OnDelete is maybe, not one of keep, delete"
    ):
        ask("Create", OnDelete="maybe")


def test_keep_leaves_the_bucket_alone(ask: Any, s3: FakeClient) -> None:
    fill(s3, 3)
    ask("Delete", ID, OnDelete="keep")
    assert len(s3.service.buckets["lake"]) == 6
    assert s3.calls == []


def test_delete_removes_every_version_in_pages_of_1000_and_then_the_bucket(ask: Any, s3: FakeClient) -> None:
    fill(s3, 1250)
    ask("Delete", ID)
    assert s3.service.buckets == {}
    sizes = [len(arguments["Delete"]["Objects"]) for name, arguments in s3.calls if name == "delete_objects"]
    assert sizes == [1000, 1000, 500]


def test_delete_of_an_empty_bucket_removes_it(ask: Any, s3: FakeClient) -> None:
    fill(s3, 0)
    ask("Delete", ID)
    assert s3.service.buckets == {}


def test_an_absent_bucket_is_fine(ask: Any) -> None:
    assert ask("Delete", ID).physical_id == ID


def test_a_bucket_that_vanishes_meanwhile_is_fine(ask: Any, s3: FakeClient) -> None:
    fill(s3, 1)
    s3.fail_next["delete_bucket"] = ["NoSuchBucket"]
    assert ask("Delete", ID).physical_id == ID


@pytest.mark.parametrize("physical_id", ["not-created:9a1f", "shop-LakeRemoval-1ABC", "lake"])
def test_an_id_that_is_not_a_buckets_removes_nothing(ask: Any, s3: FakeClient, physical_id: str) -> None:
    fill(s3, 3)
    assert ask("Delete", physical_id).physical_id == physical_id
    assert len(s3.service.buckets["lake"]) == 6


def test_the_bucket_of_the_physical_id_is_meant_whatever_the_properties_say(ask: Any, s3: FakeClient) -> None:
    fill(s3, 3)
    ask("Delete", "data-removal:old-lake")
    assert len(s3.service.buckets["lake"]) == 6


def test_an_object_that_cannot_be_deleted_is_named(ask: Any, edge_setup: SimpleNamespace, s3: FakeClient) -> None:
    fill(s3, 3)
    s3.service.undeletable.add("events/1")
    with pytest.raises(
        edge_setup.resources.data_removal.RemovalUnfinished, match=r"2 objects .* the first is events/1: AccessDenied"
    ):
        ask("Delete", ID)
    assert "lake" in s3.service.buckets


def test_when_the_time_is_up_the_reason_says_how_to_go_on(
    ask: Any, edge_setup: SimpleNamespace, s3: FakeClient, deadline: FakeDeadline, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(s3, 1250)
    monkeypatch.setattr(deadline, "seconds_left", iter([100.0, 4.0]).__next__)
    with pytest.raises(
        edge_setup.resources.data_removal.RemovalUnfinished, match=r"1000 objects .* deleted .*delete the stack again"
    ):
        ask("Delete", ID)
    assert len(s3.service.buckets["lake"]) == 1500


def test_a_bucket_that_is_still_written_to_is_reported(ask: Any, edge_setup: SimpleNamespace, s3: FakeClient) -> None:
    fill(s3, 1)
    s3.fail_next["delete_bucket"] = ["BucketNotEmpty"]
    with pytest.raises(edge_setup.resources.data_removal.RemovalUnfinished, match="something still writes"):
        ask("Delete", ID)


def test_other_errors_pass_through(ask: Any, edge_setup: SimpleNamespace, s3: FakeClient) -> None:
    fill(s3, 1)
    s3.fail_next["list_object_versions"] = ["AccessDenied"]
    with pytest.raises(edge_setup.aws_calls.ClientError, match="AccessDenied"):
        ask("Delete", ID)
