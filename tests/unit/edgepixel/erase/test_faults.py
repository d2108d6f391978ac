# SPDX-License-Identifier: Apache-2.0
"""Whatever happens in between, the same command and the compactor's next runs leave nothing of it, and all else."""

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from botocore.exceptions import ClientError

from edgepixel.errors import AnswerFailedError, ErasureError
from tests.unit.compactor.conftest import Run
from tests.unit.edgepixel.erase.conftest import DAYS, OTHER, VISITOR, Erase
from tests.unit.edgepixel.erase.lake import ErasureLake, rows
from tests.unit.edgepixel.erase.test_erasure import OTHERS, TEXTS

CALLS = 180  # more than an erasure makes: a test holds it


class KilledError(BaseException):
    """The process ends at once: no `except Exception` sees it."""


@contextmanager
def after_call(lake: ErasureLake, number: int, act: Callable[[], object]) -> Iterator[None]:
    """Do something once, after the call with this number, or one of those that other threads make beside it."""
    begun, first = lake.calls, threading.Lock()

    def after(_operation: str) -> None:
        if lake.calls - begun >= number and first.acquire(blocking=False):
            lake.after = lambda _: None
            act()

    lake.after = after
    try:
        yield
    finally:
        lake.after = lambda _: None


def kill() -> None:
    raise KilledError


def gone(lake: ErasureLake, others: list[str] = OTHERS) -> None:
    """Nothing of the visitor is anywhere, and every other row is there once."""
    assert lake.shown() == others
    assert [key for text in TEXTS for key in lake.holding(text)] == []


def receipts(lake: ErasureLake) -> list[str]:
    return [body.decode() for key, (body, _) in lake.files.items() if key.startswith("erasures/")]


def test_an_erasure_makes_fewer_calls_than_are_tried(lake: ErasureLake, run: Run, erase: Erase) -> None:
    run()
    begun = lake.calls
    erase("visitor", VISITOR)
    assert CALLS - 20 < lake.calls - begun < CALLS


@pytest.mark.parametrize("compacts", [False, True])
@pytest.mark.parametrize("number", range(1, CALLS, 7))
def test_killed_after_any_call_the_same_command_finishes_it(
    number: int, compacts: bool, lake: ErasureLake, run: Run, erase: Erase, later: Callable[..., None]
) -> None:
    run()
    killed = False
    with after_call(lake, number, kill):
        try:
            erase("visitor", VISITOR)
        except KilledError:
            killed = True
    if compacts:
        later(hours=1)
        run()
    later(minutes=5)
    finished = erase("visitor", VISITOR)
    gone(lake)
    stored = receipts(lake)
    assert len(stored) == 1
    assert '"state": "done"' in stored[0]
    assert killed or finished is None
    later(hours=1)
    run()
    assert run()["typed"] == []
    gone(lake)


@pytest.mark.parametrize("number", range(1, CALLS, 4))
def test_the_compactor_may_run_at_any_moment(number: int, lake: ErasureLake, run: Run, erase: Erase) -> None:
    run({"days": [DAYS[0]]})
    lake.add(DAYS[0], "10", "late.gz", rows("o9", visitor=OTHER))
    with after_call(lake, number, run):
        erase("visitor", VISITOR)
    run()
    assert run()["typed"] == []
    assert lake.shown() == sorted([*OTHERS, "o9"])
    leftover = {key for text in TEXTS for key in lake.holding(text)}
    assert leftover == set()


@pytest.mark.parametrize("killed", [False, True])
@pytest.mark.parametrize("number", range(1, 60, 4))
def test_the_command_may_run_at_any_moment_of_the_compactor(
    number: int, killed: bool, lake: ErasureLake, run: Run, erase: Erase, later: Callable[..., None]
) -> None:
    run({"days": [DAYS[0]]})
    lake.add(DAYS[0], "10", "late.gz", rows("o9", visitor=OTHER))
    later(minutes=5)
    if killed:  # when raw objects have been written anew, and before a typed day is
        with after_call(lake, 60, kill), pytest.raises(KilledError):
            erase("visitor", VISITOR)
        later(minutes=5)

    def come() -> None:
        later(minutes=1)
        erase("visitor", VISITOR)
        later(minutes=1)

    with after_call(lake, number, come):
        run()
    assert run()["typed"] == []
    erase("visitor", VISITOR)
    assert lake.shown() == sorted([*OTHERS, "o9"])
    later(days=2)
    run({"days": [DAYS[0]], "clean": True})
    gone(lake, sorted([*OTHERS, "o9"]))


