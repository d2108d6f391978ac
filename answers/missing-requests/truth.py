# SPDX-License-Identifier: Apache-2.0
"""The answer `missing-requests` from both kinds of logs, without SQL. No ledger knows what was lost."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from edgepixel.answers.subject.periods import Period
from edgepixel.console.table import Table
from edgepixel.truth.events import HOUR_MS, time_text
from edgepixel.truth.local_time import clock

COLUMNS = ("event_time", "request_id", "path_pattern")
_ON_THEIR_WAY_MS = 2 * HOUR_MS
_KEPT_MS = 7 * 24 * HOUR_MS
_MOST_ROWS = 10_000


@dataclass(frozen=True)
class Requested:
    """A line of standard logs: the request's id, its time in milliseconds since the epoch, and its path pattern."""

    request_id: str
    time_ms: int
    path_pattern: str


def expected(
    requests: Iterable[Requested], found: Collection[str], pixel_path: str, period: Period, now_ms: int
) -> Table:
    """Each request for the pixel of a period that is not among those found, the newest first. Copies are one."""
    begin_ms, end_ms = (round(moment.timestamp() * 1000) for moment in (period.begin, period.end))
    first_ms, last_ms = max(begin_ms, now_ms - _KEPT_MS), min(end_ms, now_ms - _ON_THEIR_WAY_MS)
    missing = {
        (-one.time_ms, one.request_id)
        for one in requests
        if one.path_pattern == pixel_path and first_ms <= one.time_ms < last_ms and one.request_id not in found
    }
    zone = ZoneInfo(period.time_zone)
    rows = ((time_text(clock(-time, zone)), request_id, pixel_path) for time, request_id in sorted(missing))
    return Table(COLUMNS, tuple(rows)[:_MOST_ROWS])
