# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the tests of erasures: the compactor's own code works on the same lake."""

import io
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from rich.console import Console

from edgepixel.aws.stack import Stack
from edgepixel.erase.command import run_erase
from edgepixel.erase.receipt import Receipt
from edgepixel.erase.subject import Kind, Period, Subject
from tests.unit.compactor.conftest import compactor, later, run  # fixtures
from tests.unit.edgepixel.erase.lake import ErasureLake, rows
from tests.unit.edgepixel.fake_cloud import STACK, fake_cloud

__all__ = ["compactor", "later", "run"]

VISITOR, OTHER = "46f6a70b718aa204", "00000000000000ff"
ORDER = "2026/0000'42"
DAYS = ["2026-11-27", "2026-11-28", "2026-11-29"]


@pytest.fixture
def lake(monkeypatch: pytest.MonkeyPatch) -> Iterator[ErasureLake]:
    """Two closed days and an open one of two visitors, in both layouts, with repeats, also over midnight.

    The visitor's lines are v1 to v6 and one without an id; v4 is alone in its object. v1, v5 and o1 are of the order.
    """
    monkeypatch.setattr("edgepixel.ask.athena.time.sleep", lambda _: None)
    lake = ErasureLake()
    first, second, third = DAYS
    others = rows("o1", visitor=OTHER, order=ORDER) + rows("o2", None, visitor=OTHER, first=1)
    lake.add(first, "09", "1.gz", rows("v1", visitor=VISITOR, order=ORDER) + rows("v2", "v2", visitor=VISITOR) + others)
    lake.add(first, "23", "2.gz", rows("v3", None, visitor=VISITOR, first=40) + rows("o3", visitor=OTHER))
    lake.add(first, "23-standard", "3.gz", rows("v4", visitor=VISITOR))
    lake.add(second, "00", "4.gz", rows("v3", visitor=VISITOR) + rows("o4", "o3", None, visitor=OTHER))
    lake.add(second, "11-standard", "5.gz", rows("v5", visitor=VISITOR, order=ORDER) + rows("o5", visitor=OTHER))
    lake.add(third, "00", "6.gz", rows("v5", visitor=VISITOR, order=ORDER) + rows("v6", visitor=VISITOR) + rows("o6"))
    yield lake
    lake.engine.close()


@pytest.fixture
def stack(lake: ErasureLake) -> Stack:
    outputs = {**STACK.outputs, "DatabaseName": "edgepixel", "WorkGroupName": "group", "LakeBucketName": "lake"}
    return Stack(fake_cloud(**lake.clients()), "edgepixel", outputs, STACK.parameters)


type Erase = Callable[..., Receipt | None]


@pytest.fixture
def said() -> io.StringIO:
    """What the command says."""
    return io.StringIO()


@pytest.fixture
def erase(stack: Stack, said: io.StringIO) -> Erase:
    """Runs the command, which says yes to itself."""

    def run_command(
        kind: Kind, value: str, first: str | None = None, last: str | None = None, *, dry_run: bool = False
    ) -> Receipt | None:
        period = Period(date.fromisoformat(first) if first else None, date.fromisoformat(last) if last else None)
        console = Console(file=said, width=999)
        return run_erase(stack, Subject(kind, value), period, console, console, dry_run=dry_run, yes=True)

    return run_command
