# SPDX-License-Identifier: Apache-2.0
"""Kind OriginAccessControl."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.fakes.client import FakeClient
from tests.fakes.cloudformation import event
from tests.unit.edge_setup.fake_deadline import FakeDeadline

PROPERTIES = {"Kind": "OriginAccessControl", "Name": "shop-eu-west-1", "Description": "Reads the pixel"}
FIRST, SECOND = "E0000000000001", "E0000000000002"


@pytest.fixture
def ask(edge_setup: SimpleNamespace, deadline: FakeDeadline) -> Any:
    """Ask for Create, Update or Delete with some properties changed."""

    def ask(request_type: str, physical_id: str = "", **changes: Any) -> Any:
        request = edge_setup.protocol.request.Request.parse(event(request_type, PROPERTIES | changes, physical_id))
        return edge_setup.kinds.perform(request, deadline)

    return ask


def other(cloudfront: FakeClient, name: str) -> None:
    """A control that another stack made."""
    cloudfront.create_origin_access_control(
        OriginAccessControlConfig={
            "Name": name,
            "Description": "somebody else's",
            "SigningProtocol": "sigv4",
            "SigningBehavior": "never",
            "OriginAccessControlOriginType": "s3",
        }
    )


def test_create_signs_every_request_to_s3(ask: Any, cloudfront: FakeClient) -> None:
    outcome = ask("Create")
    assert outcome.physical_id == FIRST
    assert outcome.data == {"Id": FIRST}
    assert cloudfront.service.controls[FIRST] == {
        "Name": "shop-eu-west-1",
        "Description": "Reads the pixel",
        "OriginAccessControlOriginType": "s3",
        "SigningBehavior": "always",
        "SigningProtocol": "sigv4",
    }


def test_create_again_brings_the_same_control_up_to_date_on_whichever_page_it_is(
    ask: Any, cloudfront: FakeClient
) -> None:
    for number in range(3):
        other(cloudfront, f"other-{number}")
    made = ask("Create").physical_id
    again = ask("Create", Description="New words")
    assert again.physical_id == made == "E0000000000004"
    assert cloudfront.service.controls[made]["Description"] == "New words"
    assert cloudfront.count("list_origin_access_controls") == 2
    again.undo()
    assert made in cloudfront.service.controls


def test_create_leaves_a_control_of_somebody_else_alone(
    ask: Any, edge_setup: SimpleNamespace, cloudfront: FakeClient
) -> None:
    other(cloudfront, "pixel")
    with pytest.raises(edge_setup.protocol.request.InvalidProperties, match="pixel exists and is not this stack's"):
        ask("Create", Name="pixel")
    assert cloudfront.service.controls[FIRST]["Description"] == "somebody else's"


def test_create_says_so_when_the_control_is_not_listed(ask: Any, cloudfront: FakeClient) -> None:
    cloudfront.fail_next["create_origin_access_control"] = ["OriginAccessControlAlreadyExists"]
    with pytest.raises(LookupError, match="is not listed"):
        ask("Create")


def test_undo_takes_away_what_was_made(ask: Any, cloudfront: FakeClient) -> None:
    ask("Create").undo()
    assert cloudfront.service.controls == {}


def test_update_changes_in_place_the_version_that_it_read(ask: Any, cloudfront: FakeClient) -> None:
    ask("Create")
    ask("Update", FIRST, Description="New words")
    assert ask("Update", FIRST, Description="Newer words").physical_id == FIRST
    assert cloudfront.service.controls[FIRST]["Description"] == "Newer words"
    assert cloudfront.service.versions[FIRST] == 2


def test_update_reads_again_when_somebody_changed_the_control_meanwhile(ask: Any, cloudfront: FakeClient) -> None:
    ask("Create")
    cloudfront.fail_next["update_origin_access_control"] = ["PreconditionFailed"]
    ask("Update", FIRST, Description="New words")
    assert cloudfront.service.controls[FIRST]["Description"] == "New words"
    assert cloudfront.count("update_origin_access_control") == 2


def test_update_to_another_name_makes_a_second_one(ask: Any, cloudfront: FakeClient) -> None:
    ask("Create")
    assert ask("Update", FIRST, Name="shop-eu-west-1-b").physical_id == SECOND
    assert [control["Name"] for control in cloudfront.service.controls.values()] == [
        "shop-eu-west-1",
        "shop-eu-west-1-b",
    ]


def test_update_of_one_that_vanished_makes_it_again(ask: Any, cloudfront: FakeClient) -> None:
    assert ask("Update", "E9999999999999").physical_id == FIRST


def test_delete_deletes(ask: Any, cloudfront: FakeClient) -> None:
    ask("Create")
    ask("Delete", FIRST)
    assert cloudfront.service.controls == {}


@pytest.mark.parametrize("physical_id", [FIRST, "not-created:9a1f"])
def test_delete_of_what_is_not_there_succeeds(ask: Any, physical_id: str) -> None:
    assert ask("Delete", physical_id).physical_id == physical_id


@pytest.mark.parametrize("code", ["OriginAccessControlInUse", "PreconditionFailed"])
def test_delete_is_tried_again(ask: Any, cloudfront: FakeClient, deadline: FakeDeadline, code: str) -> None:
    ask("Create")
    cloudfront.fail_next["delete_origin_access_control"] = [code, code]
    ask("Delete", FIRST)
    assert cloudfront.service.controls == {}
    assert deadline.pauses == [1.0, 2.0]


def test_delete_of_one_in_use_for_good_says_what_to_do(
    ask: Any, edge_setup: SimpleNamespace, cloudfront: FakeClient
) -> None:
    ask("Create")
    cloudfront.service.in_use.add(FIRST)
    with pytest.raises(edge_setup.aws_calls.StillRefused, match=r"a distribution still uses .*then delete again"):
        ask("Delete", FIRST)


@pytest.mark.parametrize(
    ("request_type", "operation"),
    [
        ("Create", "create_origin_access_control"),
        ("Update", "update_origin_access_control"),
        ("Delete", "delete_origin_access_control"),
    ],
)
def test_other_errors_pass_through(
    ask: Any, edge_setup: SimpleNamespace, cloudfront: FakeClient, request_type: str, operation: str
) -> None:
    ask("Create")
    cloudfront.fail_next[operation] = ["AccessDenied"]
    with pytest.raises(edge_setup.aws_calls.ClientError, match="AccessDenied"):
        ask(request_type, FIRST)
