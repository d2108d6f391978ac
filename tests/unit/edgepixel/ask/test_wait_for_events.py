# SPDX-License-Identifier: Apache-2.0
"""Waiting until hits can be queried."""

from typing import Any

import pytest

from edgepixel.ask import wait_for_events
from edgepixel.ask.wait_for_events import queryable_events, wait_until_queryable
from edgepixel.aws.lake_names import DELIVERY_ERRORS, EVENTS, QUARANTINE, TABLE
from edgepixel.console.table import Table
from edgepixel.errors import AnswerFailedError, NotQueryableError
from tests.fakes.client import FakeClient
from tests.fakes.glue import Glue
from tests.fakes.s3 import S3
from tests.unit.edgepixel.fake_cloud import STACK, fake_stack


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> list[int | None]:
    """What Athena will say, one after the other; None: there is no table yet."""
    left: list[int | None] = []

    def run(_stack: Any, _sql: str) -> Table:
        count = left.pop(0) if len(left) > 1 else left[0]
        if count is None:
            raise AnswerFailedError(f"TABLE_NOT_FOUND: {TABLE}")
        return Table(("events",), ((count,),))

    monkeypatch.setattr(wait_for_events, "run_query", run)
    monkeypatch.setattr(wait_for_events, "_PAUSE_SECONDS", 0)
    return left


def test_it_waits_for_the_table_and_for_every_event(counts: list[int | None]) -> None:
    counts += [None, 3, 7, 10]
    seen: list[int] = []
    wait_until_queryable(STACK, 10, 60, seen.append)
    assert seen == [0, 3, 7, 10]


def test_it_waits_on_as_long_as_more_come(counts: list[int | None], monkeypatch: pytest.MonkeyPatch) -> None:
    counts += [None, 3, 7, 7, 10]
    minutes = iter(range(100))
    monkeypatch.setattr(wait_for_events.time, "monotonic", lambda: 60.0 * next(minutes))
    wait_until_queryable(STACK, 10, 90, lambda _found: None)


def test_before_the_first_delivery_there_are_no_events(counts: list[int | None]) -> None:
    counts += [None, 7]
    assert [queryable_events(STACK) for _ in range(2)] == [0, 7]


def s3(objects: dict[str, int]) -> FakeClient:
    """A lake with so many objects below each prefix."""
    client = FakeClient("s3", S3({STACK.lake_bucket: []}))
    for prefix, count in objects.items():
        for number in range(count):
            client.put_object(Bucket=STACK.lake_bucket, Key=f"{prefix}{number}", Body=b"")
    return client


def glue(table: bool) -> FakeClient:
    return FakeClient("glue", Glue({} if table else None))


def test_missing_events_are_counted_with_what_each_stage_holds(counts: list[int | None]) -> None:
    counts.append(9)
    stack = fake_stack(s3=s3({EVENTS: 2, QUARANTINE: 1, DELIVERY_ERRORS: 0}), glue=glue(True))
    with pytest.raises(NotQueryableError) as error:
        wait_until_queryable(stack, 10, 0, lambda _found: None)
    assert str(error.value) == (
        f"9 of 10 events can be queried, and no more arrived for 0 s. The lake has 2 objects in {EVENTS}, "
        f"1 objects in {QUARANTINE}, 0 in {DELIVERY_ERRORS}; the table {TABLE} is in the catalog."
    )


def test_a_table_that_never_comes_is_named_with_athenas_reason(counts: list[int | None]) -> None:
    counts.append(None)
    stack = fake_stack(s3=s3({EVENTS: 0, QUARANTINE: 0, DELIVERY_ERRORS: 0}), glue=glue(False))
    with pytest.raises(NotQueryableError, match=rf"TABLE_NOT_FOUND.*0 objects in {EVENTS}.*is not in the catalog"):
        wait_until_queryable(stack, 10, 0, lambda _found: None)
