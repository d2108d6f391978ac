# SPDX-License-Identifier: Apache-2.0
"""The rows that are to go, as Athena finds them in typed days and in raw lines."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from edgepixel.ask.athena import run_query
from edgepixel.aws.stack import Stack
from edgepixel.console.table import Value
from edgepixel.erase import statements
from edgepixel.erase.subject import Period, Sought

REACH_DAYS = 7
"""How many days before and after a row copies of its line are looked for: the compactor's NEIGHBOR_DAYS."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS = 1900.0  # Athena ends a statement after 30 minutes (user guide, "Service Quotas")


@dataclass(frozen=True)
class FoundRow:
    """A row: of a typed day or not, its `dt`, its line's object, its request id, its time, its site.

    The time is in milliseconds since 1970.
    """

    typed: bool
    day: str
    key: str
    request_id: str | None
    event_ms: int | None
    site: str | None


def find_rows(stack: Stack, sought: Sought, period: Period) -> tuple[list[FoundRow], int]:
    """All rows, and the bytes that Athena read. Raises AnswerFailedError."""
    found = run_query(stack, statements.find(sought, period), timeout_seconds=_SECONDS)
    return [_row(*row) for row in found.rows], found.scanned_bytes or 0


def days_around(days: Iterable[str]) -> set[str]:
    """The days within REACH_DAYS of some days, and those themselves."""
    return {
        str(date.fromisoformat(day) + timedelta(days=off)) for day in days for off in range(-REACH_DAYS, REACH_DAYS + 1)
    }


def times_without_id(rows: Iterable[FoundRow]) -> dict[str, set[int | None]]:
    """The times of rows that have no request id, by the object of their line."""
    times: dict[str, set[int | None]] = {}
    for row in rows:
        if row.request_id is None:
            times.setdefault(row.key, set()).add(row.event_ms)
    return times


def _row(typed: Value, day: Value, place: Value, request_id: Value, event_time: Value, site: Value) -> FoundRow:
    moment = None if event_time is None else datetime.fromisoformat(str(event_time)).replace(tzinfo=UTC)
    return FoundRow(
        typed in (True, "true"),
        str(day),
        key=str(place).removeprefix("s3://").partition("/")[2],
        request_id=None if request_id is None else str(request_id),
        event_ms=None if moment is None else round((moment - _EPOCH) / timedelta(milliseconds=1)),
        site=None if site is None else str(site),
    )
