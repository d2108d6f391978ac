# SPDX-License-Identifier: Apache-2.0
"""A period by hour, by day or by week: which of them a chart can show, and from when to when each is. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from edgepixel.answers.subject.periods import Period, days_of, start_of

type Step = Literal["hour", "day", "week"]

STEPS: tuple[Step, ...] = ("hour", "day", "week")
"""The finest first."""

HOURLY_DAYS = 8
"""Dates at the most that are shown by hour unless something else is chosen: 7 days up to now touch 8."""
DAILY_DAYS = 124
"""Dates at the most that are shown by day then: four months."""
_MOST_BY_HOUR, _MOST_BY_DAY = 32, 400
"""Dates at the most for which each can be chosen: beyond, an hour or a day is less than two pixels wide."""

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Span:
    """A day or a week, by its first date; `begin` and `end` are in UTC. `is_whole`: all of it is in the period."""

    first: date
    begin: datetime
    end: datetime
    is_whole: bool


def steps_of(period: Period) -> tuple[Step, ...]:
    """What a chart of the period can show, the finest first: at least one."""
    days = len(days_of(period))
    found: list[Step] = ["hour"] if days <= _MOST_BY_HOUR else []
    found += ["day"] if 1 < days <= _MOST_BY_DAY else []
    found += ["week"] if days > _MOST_BY_DAY or len(_mondays(period)) > 1 else []
    return tuple(found)


def step_of(period: Period, chosen: Step | None, hourly_days: int = HOURLY_DAYS) -> Step:
    """What a chart shows: what was chosen, else what the period is long for; then what can be shown that is next to it.

    `hourly_days`: dates at the most that this chart shows by hour if nothing was chosen.
    """
    days = len(days_of(period))
    wanted = chosen or ("hour" if days <= hourly_days else "day" if days <= DAILY_DAYS else "week")
    return min(steps_of(period), key=lambda step: abs(STEPS.index(step) - STEPS.index(wanted)))


def spans_of(period: Period, step: Literal["day", "week"]) -> list[Span]:
    """The days or weeks that the period touches, in order; the first and the last one may reach beyond it."""
    firsts = days_of(period) if step == "day" else _mondays(period)
    length = _DAY if step == "day" else _WEEK
    spans = [(first, start_of(first, period.zone), start_of(first + length, period.zone)) for first in firsts]
    return [Span(first, begin, end, period.begin <= begin and end <= period.end) for first, begin, end in spans]


def summed(days: Mapping[date, int], step: Literal["day", "week"]) -> dict[date, int]:
    """Numbers of days that add up, such as events, by the first date of each day or week that has some."""
    sums: dict[date, int] = {}
    for day in sorted(days):
        first = day if step == "day" else _monday(day)
        sums[first] = sums.get(first, 0) + days[day]
    return sums


def _mondays(period: Period) -> list[date]:
    return list(dict.fromkeys(_monday(day) for day in days_of(period)))


def _monday(day: date) -> date:
    return day - day.weekday() * _DAY
