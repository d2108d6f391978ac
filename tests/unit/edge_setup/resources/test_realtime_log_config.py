# SPDX-License-Identifier: Apache-2.0
"""Kind RealtimeLogConfig."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.fakes.client import FakeClient, client_error
from tests.fakes.cloudformation import event
from tests.unit.edge_setup.fake_deadline import FakeDeadline

ARN = "arn:aws:cloudfront::123456789012:realtime-log-config/shop-eu-west-1"
STREAM = "arn:aws:kinesis:eu-west-1:123456789012:stream/shop-RawStream"
PROPERTIES = {
    "Kind": "RealtimeLogConfig",
    "Name": "shop-eu-west-1",
    "StreamArn": STREAM,
    "RoleArn": "arn:aws:iam::123456789012:role/logs",
    "SamplingRate": "100",
    "Fields": ["timestamp", "c-ip"],
}


@pytest.fixture
def ask(edge_setup: SimpleNamespace, deadline: FakeDeadline) -> Any:
    """Ask for Create, Update or Delete with some properties changed."""

    def ask(request_type: str, physical_id: str = "", **changes: Any) -> Any:
        request = edge_setup.protocol.request.Request.parse(event(request_type, PROPERTIES | changes, physical_id))
        return edge_setup.kinds.perform(request, deadline)

    return ask


def test_create_makes_the_configuration(ask: Any, cloudfront: FakeClient) -> None:
    outcome = ask("Create")
    assert outcome.physical_id == ARN
    assert outcome.data == {"Arn": ARN}
    assert cloudfront.service.configs["shop-eu-west-1"] == {
        "ARN": ARN,
        "Name": "shop-eu-west-1",
        "SamplingRate": 100,
        "Fields": ["timestamp", "c-ip"],
        "EndPoints": [
            {
                "StreamType": "Kinesis",
                "KinesisStreamConfig": {"RoleARN": PROPERTIES["RoleArn"], "StreamARN": STREAM},
            }
        ],
    }


def test_create_again_brings_the_same_configuration_up_to_date(ask: Any, cloudfront: FakeClient) -> None:
    ask("Create")
    assert ask("Create", SamplingRate="10").physical_id == ARN
    assert cloudfront.service.configs["shop-eu-west-1"]["SamplingRate"] == 10


def test_create_adopts_a_leftover_of_the_stack_with_another_stream(ask: Any, cloudfront: FakeClient) -> None:
    ask("Create")
    ask("Create", StreamArn=f"{STREAM}-2")
    point = cloudfront.service.configs["shop-eu-west-1"]["EndPoints"][0]
    assert point["KinesisStreamConfig"]["StreamARN"] == f"{STREAM}-2"


def test_create_adopts_whatever_writes_to_the_stacks_own_stream(ask: Any, cloudfront: FakeClient) -> None:
    ask("Create", Name="pixel")
    assert ask("Create", Name="pixel", SamplingRate="10").physical_id.endswith("/pixel")


def test_create_leaves_a_configuration_of_somebody_else_alone(
    ask: Any, edge_setup: SimpleNamespace, cloudfront: FakeClient
) -> None:
    ask("Create", Name="pixel")
    with pytest.raises(edge_setup.protocol.request.InvalidProperties, match="pixel exists and is not this stack's"):
        ask("Create", Name="pixel", StreamArn=f"{STREAM}-2", SamplingRate="10")
    assert cloudfront.service.configs["pixel"]["SamplingRate"] == 100


def test_undo_takes_away_what_was_made(ask: Any, cloudfront: FakeClient) -> None:
    ask("Create").undo()
    assert cloudfront.service.configs == {}


def test_undo_leaves_what_was_adopted(ask: Any, cloudfront: FakeClient) -> None:
    ask("Create")
    ask("Create").undo()
    assert list(cloudfront.service.configs) == ["shop-eu-west-1"]


def test_update_changes_in_place(ask: Any, cloudfront: FakeClient) -> None:
    ask("Create")
    assert ask("Update", ARN, SamplingRate="5", Fields=["timestamp"]).physical_id == ARN
    assert cloudfront.service.configs["shop-eu-west-1"]["SamplingRate"] == 5
    assert cloudfront.service.configs["shop-eu-west-1"]["Fields"] == ["timestamp"]


def test_update_to_another_name_makes_a_second_one(ask: Any, cloudfront: FakeClient) -> None:
    ask("Create")
    outcome = ask("Update", ARN, Name="shop-eu-west-1-b")
    assert outcome.physical_id == f"{ARN}-b"
    assert sorted(cloudfront.service.configs) == ["shop-eu-west-1", "shop-eu-west-1-b"]
    outcome.undo()
    assert list(cloudfront.service.configs) == ["shop-eu-west-1"]


def test_update_of_one_that_vanished_makes_it_again(ask: Any, cloudfront: FakeClient) -> None:
    assert ask("Update", ARN).physical_id == ARN
    assert list(cloudfront.service.configs) == ["shop-eu-west-1"]


def test_update_from_another_kind_makes_a_new_one(ask: Any, cloudfront: FakeClient) -> None:
    assert ask("Update", "E0000000000001").physical_id == ARN


def test_delete_deletes(ask: Any, cloudfront: FakeClient) -> None:
    ask("Create")
    assert ask("Delete", ARN).physical_id == ARN
    assert cloudfront.service.configs == {}


@pytest.mark.parametrize("physical_id", [ARN, "not-created:9a1f", "shop-Thing-1ABC"])
def test_delete_of_what_is_not_there_succeeds(ask: Any, physical_id: str) -> None:
    assert ask("Delete", physical_id).physical_id == physical_id


def test_delete_waits_until_the_distribution_is_gone(ask: Any, cloudfront: FakeClient, deadline: FakeDeadline) -> None:
    ask("Create")
    cloudfront.fail_next["delete_realtime_log_config"] = ["RealtimeLogConfigInUse"] * 3
    ask("Delete", ARN)
    assert cloudfront.service.configs == {}
    assert deadline.pauses == [1.0, 2.0, 4.0]


def test_delete_of_one_in_use_for_good_says_what_to_do(
    ask: Any, edge_setup: SimpleNamespace, cloudfront: FakeClient
) -> None:
    ask("Create")
    cloudfront.service.in_use.add("shop-eu-west-1")
    with pytest.raises(edge_setup.aws_calls.StillRefused, match=r"a distribution still uses .*then delete again"):
        ask("Delete", ARN)


@pytest.mark.parametrize("operation", ["create_realtime_log_config", "delete_realtime_log_config"])
def test_other_errors_pass_through(
    ask: Any, edge_setup: SimpleNamespace, cloudfront: FakeClient, operation: str
) -> None:
    cloudfront.fail_next[operation] = ["TooManyRealtimeLogConfigs"]
    with pytest.raises(edge_setup.aws_calls.ClientError, match="TooManyRealtimeLogConfigs"):
        ask("Create" if operation.startswith("create") else "Delete", ARN)


@pytest.mark.parametrize("rate", ["0", "101", "1.5", "many", "-1"])
def test_a_sampling_rate_out_of_range_is_refused(ask: Any, edge_setup: SimpleNamespace, rate: str) -> None:
    with pytest.raises(edge_setup.protocol.request.InvalidProperties, match="SamplingRate"):
        ask("Create", SamplingRate=rate)


@pytest.mark.parametrize("fields", [[], "timestamp"])
def test_fields_must_be_a_list(ask: Any, edge_setup: SimpleNamespace, fields: object) -> None:
    with pytest.raises(edge_setup.protocol.request.InvalidProperties, match="Fields"):
        ask("Create", Fields=fields)


@pytest.mark.parametrize("operation", ["create_realtime_log_config", "update_realtime_log_config"])
def test_a_role_that_was_allowed_a_moment_ago_is_waited_for(
    ask: Any, cloudfront: FakeClient, deadline: FakeDeadline, operation: str
) -> None:
    if operation.startswith("update"):
        ask("Create")
    cloudfront.fail_next[operation] = ["AccessDenied"] * 3
    assert ask("Update" if operation.startswith("update") else "Create", ARN).physical_id == ARN
    assert deadline.pauses == [1.0, 2.0, 4.0]


def test_a_role_that_may_not_be_handed_over_is_told_with_what_aws_said(
    ask: Any, edge_setup: SimpleNamespace, cloudfront: FakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(**_arguments: Any) -> Any:
        raise client_error("AccessDenied", "not authorized to perform: iam:PassRole")

    monkeypatch.setattr(cloudfront.service, "create_realtime_log_config", refused)
    with pytest.raises(edge_setup.aws_calls.StillRefused, match=r"role/logs\. .*perform: iam:PassRole"):
        ask("Create")
