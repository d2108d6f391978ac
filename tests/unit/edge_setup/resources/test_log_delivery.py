# SPDX-License-Identifier: Apache-2.0
"""Kind LogDelivery."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.fakes.client import FakeClient
from tests.fakes.cloudformation import UNIQUE_ID, event
from tests.unit.edge_setup.fake_deadline import FakeDeadline

NAME = f"edgepixel-{UNIQUE_ID}"
DISTRIBUTION = "arn:aws:cloudfront::123456789012:distribution/E1A2B3C4D5E6F7"
OTHER_DISTRIBUTION = "arn:aws:cloudfront::123456789012:distribution/E7F6E5D4C3B2A1"
PROPERTIES = {
    "Kind": "LogDelivery",
    "Name": NAME,
    "DistributionArn": DISTRIBUTION,
    "DestinationArn": "arn:aws:s3:::lake/events",
    "OutputFormat": "w3c",
    "FieldDelimiter": "\t",
    "RecordFields": ["timestamp(ms)", "sc-status"],
    "SuffixPath": "{yyyy}/{MM}/{dd}/{HH}",
}


@pytest.fixture
def ask(edge_setup: SimpleNamespace, deadline: FakeDeadline) -> Any:
    """Ask for Create, Update or Delete with some properties changed."""

    def ask(request_type: str, physical_id: str = "", **changes: Any) -> Any:
        request = edge_setup.protocol.request.Request.parse(event(request_type, PROPERTIES | changes, physical_id))
        return edge_setup.kinds.perform(request, deadline)

    return ask


def _is_empty(logs: FakeClient) -> bool:
    return not (logs.service.sources or logs.service.destinations or logs.service.deliveries)


def _foreign_source(logs: FakeClient) -> None:
    for name, arn in (("first", OTHER_DISTRIBUTION), ("second", f"{DISTRIBUTION}8"), ("theirs", DISTRIBUTION)):
        logs.service.put_delivery_source(name, arn, "ACCESS_LOGS")


def test_create_joins_the_distribution_and_the_bucket(ask: Any, logs: FakeClient) -> None:
    outcome = ask("Create")
    (source,) = logs.service.sources.values()
    (destination,) = logs.service.destinations.values()
    (delivery,) = logs.service.deliveries.values()
    assert outcome.physical_id == f"log-delivery:{destination['name']}@{DISTRIBUTION}"
    assert outcome.data == {"SourceName": source["name"]}
    assert (source["resourceArns"], source["logType"]) == ([DISTRIBUTION], "ACCESS_LOGS")
    assert destination["outputFormat"] == "w3c"
    assert destination["deliveryDestinationConfiguration"] == {"destinationResourceArn": "arn:aws:s3:::lake/events"}
    assert delivery == {
        "id": "delivery1",
        "deliverySourceName": source["name"],
        "deliveryDestinationArn": destination["arn"],
        "recordFields": ["timestamp(ms)", "sc-status"],
        "fieldDelimiter": "\t",
        "s3DeliveryConfiguration": {"suffixPath": "{yyyy}/{MM}/{dd}/{HH}", "enableHiveCompatiblePath": True},
    }


def test_names_have_the_stacks_id_and_are_short_enough(ask: Any, logs: FakeClient) -> None:
    ask("Create")
    for name in (*logs.service.sources, *logs.service.destinations):
        assert name.startswith(f"{NAME}-")
        assert len(name) <= 60


def test_log_deliveries_are_in_us_east_1_wherever_the_stack_is(
    ask: Any, logs: FakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    regions = []

    def client(_name: str, **arguments: Any) -> FakeClient:
        regions.append(arguments.get("region_name"))
        return logs

    monkeypatch.setattr("boto3.client", client)
    outcome = ask("Create")
    ask("Delete", outcome.physical_id)
    assert set(regions) == {"us-east-1"}


def test_create_again_changes_nothing(ask: Any, logs: FakeClient) -> None:
    first = ask("Create")
    assert ask("Create").physical_id == first.physical_id
    assert [len(table) for table in (logs.service.sources, logs.service.destinations, logs.service.deliveries)] == [
        1
    ] * 3
    assert logs.count("update_delivery_configuration") == 0


def test_a_source_that_is_there_is_used_and_never_deleted(ask: Any, logs: FakeClient) -> None:
    _foreign_source(logs)
    outcome = ask("Create")
    assert outcome.data == {"SourceName": "theirs"}
    (delivery,) = logs.service.deliveries.values()
    assert delivery["deliverySourceName"] == "theirs"
    ask("Delete", outcome.physical_id)
    assert sorted(logs.service.sources) == ["first", "second", "theirs"]
    assert (logs.service.destinations, logs.service.deliveries) == ({}, {})


def test_the_stacks_source_stays_while_somebody_else_uses_it(ask: Any, logs: FakeClient) -> None:
    outcome = ask("Create")
    (source,) = logs.service.sources
    other = logs.service.put_delivery_destination("other", "json", {"destinationResourceArn": "arn:aws:s3:::other"})
    logs.service.create_delivery(
        deliverySourceName=source, deliveryDestinationArn=other["deliveryDestination"]["arn"], recordFields=["date"]
    )
    ask("Delete", outcome.physical_id)
    assert list(logs.service.sources) == [source]
    assert list(logs.service.destinations) == ["other"]
    assert len(logs.service.deliveries) == 1


def test_a_source_of_connection_logs_is_not_this_one(ask: Any, logs: FakeClient) -> None:
    logs.service.sources["connections"] = {
        "name": "connections",
        "resourceArns": [f"{DISTRIBUTION}/connections", DISTRIBUTION],
        "logType": "CONNECTION_LOGS",
    }
    assert ask("Create").data["SourceName"].startswith(NAME)


@pytest.mark.parametrize(
    "change",
    [
        {"RecordFields": ["timestamp(ms)"]},
        {"FieldDelimiter": ","},
        {"SuffixPath": "{distributionid}/{yyyy}"},
    ],
)
def test_update_changes_fields_and_path_in_place(ask: Any, logs: FakeClient, change: dict[str, Any]) -> None:
    outcome = ask("Create")
    before = dict(logs.service.deliveries["delivery1"])
    assert ask("Update", outcome.physical_id, **change).physical_id == outcome.physical_id
    assert list(logs.service.deliveries) == ["delivery1"]
    assert logs.service.deliveries["delivery1"] != before
    assert logs.count("create_delivery") == 1


@pytest.mark.parametrize(
    "change",
    [
        {"OutputFormat": "json"},
        {"DestinationArn": "arn:aws:s3:::lake/other"},
        {"DistributionArn": OTHER_DISTRIBUTION},
    ],
)
def test_update_of_what_cannot_be_changed_makes_another_delivery(
    ask: Any, logs: FakeClient, change: dict[str, str]
) -> None:
    old = ask("Create")
    new = ask("Update", old.physical_id, **change)
    assert new.physical_id != old.physical_id
    assert len(logs.service.deliveries) == 2
    ask("Delete", old.physical_id)
    assert list(logs.service.deliveries) == ["delivery2"]
    (destination,) = logs.service.destinations.values()
    assert logs.service.deliveries["delivery2"]["deliveryDestinationArn"] == destination["arn"]
    assert list(logs.service.sources) == [logs.service.deliveries["delivery2"]["deliverySourceName"]]
    ask("Delete", new.physical_id, **change)
    assert _is_empty(logs)


@pytest.mark.parametrize("first", [True, False])
def test_of_two_deliveries_of_one_stack_the_other_stays_when_one_is_deleted(
    ask: Any, logs: FakeClient, first: bool
) -> None:
    """As in a change between Source=standard and CrossCheck=enabled: both have the distribution's one source."""
    cross_check = {"DestinationArn": "arn:aws:s3:::lake/cross-check", "RecordFields": ["timestamp(ms)"]}
    events, checks = ask("Create"), ask("Create", **cross_check)
    assert len(logs.service.sources) == 1
    gone, stays = (events, checks) if first else (checks, events)
    ask("Delete", gone.physical_id, **({} if first else cross_check))
    (delivery,) = logs.service.deliveries.values()
    assert delivery["deliveryDestinationArn"].rpartition(":")[2] in stays.physical_id
    assert list(logs.service.sources) == [delivery["deliverySourceName"]]
    ask("Delete", stays.physical_id, **(cross_check if first else {}))
    assert _is_empty(logs)


