# SPDX-License-Identifier: Apache-2.0
"""The answer `coverage` from what was made and what came, without SQL. No ledger knows when an object came."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from zoneinfo import ZoneInfo

from edgepixel.console.table import Table, Value
from edgepixel.truth.events import HOUR_MS, time_text
from edgepixel.truth.local_time import clock, day_of

COLUMNS = (
    "day", "hour", "hours", "counted", "hits_made", "hits_logged", "missing", "percent", "median_seconds",
    "p99_seconds",
)  # fmt: skip
_FEWEST = 1_000


@dataclass(frozen=True)
class Came:
    """A line in the lake: its hit, when that was, and when the line's object came. In milliseconds since the epoch."""

    request_id: str
    time_ms: int
    arrived_ms: int


def expected(made: Mapping[int, int], lines: Iterable[Came], counted: str, zone: ZoneInfo) -> Table:
    """Days and hours. `made` are the hits of each complete hour of UTC, by its first millisecond."""
    hits: dict[str, tuple[int, int]] = {}
    for line in lines:
        seconds = (line.arrived_ms - line.time_ms) // 1000
        time_ms, least = hits.get(line.request_id, (line.time_ms, seconds))
        hits[line.request_id] = min(time_ms, line.time_ms), min(least, seconds)
    late: dict[int, list[int]] = defaultdict(list)
    for time_ms, seconds in hits.values():
        late[time_ms // HOUR_MS * HOUR_MS].append(seconds)
    rows: list[tuple[Value, ...]] = []
    for day in sorted({day_of(hour, zone) for hour in made}):
        hours = sorted(hour for hour in made if day_of(hour, zone) == day)
        sums = sum(made[hour] for hour in hours), [seconds for hour in hours for seconds in late[hour]]
        if any(sums):
            rows.append((str(day), None, len(hours), counted, *_compared(*sums)))
        rows += [
            (str(day), time_text(clock(hour, zone)), 1, counted, *_compared(made[hour], late[hour]))
            for hour in hours
            if made[hour] >= _FEWEST
        ]
    return Table(COLUMNS, tuple(rows))


def _compared(made: int, seconds: Sequence[int]) -> tuple[Value, ...]:
    logged = len(seconds)
    percent = 10_000 * logged // made / 100 if made else None
    return made, logged, made - logged, percent, _percentile(seconds, 50), _percentile(seconds, 99)


def _percentile(numbers: Sequence[int], percent: int) -> int | None:
    """The least number that so many percent of them do not exceed."""
    return sorted(numbers)[ceil(percent * len(numbers) / 100) - 1] if numbers else None
