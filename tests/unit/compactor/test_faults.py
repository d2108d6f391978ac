# SPDX-License-Identifier: Apache-2.0
"""Whatever fails, no row that `events` shows is lost or counted twice, after no call; and the next runs mend it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from tests.unit.compactor.conftest import Run
from tests.unit.compactor.lake import Lake, rows

FIRST, SECOND, OPEN = "2026-11-27", "2026-11-28", "2026-11-29"
# Which the fixture's objects have. Those of the open day are raw lines; f is in the last typed day, too.
LEDGER = sorted(["a", "b", "c", "d", "e", "f", "g", "None", "None", "None"])
CALLS = 75  # more than a run of two days makes: a test holds it
# What Glue, S3 and Athena say when they cannot or will not (their API references, "Common errors" and each action's).
REFUSALS = {
    "get_partitions": "OperationTimeoutException",
    "get_table": "InternalServiceException",
    "create_partition": "ResourceNumberLimitExceededException",
    "batch_create_partition": "ConcurrentModificationException",
    "batch_delete_partition": "OperationTimeoutException",
    "list_objects_v2": "SlowDown",
    "start_query_execution": "TooManyRequestsException",
    "get_query_execution": "ThrottlingException",
    "get_query_results": "InternalServerException",
}


class KilledError(BaseException):
    """The process ends at once: no `except Exception` sees it."""


@pytest.fixture
def watched(lake: Lake) -> Iterator[list[str]]:
    """Checks after every call what would be shown; ids may be late that a test names in the list."""
    late: list[str] = []

    def check(_operation: str) -> None:
        held(lake, late)

    lake.after = check
    yield late
    held(lake, [])


def held(lake: Lake, late: list[str]) -> None:
    """Nothing that was shown is lost, nothing is there twice. Before days are typed, c is in two of them."""
    shown = lake.shown()
    assert sorted(set(shown) - set(late)) == sorted(set(LEDGER) - set(late))
    assert shown.count("None") == LEDGER.count("None")
    typed = [row["request_id"] for row in lake.typed() if row["request_id"]]
    assert len(typed) == len(set(typed)), "a typed row is counted twice"
    days = {row["dt"] for row in lake.typed()}
    assert not days & {row["dt"] for row in lake.raw()}, "a day is typed and raw"


def healed(lake: Lake, run: Run) -> None:
    """The next run types what is left, and its next has nothing to do."""
    run()
    assert run()["typed"] == []
    assert lake.shown() == LEDGER
    assert set(lake.partitions["pixel_events"]) == {(OPEN, "00")}


@contextmanager
def after_call(lake: Lake, number: int, act: Callable[[], object]) -> Iterator[None]:
    """Do something once, after the call with this number, besides what is done after every call."""
    check, begun = lake.after, lake.calls

    def after(operation: str) -> None:
        check(operation)
        if lake.calls - begun == number:
            lake.after = check
            act()

    lake.after = after
    try:
        yield
    finally:
        lake.after = check


def kill() -> None:
    """End the process."""
    raise KilledError


def test_a_run_makes_fewer_calls_than_are_tried(lake: Lake, run: Run) -> None:
    run()
    assert 60 < lake.calls < CALLS


@pytest.mark.parametrize("number", range(1, CALLS))
def test_killed_after_any_call(lake: Lake, run: Run, watched: list[str], number: int) -> None:
    with suppress(KilledError), after_call(lake, number, kill):
        run()
    healed(lake, run)


@pytest.mark.parametrize("number", range(1, CALLS, 5))
def test_killed_in_a_redo(lake: Lake, run: Run, watched: list[str], number: int) -> None:
    run()
    with suppress(KilledError), after_call(lake, number, kill):
        run({"days": [FIRST], "redo": True})
    healed(lake, run)


@pytest.mark.parametrize("number", range(1, CALLS, 5))
def test_another_run_meanwhile(lake: Lake, run: Run, watched: list[str], number: int) -> None:
    with after_call(lake, number, run):
        run()
    healed(lake, run)


@pytest.mark.parametrize("number", range(1, CALLS, 3))
def test_a_redo_of_the_next_day_meanwhile(lake: Lake, run: Run, watched: list[str], number: int) -> None:
    """Between the last look and the switch nothing can stop it: then both have c, until the end of this run."""
    lake.after = lambda _: None
    with after_call(lake, number, lambda: run({"days": [SECOND], "redo": True})):
        run()
    held(lake, [])
    healed(lake, run)


@pytest.mark.parametrize("end", ["FAILED", "CANCELLED"])
@pytest.mark.parametrize("before", range(4))
def test_a_statement_fails_half_written(lake: Lake, run: Run, watched: list[str], end: str, before: int) -> None:
    lake.ends = ["SUCCEEDED"] * before + [end]
    assert len(run()["typed"]) == 2
    healed(lake, run)


def test_statements_of_one_day_keep_failing(
    lake: Lake, run: Run, compactor: SimpleNamespace, watched: list[str], later: Callable[..., None]
) -> None:
    # Of the second run, too: the other day is typed by then, so that the statement is another one.
    lake.ends = ["FAILED"] * compactor.statements.ATTEMPTS + ["SUCCEEDED"] * 2 + ["FAILED"] * 4
    for _ in range(2):
        with pytest.raises(compactor.work.CompactionFailedError, match=f"{FIRST} is not typed.*Athena reports FAILED"):
            run()
    assert {values[0] for values in lake.partitions["pixel_days"]} == {SECOND}
    started = len(lake.executions)
    with pytest.raises(compactor.work.CompactionFailedError):  # what failed today is not paid for again
        run()
    assert len(lake.executions) == started
    later(days=1)
    lake.partitions["pixel_events"].pop((OPEN, "00"))  # it is closed by now, and not what this is about
    lake.objects = {key: value for key, value in lake.objects.items() if OPEN not in key}
    lake.after = lambda _: None
    assert FIRST in [one["day"] for one in run()["typed"]]
    lake.add(OPEN, "00", "6.gz", rows("f", "g"))


def test_rows_that_are_lost_on_the_way_are_noticed(
    lake: Lake, run: Run, compactor: SimpleNamespace, watched: list[str]
) -> None:
    lake.lost_rows = 2
    assert len(run()["typed"]) == 2
    assert len([one for one in lake.executions.values() if "UNLOAD" in one["Query"]]) == 3


def test_a_day_whose_counts_never_agree_is_not_switched_to(
    lake: Lake, run: Run, compactor: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, watched: list[str]
) -> None:
    write = lake._write
    monkeypatch.setattr(lake, "_write", lambda key, made: write(key, made[1:] if FIRST in key else made))
    with pytest.raises(compactor.work.CompactionFailedError, match="4 rows were made instead of 6"):
        run()
    assert {values[0] for values in lake.partitions["pixel_days"]} == {SECOND}
    monkeypatch.undo()


@pytest.mark.parametrize("operation", sorted(REFUSALS))
@pytest.mark.parametrize("before", [0, 1, 3])
def test_aws_refuses_a_call(
    lake: Lake, run: Run, compactor: SimpleNamespace, watched: list[str], operation: str, before: int
) -> None:
    lake.refusals = {operation: [None] * before + [REFUSALS[operation]]}
    # Before the first day any error ends the run; later it is the day's, and others go on. Few calls make no such call.
    with suppress(ClientError, compactor.work.CompactionFailedError):
        run()
    healed(lake, run)


@pytest.mark.parametrize("number", range(1, CALLS, 4))
def test_a_late_object_after_any_call(lake: Lake, run: Run, watched: list[str], number: int) -> None:
    """A hit of the day that is being typed: it may be shown late, and nothing else may change."""
    watched += ["late"]
    late = {"day": FIRST, "hour": "09", "name": "late.gz", "rows": rows("late", "a")}
    with after_call(lake, number, lambda: lake.add(**late)):
        run()
    lake.add(**late)  # it has come at last, if the run made fewer calls
    run()
    assert lake.shown() == sorted([*LEDGER, "late"])
    assert run()["typed"] == []
    del watched[:]
    lake.after = lambda _: None
    del lake.objects["events/dt=2026-11-27/hour=09/late.gz"]
    run({"days": [FIRST], "redo": True, "objects_removed": True})


@pytest.mark.parametrize("number", range(3))
def test_the_event_of_an_ended_statement_is_lost(lake: Lake, run: Run, watched: list[str], number: int) -> None:
    """Runs that have no time to wait get on all the same, one statement a run."""
    runs = 0
    while lake.partitions["pixel_events"].keys() != {(OPEN, "00")}:
        run(seconds=31 + number)
        runs += 1
        assert runs < 30
    healed(lake, run)
