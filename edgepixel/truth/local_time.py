# SPDX-License-Identifier: Apache-2.0
"""Hours and dates as a site's clock shows them, from Python's zoneinfo. Times are milliseconds since the epoch.

Clocks differ from UTC by whole minutes since 1972, so an hour of local time is looked for minute by minute.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

_MINUTE_MS = 60_000


@dataclass(frozen=True, order=True)
class Hour:
    """An hour on the clock, for as long as it shows it without being changed: at the most 60 minutes."""

    begin_ms: int
    end_ms: int
    shown: datetime = field(compare=False)


def clock(time_ms: int, zone: ZoneInfo) -> datetime:
    """What the clock shows, without its zone."""
    return _at(time_ms, zone).replace(tzinfo=None, fold=0)


def day_of(time_ms: int, zone: ZoneInfo) -> date:
    """The date of a moment."""
    return clock(time_ms, zone).date()


def hour_of(time_ms: int, zone: ZoneInfo) -> Hour:
    """The hour of a moment."""
    minute = time_ms // _MINUTE_MS
    return _hour(minute, zone)


@cache
def _hour(minute: int, zone: ZoneInfo) -> Hour:
    first = last = minute
    shown = _shown(minute, zone)
    while _shown(first - 1, zone) == shown:
        first -= 1
    while _shown(last + 1, zone) == shown:
        last += 1
    return Hour(first * _MINUTE_MS, (last + 1) * _MINUTE_MS, shown[0])


@cache
def _shown(minute: int, zone: ZoneInfo) -> tuple[datetime, timedelta | None]:
    moment = _at(minute * _MINUTE_MS, zone)
    return moment.replace(minute=0, tzinfo=None, fold=0), moment.utcoffset()


def _at(time_ms: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(time_ms // 1000, zone).replace(microsecond=time_ms % 1000 * 1000)
