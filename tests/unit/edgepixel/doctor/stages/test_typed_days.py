# SPDX-License-Identifier: Apache-2.0
"""What the doctor says of typed days."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from edgepixel.doctor.facts.aws_calls import AwsCalls
from edgepixel.doctor.facts.said import Refused
from edgepixel.doctor.facts.stack_facts import StackFacts
from edgepixel.doctor.findings import Stage
from edgepixel.doctor.parts.functions import FunctionFacts
from edgepixel.doctor.stages.typed_days import TypedDaysFacts, late_days, note
from tests.unit.edgepixel.doctor.canned_stack import Changes, canned_stack

TODAY = date(2026, 11, 23)
RUNS = FunctionFacts(Stage.CATALOG, "compactor", {"Environment": {"Variables": {"CLOSED_AFTER_HOURS": "2"}}}, {}, {})


def ago(*days: int) -> list[date]:
    return [TODAY - timedelta(days=number) for number in days]


def facts(
    typed: Sequence[date] | None, raw: Sequence[date] | None, hour: int = 10, compactor: FunctionFacts = RUNS
) -> TypedDaysFacts:
    return TypedDaysFacts(typed, raw, compactor, datetime(2026, 11, 23, hour, 30, tzinfo=UTC))


def test_typed_days_are_counted_and_the_last_is_named() -> None:
    assert note(facts(ago(3, 2, 1), ago(0))) == "3 days are typed, the last is 2026-11-22."
    assert note(facts(ago(1), ago(0))) == "1 day is typed, the last is 2026-11-22."


def test_before_the_first_day_is_over_none_is_missed() -> None:
    assert note(facts([], ago(0))) == "No day is typed yet: each one is in the hours after its end."


def test_a_day_that_ended_is_missed_when_the_compactor_has_come_several_times() -> None:
    assert [hour for hour in range(24) if late_days(facts([], ago(1, 0), hour))] == list(range(8, 24))


def test_late_hours_of_a_typed_day_are_missed_too() -> None:
    assert late_days(facts(ago(3, 2, 1), ago(0, 2))) == ago(2)


def test_days_that_are_not_typed_are_named_the_oldest_first_and_not_all_of_many() -> None:
    said = note(facts([], ago(0, *range(1, 9))))
    assert said is not None
    assert said.startswith(
        "Days that have ended and are not typed: 2026-11-15, 2026-11-16, 2026-11-17, 2026-11-18, 2026-11-19 and 3 more."
    )
    assert said.endswith("The log of the function compactor says why. See docs/operations.md#typed-days.")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"configuration": Refused("GetFunctionConfiguration", "ResourceNotFoundException", "no")}, "does not exist"),
        ({"concurrency": {"ReservedConcurrentExecutions": 0}}, "has a reserved concurrency of 0"),
        ({"throttles": 12.0}, "Lambda refused 12 invocations of compactor"),
    ],
)
def test_why_they_are_not_typed_is_told_where_it_is_known(changed: dict[str, Any], why: str) -> None:
    said = note(facts([], ago(2, 0), compactor=replace(RUNS, **changed)))
    assert said is not None
    assert why in said


def test_nothing_is_said_where_nobody_may_look() -> None:
    assert note(facts(None, ago(1))) is None
    assert note(facts(ago(1), None)) is None


def asked(changes: Changes) -> TypedDaysFacts:
    stack = canned_stack(changes)
    stack = replace(stack, outputs={**stack.outputs, "CompactorFunctionName": "compactor"})
    assert stack.has_typed_days
    return StackFacts(stack, AwsCalls(stack)).typed_days()


def test_the_catalog_tells_the_days() -> None:
    partitions = [{"Values": ["2026-11-22", "10"]}, {"Values": ["2026-11-22", "11"]}, {"Values": ["2026-11-21", "09"]}]
    found = asked({("glue", "get_partitions"): {"Partitions": partitions}})
    assert found.typed == found.raw == [date(2026, 11, 21), date(2026, 11, 22)]
    assert found.compactor.name == "compactor"


def test_a_table_that_is_not_there_has_no_days_and_one_that_is_refused_is_not_known() -> None:
    absent = Refused("GetPartitions", "EntityNotFoundException", "no table")
    assert asked({("glue", "get_partitions"): absent}).raw == []
    assert asked({("glue", "get_partitions"): Refused("GetPartitions", "AccessDeniedException", "no")}).raw is None
