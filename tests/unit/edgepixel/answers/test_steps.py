# SPDX-License-Identifier: Apache-2.0
"""A period by hour, by day and by week: what can be shown, where days and weeks begin, and what is not whole."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgepixel.answers.subject.conditions import Subject
from edgepixel.answers.subject.periods import Dates, Period, days_of
from edgepixel.answers.subject.steps import STEPS, Step, spans_of, step_of, steps_of, summed

NOW = datetime(2026, 11, 27, 10, 31, tzinfo=UTC)  # a Friday
ZONES = ("UTC", "Europe/Berlin", "America/Havana", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia")


def dates(first: str, last: str, zone: str = "UTC") -> Period:
    return Dates(date.fromisoformat(first), date.fromisoformat(last)).period(NOW, zone)


@pytest.mark.parametrize(
    ("days", "possible", "by_itself"),
    [
        (1, ("hour", "day"), "hour"),
        (7, ("hour", "day", "week"), "hour"),
        (8, ("hour", "day", "week"), "day"),
        (28, ("hour", "day", "week"), "day"),
        (31, ("hour", "day", "week"), "day"),
        (32, ("day", "week"), "day"),
        (90, ("day", "week"), "day"),
        (123, ("day", "week"), "day"),
        (124, ("day", "week"), "week"),
        (365, ("day", "week"), "week"),
        (3660, ("week",), "week"),
    ],
)
def test_a_chart_follows_the_length_of_the_period(days: int, possible: tuple[Step, ...], by_itself: Step) -> None:
    period = Subject(days).period(NOW, "UTC")
    assert steps_of(period) == possible
    assert step_of(period, None) == by_itself
    for step in possible:
        assert step_of(period, step) == step


def test_what_cannot_be_shown_is_shown_by_what_is_next_to_it() -> None:
    today = Dates(name="today").period(NOW, "UTC")
    assert steps_of(today) == ("hour",)
    assert [step_of(today, step) for step in STEPS] == ["hour"] * 3
    week = Dates(name="last-week").period(NOW, "UTC")
    assert [step_of(week, step) for step in STEPS] == ["hour", "day", "day"]
    year = Subject(365).period(NOW, "UTC")
    assert [step_of(year, step) for step in STEPS] == ["day", "day", "week"]
    decade = Subject(3660).period(NOW, "UTC")
    assert [step_of(decade, step) for step in STEPS] == ["week"] * 3


def test_a_chart_can_be_by_hour_for_fewer_days() -> None:
    assert step_of(Subject(7).period(NOW, "UTC"), None, 2) == "day"
    assert step_of(Subject(7).period(NOW, "UTC"), "hour", 2) == "hour"
    assert step_of(Subject(1).period(NOW, "UTC"), None, 2) == "hour"


def test_weeks_begin_on_the_monday_of_the_time_zone_and_those_at_the_ends_may_not_be_whole() -> None:
    october = spans_of(dates("2026-10-01", "2026-10-31", "Europe/Berlin"), "week")
    assert [(f"{one.first}", one.is_whole) for one in october] == [
        ("2026-09-28", False), ("2026-10-05", True), ("2026-10-12", True), ("2026-10-19", True), ("2026-10-26", False),
    ]  # fmt: skip
    assert october[3].begin == datetime(2026, 10, 18, 22, tzinfo=UTC)
    assert october[3].end == datetime(2026, 10, 25, 23, tzinfo=UTC), "the clock was put back"
    whole = spans_of(dates("2026-10-05", "2026-10-18"), "week")
    assert [one.is_whole for one in whole] == [True, True]
    running = spans_of(Dates(name="this-week").period(NOW, "UTC"), "week")
    assert [one.is_whole for one in running] == [False]


@given(
    st.datetimes(datetime(2009, 1, 1), datetime(2026, 11, 27)), st.integers(1, 500), st.sampled_from(ZONES), st.data()
)
def test_spans_cover_the_period_without_a_gap(now: datetime, days: int, zone: str, data: st.DataObject) -> None:
    period = Subject(days).period(now.replace(tzinfo=UTC), zone)
    step = data.draw(st.sampled_from(["day", "week"]))
    spans = spans_of(period, step)  # type: ignore[arg-type]
    assert spans[0].begin <= period.begin < spans[0].end
    assert spans[-1].begin < period.end <= spans[-1].end
    assert all(one.end == after.begin for one, after in pairwise(spans))
    assert all(one.is_whole for one in spans[1:-1])
    if step == "week":
        assert {one.first.weekday() for one in spans} == {0}
    else:
        assert tuple(one.first for one in spans if not one.is_whole) == period.partial_days()


@given(st.dictionaries(st.dates(date(2020, 1, 1), date(2022, 12, 31)), st.integers(0, 1000)))
def test_sums_of_weeks_are_those_of_their_days(days: Mapping[date, int]) -> None:
    weeks = summed(days, "week")
    assert sum(weeks.values()) == sum(days.values())
    assert summed(days, "day") == dict(days)
    for monday, number in weeks.items():
        assert monday.weekday() == 0
        assert number == sum(number for day, number in days.items() if monday <= day < monday + timedelta(7))


def test_days_that_were_not_are_in_no_span() -> None:
    apia = dates("2011-12-26", "2012-01-01", "Pacific/Apia")
    assert [one.first for one in spans_of(apia, "day")] == days_of(apia)
    (week,) = spans_of(apia, "week")
    assert week.is_whole
    assert week.end - week.begin == timedelta(days=6)
