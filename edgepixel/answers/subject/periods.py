# SPDX-License-Identifier: Apache-2.0
"""Periods: whole dates of a time zone, or a length of time up to now. Weeks begin on Monday. Pure.

A date begins where the clock shows it first, so it has 23 or 25 hours when the clock changes, and none if it was left
out (Pacific/Apia, 2011-12-30).
"""

from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from edgepixel.errors import PeriodError

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)

type Comparison = Literal["previous", "weekday", "year", "none"]


@dataclass(frozen=True)
class Period:
    """From when to when, and in which time zone days begin. `begin` is in it, `end` is not; both are in UTC.

    `dates` are the first and the last date if it is one of whole dates, even if the last of them are not over.
    """

    begin: datetime
    end: datetime
    time_zone: str = "UTC"
    dates: tuple[date, date] | None = None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def is_complete(self) -> bool:
        """Whether all of it is over, to its last date's end. Days of 24 hours up to now are."""
        return self.dates is None or self.end == start_of(self.dates[1] + _DAY, self.zone)

    def local(self, moment: datetime) -> datetime:
        """A moment as the zone's clock shows it."""
        return moment.astimezone(self.zone)

    def partial_days(self) -> tuple[date, ...]:
        """Dates of which only a part is in the period: at most its first and its last one."""
        first, last = self.local(self.begin).date(), self.local(self.end - timedelta(microseconds=1)).date()
        partial = (
            *((first,) if self.begin > start_of(first, self.zone) else ()),
            *((last,) if self.end < start_of(last + _DAY, self.zone) else ()),
        )
        return tuple(dict.fromkeys(partial))

    def before(self, comparison: Comparison) -> "Period | None":
        """The period to compare with: as long and right before, the same weekdays or a year before; None for none.

        Before whole months come as many whole months. What is not over yet is compared with as much of the period
        before. `year` takes the same dates, whole months as whole months, and 28 February for a 29th that was not;
        days up to now, as many days up to the same time.
        """
        if comparison == "none":
            return None
        if self.dates is None:
            if comparison == "previous":
                return Period(self.begin - (self.end - self.begin), self.begin, self.time_zone)
            days = self.local(self.end).replace(tzinfo=None) - self.local(self.begin).replace(tzinfo=None)
            if comparison == "year":
                ended = _year_before(self.local(self.end).replace(tzinfo=None))
                return Period(_moment(ended - days, self.zone), _moment(ended, self.zone), self.time_zone)
            weeks = -(-days // _WEEK) * _WEEK
            begin, end = (self._moved(moment, weeks) for moment in (self.begin, self.end))
            return Period(begin, end, self.time_zone)
        first, last = self._dates_before(*self.dates, comparison)
        begin, end = start_of(first, self.zone), start_of(last + _DAY, self.zone)
        if not self.is_complete and comparison == "year":
            end = min(end, _moment(_year_before(self.local(self.end).replace(tzinfo=None)), self.zone))
        elif not self.is_complete:
            clock = self.local(self.end).replace(tzinfo=None) - datetime.combine(self.dates[0], time())
            end = min(end, _moment(datetime.combine(first, time()) + clock, self.zone))
        return Period(begin, end, self.time_zone, (first, last))

    def _dates_before(self, first: date, last: date, comparison: Comparison) -> tuple[date, date]:
        days = last - first + _DAY
        if comparison == "weekday":
            shift = -(-days // _WEEK) * _WEEK
            return first - shift, last - shift
        are_whole_months = first.day == 1 and (last + _DAY).day == 1
        if comparison == "year":
            earlier = _year_before(last)
            return _year_before(first), _last_of_month(earlier) if are_whole_months else earlier
        if are_whole_months:
            months = 12 * (last.year - first.year) + last.month - first.month + 1
            return _month_before(first, months), first - _DAY
        return first - days, first - _DAY

    def _moved(self, moment: datetime, back: timedelta) -> datetime:
        return _moment(self.local(moment).replace(tzinfo=None) - back, self.zone)


@dataclass(frozen=True)
class Dates:
    """Which dates are asked for, before it is known what day it is: both ends included, `last` None up to today.

    Or a name of `NAMED` instead of both.
    """

    first: date | None = None
    last: date | None = None
    name: str | None = None

    def period(self, now: datetime, time_zone: str) -> Period:
        """From when to when that is, up to now at the most. Raises PeriodError for dates in the future."""
        zone = ZoneInfo(time_zone)
        today = now.astimezone(zone).date()
        if self.name is not None:
            first, last = NAMED[self.name](today)
        else:
            first, last = self.first or today, self.last or today
            for option, day in (("--from", first), ("--to", last)):
                if day > today:
                    raise PeriodError(f"{option} {day} is in the future: it is {today} in {time_zone}")
        begin = start_of(first, zone)
        end = min(start_of(last + _DAY, zone), now.astimezone(UTC))
        if begin >= start_of(last + _DAY, zone):
            raise PeriodError(f"{first} was not in {time_zone}: the clock went from the day before to the day after")
        return Period(begin, end, time_zone, (first, last))


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """When a date begins: its midnight, or the end of the gap that midnight fell into. In UTC."""
    return _moment(datetime.combine(day, time()), zone)


def days_of(period: Period) -> list[date]:
    """The dates that the period is about, without those that the clock left out."""
    day, days = period.local(period.begin).date(), []
    while start_of(day, period.zone) < period.end:
        if start_of(day, period.zone) < start_of(day + _DAY, period.zone):
            days.append(day)
        day += _DAY
    return days


@dataclass(frozen=True)
class Hour:
    """An hour on the clock: what it shows at the full hour, and when that is, in UTC."""

    shown: datetime
    begin: datetime

    def text(self) -> str:
        """As answers write it."""
        return f"{self.shown:%Y-%m-%d %H:%M:%S}.000"


@lru_cache(maxsize=16)
def hours_of(period: Period) -> Sequence[Hour]:
    """The hours on the clock that the period touches. The hour that comes twice is there twice, at two moments.

    Clocks are changed, and hours begin, at quarters of an hour of UTC.
    """
    quarter = period.begin.replace(minute=period.begin.minute // 15 * 15, second=0, microsecond=0)
    found: dict[tuple[datetime, timedelta | None], Hour] = {}
    while quarter < period.end:
        local = period.local(quarter)
        full = local.replace(minute=0, tzinfo=None, fold=0)
        begin = quarter - timedelta(minutes=local.minute)
        found.setdefault((full, local.utcoffset()), Hour(full, begin))
        quarter += timedelta(minutes=15)
    return tuple(found.values())


def remarks(period: Period, *, weeks: bool = True) -> list[str]:
    """What a reader should know of a period before comparing its days, or its weeks, a sentence each."""
    found = []
    begin, end = period.local(period.begin), period.local(period.end)
    partial = period.partial_days()
    for day in partial:
        since = f" from {begin:%H:%M} on" if day == begin.date() and begin > start_of(day, period.zone) else ""
        until = f" up to {end:%H:%M}" if day == end.date() else ""
        found.append(f"{day} is not whole: it counts{since}{until}.")
    if weeks and period.dates is not None and period.dates[1] - period.dates[0] >= _WEEK:
        first, last = period.dates[0], min(period.dates[1], (end - timedelta(microseconds=1)).date())
        if first.weekday() != 0:
            found.append(f"The first week is not whole: it counts from {first:%A}, {first}, on. Weeks begin on Monday.")
        if last.weekday() != 6:
            found.append(f"The last week is not whole: it counts up to {last:%A}, {last}.")
    return found


def described(period: Period) -> str:
    """From when to when, with the time zone."""
    begin, end = period.local(period.begin), period.local(period.end)
    return f"{begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}, {period.time_zone}"


def _moment(local: datetime, zone: ZoneInfo) -> datetime:
    """When the zone's clock shows a time: of two such moments the first, of none as long after the change."""
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def _month_before(first: date, months: int) -> date:
    index = 12 * first.year + first.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def _year_before[D: (date, datetime)](day: D) -> D:
    """The same date and time a year before; of 29 February, that of the 28th."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28) if is_leap_day else day.replace(year=day.year - 1)


def _last_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def _week(today: date, weeks: int) -> tuple[date, date]:
    monday = today - timedelta(days=today.weekday()) - weeks * _WEEK
    return monday, monday + _WEEK - _DAY


def _month(today: date, months: int) -> tuple[date, date]:
    first = _month_before(today.replace(day=1), months)
    return first, _last_of_month(first)


def _year(today: date, years: int) -> tuple[date, date]:
    return date(today.year - years, 1, 1), date(today.year - years, 12, 31)


NAMED: dict[str, Callable[[date], tuple[date, date]]] = {
    "today": lambda today: (today, today),
    "yesterday": lambda today: (today - _DAY, today - _DAY),
    "this-week": lambda today: _week(today, 0),
    "last-week": lambda today: _week(today, 1),
    "this-month": lambda today: _month(today, 0),
    "last-month": lambda today: _month(today, 1),
    "this-year": lambda today: _year(today, 0),
    "last-year": lambda today: _year(today, 1),
}
"""Periods by name: their first and last date on a day."""