def test_update_of_one_that_vanished_makes_it_again(ask: Any, logs: FakeClient) -> None:
    outcome = ask("Create")
    logs.service.deliveries.clear()
    assert ask("Update", outcome.physical_id).physical_id == outcome.physical_id
    assert len(logs.service.deliveries) == 1


def test_undo_takes_away_what_was_made(ask: Any, logs: FakeClient) -> None:
    ask("Create").undo()
    assert _is_empty(logs)


def test_undo_leaves_what_was_there_before(ask: Any, logs: FakeClient) -> None:
    ask("Create")
    ask("Create").undo()
    assert len(logs.service.deliveries) == 1


@pytest.mark.parametrize("operation", ["put_delivery_destination", "put_delivery_source", "create_delivery"])
def test_a_create_that_fails_leaves_nothing(
    ask: Any, edge_setup: SimpleNamespace, logs: FakeClient, operation: str
) -> None:
    logs.fail_next[operation] = ["ServiceQuotaExceededException"]
    with pytest.raises(edge_setup.aws_calls.ClientError, match="ServiceQuotaExceededException"):
        ask("Create")
    assert _is_empty(logs)


def test_a_new_permission_takes_a_moment(ask: Any, logs: FakeClient, deadline: FakeDeadline) -> None:
    logs.fail_next["describe_delivery_sources"] = ["AccessDeniedException"] * 2
    logs.fail_next["create_delivery"] = ["AccessDeniedException"]
    ask("Create")
    assert deadline.pauses == [1.0, 2.0, 1.0]
    assert len(logs.service.deliveries) == 1


