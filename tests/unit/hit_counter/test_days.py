# SPDX-License-Identifier: Apache-2.0
"""Days that are read, and the one that is judged."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.hit_counter.conftest import scheduled

NOW = datetime(2026, 11, 23, 6, 40, tzinfo=UTC)


def test_a_run_is_at_the_time_of_its_event(hit_counter: SimpleNamespace) -> None:
    assert hit_counter.days.now_of(scheduled("2026-11-23T07:40:00+01:00")) == NOW


@pytest.mark.parametrize("event", [{}, {"time": None}, {"time": "soon"}, {"time": "2026-11-23T06:40:00"}])
def test_an_event_without_a_time_is_refused(hit_counter: SimpleNamespace, event: dict[str, Any]) -> None:
    with pytest.raises(hit_counter.days.UnknownEventError, match="time"):
        hit_counter.days.now_of(event)


def test_five_days_are_read_or_as_many_as_somebody_asks_for(hit_counter: SimpleNamespace) -> None:
    assert hit_counter.days.days_read(scheduled(), NOW) == [date(2026, 11, day) for day in range(19, 24)]
    assert hit_counter.days.days_read(scheduled(days=2), NOW) == [date(2026, 11, 22), date(2026, 11, 23)]
    assert len(hit_counter.days.days_read(scheduled(days=455), NOW)) == 455


@pytest.mark.parametrize("days", [0, 456, "7", True, 1.5])
def test_days_that_cloudwatch_has_no_sums_for_are_refused(hit_counter: SimpleNamespace, days: object) -> None:
    with pytest.raises(hit_counter.days.UnknownEventError, match="from 1 to 455"):
        hit_counter.days.days_read(scheduled(days=days), NOW)


@pytest.mark.parametrize(
    ("hours", "now", "day"),
    [
        (2, NOW, date(2026, 11, 22)),
        (2, NOW.replace(hour=2, minute=0), date(2026, 11, 22)),
        (2, NOW.replace(hour=1, minute=59), date(2026, 11, 21)),
        (24, NOW, date(2026, 11, 21)),
    ],
)
def test_the_day_that_is_judged_is_the_last_whose_lines_must_have_come(
    hit_counter: SimpleNamespace, hours: int, now: datetime, day: date
) -> None:
    assert hit_counter.days.judged_day(now, timedelta(hours=hours)) == day


def test_hours_of_a_day_are_those_that_are_over(hit_counter: SimpleNamespace) -> None:
    hours = hit_counter.days.hours_of
    assert len(hours(date(2026, 11, 22), NOW)) == 24
    assert [hour.hour for hour in hours(date(2026, 11, 23), NOW)] == [0, 1, 2, 3, 4, 5]
    assert hours(date(2026, 11, 24), NOW) == []
