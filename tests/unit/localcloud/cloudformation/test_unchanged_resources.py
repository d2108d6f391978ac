# SPDX-License-Identifier: Apache-2.0
"""The events of an update tell what it changed."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from localcloud.clock import Clock
from localcloud.cloudformation import service
from localcloud.ministack import cloudformation, kinesis
from tests.unit.localcloud.stacks import Outcome, stack

RETENTION = "RetentionPeriodHours"


@pytest.fixture(autouse=True)
def cloud() -> Iterator[None]:
    service.install(Clock())
    yield
    for one in (cloudformation, kinesis):
        one.reset()


def streams(**hours: int) -> Mapping[str, Any]:
    return {
        name: {"Type": "AWS::Kinesis::Stream", "Properties": {"ShardCount": 1, RETENTION: number}}
        for name, number in hours.items()
    }


def statuses(outcome: Outcome, name: str) -> list[str]:
    return [status for logical_id, status, _ in outcome.events if logical_id == name]


def test_a_new_stack_has_two_events_for_each_resource() -> None:
    outcome = stack("CreateStack", streams(One=24, Two=24))
    assert statuses(outcome, "One") == statuses(outcome, "Two") == ["CREATE_IN_PROGRESS", "CREATE_COMPLETE"]


def test_only_what_changes_has_events() -> None:
    stack("CreateStack", streams(One=24, Two=24))
    outcome = stack("UpdateStack", streams(One=24, Two=48, Three=24))
    assert statuses(outcome, "One") == []
    assert statuses(outcome, "Two") == ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"]
    assert statuses(outcome, "Three") == ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"]
    assert statuses(outcome, "stack")[-1] == "UPDATE_COMPLETE"


def test_a_failure_keeps_its_events_and_those_of_the_way_back() -> None:
    stack("CreateStack", streams(One=24, Two=24))
    failing = {"Three": {**streams(Three=9999999)["Three"], "DependsOn": "Two"}}
    outcome = stack("UpdateStack", {**streams(One=24, Two=48), **failing})
    assert outcome.status == "UPDATE_ROLLBACK_COMPLETE"
    assert statuses(outcome, "One") == []
    assert statuses(outcome, "Three")[:2] == ["UPDATE_IN_PROGRESS", "UPDATE_FAILED"]
    assert outcome.reason("Three")
    way_back = ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"]
    assert statuses(outcome, "Two") == way_back * 2