@pytest.mark.parametrize("number", range(1, CALLS, 9))
def test_an_object_may_come_at_any_moment(number: int, lake: ErasureLake, run: Run, erase: Erase) -> None:
    run()
    come = list[str]()

    def late() -> None:
        come.append("o9")
        lake.add(DAYS[1], "12", "late.gz", rows(*come, visitor=OTHER))

    with after_call(lake, number, late):
        erase("visitor", VISITOR)
    run()
    assert run()["typed"] == []
    gone(lake, sorted([*OTHERS, *come]))


@pytest.mark.parametrize("number", range(35, 75, 3))
def test_an_object_may_be_replaced_at_any_moment(number: int, lake: ErasureLake, run: Run, erase: Erase) -> None:
    run()
    key = f"events/dt={DAYS[0]}/hour=09/1.gz"

    def replace() -> None:
        lake.objects[key] = (lake.objects[key][0] + rows("o9", visitor=OTHER), lake.now)

    with after_call(lake, number, replace):
        erase("visitor", VISITOR)
    run()
    assert run()["typed"] == []
    gone(lake, sorted([*OTHERS, "o9"]))


def test_lines_that_come_meanwhile_are_erased_by_the_next_run(
    lake: ErasureLake, run: Run, erase: Erase, said: io.StringIO
) -> None:
    run()
    number = [0]

    def come() -> None:
        number[0] += 1
        lake.add(DAYS[2], "01", f"{number[0]}.gz", rows(f"v1{number[0]}", visitor=VISITOR))

    def after(operation: str) -> None:
        if operation == "update_partition":
            come()
        if operation == "put_object":
            come()

    lake.after = after
    with pytest.raises(ErasureError, match="a last search still found something"):
        erase("visitor", VISITOR)
    assert '"state": "incomplete"' in receipts(lake)[0]
    lake.after = lambda _: None
    receipt = erase("visitor", VISITOR)
    assert receipt
    assert (receipt.state, receipt.runs) == ("done", 2)
    gone(lake)


@pytest.mark.parametrize(
    ("operation", "action"),
    [
        ("put_object", "s3:PutObject"),
        ("get_object", "s3:GetObject"),
        ("list_objects_v2", "s3:ListBucket"),
        ("delete_objects", "s3:DeleteObject"),
        ("update_partition", "glue:UpdatePartition"),
        ("start_query_execution", "athena:StartQueryExecution"),
    ],
)
def test_a_missing_permission_is_named(operation: str, action: str, lake: ErasureLake, run: Run, erase: Erase) -> None:
    run()
    lake.refusals[operation] = ["AccessDenied"]
    with pytest.raises(ErasureError, match=f"you lack the permission {action}"):
        erase("visitor", VISITOR)
    erase("visitor", VISITOR)
    gone(lake)


def test_any_other_refusal_is_told_as_it_is(lake: ErasureLake, run: Run, erase: Erase) -> None:
    run()
    lake.refusals["update_partition"] = ["ThrottlingException"]
    with pytest.raises(ClientError, match="ThrottlingException"):
        erase("visitor", VISITOR)
    erase("visitor", VISITOR)
    gone(lake)


def test_a_day_of_which_rows_are_lost_is_not_switched(lake: ErasureLake, run: Run, erase: Erase) -> None:
    run()
    before = {day: one["StorageDescriptor"]["Location"] for day, one in lake.partitions["pixel_days"].items()}
    lake.lost_rows = 1
    with pytest.raises(ErasureError, match="rows of 2026-11-27 were written instead of"):
        erase("visitor", VISITOR)
    assert {day: one["StorageDescriptor"]["Location"] for day, one in lake.partitions["pixel_days"].items()} == before
    erase("visitor", VISITOR)
    gone(lake)


def test_a_statement_that_fails_is_told(lake: ErasureLake, run: Run, erase: Erase) -> None:
    run()
    lake.ends = ["SUCCEEDED", "SUCCEEDED", "FAILED"]
    with pytest.raises(AnswerFailedError, match="Athena reports FAILED: from the fake"):
        erase("visitor", VISITOR)
    erase("visitor", VISITOR)
    gone(lake)


def test_an_object_that_cannot_be_read_is_told_and_all_else_is_erased(
    lake: ErasureLake, run: Run, erase: Erase
) -> None:
    run()
    lake.hold(f"events/dt={DAYS[0]}/hour=09/broken.gz", b"\x1f\x8b no more")
    with pytest.raises(ErasureError, match=r"1 objects cannot be read.*broken\.gz"):
        erase("visitor", VISITOR)
    assert lake.shown() == OTHERS
    assert '"state": "incomplete"' in receipts(lake)[0]