def test_a_permission_that_is_missing_is_named(ask: Any, edge_setup: SimpleNamespace, logs: FakeClient) -> None:
    logs.fail_next["create_delivery"] = ["AccessDeniedException"] * 100
    with pytest.raises(edge_setup.aws_calls.StillRefused, match="the bucket's policy does not let CloudWatch Logs"):
        ask("Create")
    assert _is_empty(logs)


def test_what_cannot_be_taken_back_is_named(ask: Any, edge_setup: SimpleNamespace, logs: FakeClient) -> None:
    for operation in ("create_delivery", "delete_delivery_source"):
        logs.fail_next[operation] = ["ServiceQuotaExceededException"]
    with pytest.raises(edge_setup.resources.log_delivery.NotTakenBack, match=rf"look for {NAME}"):
        ask("Create")


@pytest.mark.parametrize(
    "operation",
    ["put_delivery_destination", "put_delivery_source", "create_delivery"],
)
def test_create_waits_while_something_is_being_updated(
    ask: Any, logs: FakeClient, deadline: FakeDeadline, operation: str
) -> None:
    logs.fail_next[operation] = ["ConflictException"] * 3
    ask("Create")
    assert deadline.pauses == [1.0, 2.0, 4.0]
    assert len(logs.service.deliveries) == 1


@pytest.mark.parametrize("operation", ["delete_delivery", "delete_delivery_destination", "delete_delivery_source"])
def test_delete_waits_while_something_is_being_updated(
    ask: Any, logs: FakeClient, deadline: FakeDeadline, operation: str
) -> None:
    outcome = ask("Create")
    logs.fail_next[operation] = ["ConflictException"] * 2
    ask("Delete", outcome.physical_id)
    assert deadline.pauses == [1.0, 2.0]
    assert _is_empty(logs)


def test_a_source_that_somebody_makes_meanwhile_is_used(ask: Any, logs: FakeClient) -> None:
    put = logs.service.put_delivery_source

    def too_late(name: str, resourceArn: str, logType: str) -> Any:
        put("theirs", resourceArn, logType)
        return put(name, resourceArn, logType)

    logs.service.put_delivery_source = too_late
    assert ask("Create").data == {"SourceName": "theirs"}


def test_a_conflict_that_does_not_end_says_what_to_do(
    ask: Any, edge_setup: SimpleNamespace, logs: FakeClient, deadline: FakeDeadline
) -> None:
    deadline.seconds = 300
    logs.fail_next["create_delivery"] = ["ConflictException"] * 100
    with pytest.raises(edge_setup.aws_calls.StillRefused, match=r"keeps being changed; try again\. .*ConflictExc"):
        ask("Create")
    assert _is_empty(logs)
    assert sum(deadline.pauses) <= 120  # there is time left to take back what was made


def test_delete_deletes(ask: Any, logs: FakeClient) -> None:
    outcome = ask("Create")
    assert ask("Delete", outcome.physical_id).physical_id == outcome.physical_id
    assert _is_empty(logs)


@pytest.mark.parametrize("operation", ["delete_delivery", "delete_delivery_destination", "delete_delivery_source"])
def test_delete_of_what_vanished_meanwhile_succeeds(ask: Any, logs: FakeClient, operation: str) -> None:
    outcome = ask("Create")
    delete = getattr(logs.service, operation)

    def twice(**arguments: str) -> None:
        delete(**arguments)
        delete(**arguments)

    setattr(logs.service, operation, twice)
    ask("Delete", outcome.physical_id)
    assert _is_empty(logs)


def test_delete_after_a_create_that_was_cut_off_finds_what_it_left(ask: Any, logs: FakeClient) -> None:
    ask("Create")
    ask("Delete", "not-created:9a1f")
    assert _is_empty(logs)


@pytest.mark.parametrize("changes", [{}, {"Name": "pixel"}, {"OutputFormat": ""}])
@pytest.mark.parametrize("physical_id", ["not-created:9a1f", "shop-Thing-1ABC", f"log-delivery:gone@{DISTRIBUTION}"])
def test_delete_of_what_is_not_there_succeeds(
    ask: Any, logs: FakeClient, physical_id: str, changes: dict[str, str]
) -> None:
    _foreign_source(logs)
    assert ask("Delete", physical_id, **changes).physical_id == physical_id
    assert len(logs.service.sources) == 3


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"Name": "pixel"}, "Name is pixel, which does not contain the stack's unique id"),
        ({"RecordFields": "timestamp"}, "RecordFields is not a list"),
        ({"RecordFields": []}, "RecordFields is not a list"),
        ({"DestinationArn": "", "SuffixPath": ""}, "DestinationArn"),
        ({"SuffixPath": ""}, "SuffixPath"),
    ],
)
def test_wrong_properties_are_refused_before_anything_is_made(
    ask: Any, edge_setup: SimpleNamespace, logs: FakeClient, changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(edge_setup.protocol.request.InvalidProperties, match=reason):
        ask("Create", **changes)
    assert logs.calls == []
