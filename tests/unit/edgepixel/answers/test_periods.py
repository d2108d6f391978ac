# SPDX-License-Identifier: Apache-2.0
"""Periods: which moments dates of a time zone are, what of them is not whole, and what they are compared with."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgepixel.answers.subject.conditions import Subject
from edgepixel.answers.subject.periods import NAMED, Comparison, Dates, Period, days_of, described, hours_of, remarks
from edgepixel.errors import PeriodError

NOW = datetime(2026, 11, 27, 10, 31, tzinfo=UTC)  # a Friday
BERLIN = "Europe/Berlin"


def day(text: str) -> date:
    return date.fromisoformat(text)


def dates(first: str, last: str | None = None) -> Dates:
    return Dates(day(first), day(last) if last else None)


@pytest.mark.parametrize(
    ("zone", "first", "last", "hours"),
    [
        (BERLIN, "2022-10-30", "2022-10-30", 25),
        (BERLIN, "2022-03-27", "2022-03-27", 23),
        (BERLIN, "2022-10-24", "2022-10-30", 169),
        ("America/Detroit", "2016-03-13", "2016-03-13", 23),
        ("America/New_York", "2023-11-05", "2023-11-05", 25),
        ("Australia/Lord_Howe", "2024-04-07", "2024-04-07", 24.5),
        ("Australia/Lord_Howe", "2024-10-06", "2024-10-06", 23.5),
        ("Asia/Kolkata", "2022-10-30", "2022-10-30", 24),
        ("Pacific/Apia", "2011-12-29", "2011-12-31", 48),
        ("America/Sao_Paulo", "2017-10-15", "2017-10-15", 23),  # whose midnight was not
        ("America/Havana", "2022-11-06", "2022-11-06", 25),  # whose midnight was twice
    ],
)
def test_days_are_as_long_as_the_clock_makes_them(zone: str, first: str, last: str, hours: float) -> None:
    period = dates(first, last).period(NOW, zone)
    assert period.end - period.begin == timedelta(hours=hours)
    assert period.local(period.begin).date() == day(first)
    assert period.local(period.begin - timedelta(microseconds=1)).date() < day(first)
    assert period.local(period.end - timedelta(microseconds=1)).date() == day(last)
    assert (period.is_complete, period.partial_days()) == (True, ())


def test_a_day_that_was_not_is_none_and_cannot_be_asked_about() -> None:
    period = dates("2011-12-28", "2012-01-01").period(NOW, "Pacific/Apia")
    assert days_of(period) == [day(f"2011-12-{number}") for number in (28, 29, 31)] + [day("2012-01-01")]
    with pytest.raises(PeriodError, match="2011-12-30 was not in Pacific/Apia"):
        dates("2011-12-30", "2011-12-30").period(NOW, "Pacific/Apia")


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("today", "2026-11-27", "2026-11-27"),
        ("yesterday", "2026-11-26", "2026-11-26"),
        ("this-week", "2026-11-23", "2026-11-29"),
        ("last-week", "2026-11-16", "2026-11-22"),
        ("this-month", "2026-11-01", "2026-11-30"),
        ("last-month", "2026-10-01", "2026-10-31"),
        ("this-year", "2026-01-01", "2026-12-31"),
        ("last-year", "2025-01-01", "2025-12-31"),
    ],
)
def test_periods_by_name(name: str, first: str, last: str) -> None:
    period = Dates(name=name).period(NOW, "UTC")
    assert period.dates == (day(first), day(last))
    assert period.end == min(NOW, datetime.fromisoformat(last).replace(tzinfo=UTC) + timedelta(days=1))


def test_what_day_it_is_depends_on_the_time_zone() -> None:
    late = datetime(2026, 11, 27, 23, 30, tzinfo=UTC)
    assert Dates(name="today").period(late, BERLIN).dates == (day("2026-11-28"),) * 2
    assert Dates(name="yesterday").period(late, "America/New_York").dates == (day("2026-11-26"),) * 2
    assert dates("2026-11-27").period(late, BERLIN).dates == (day("2026-11-27"), day("2026-11-28"))


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (dates("2026-11-28"), "--from 2026-11-28 is in the future: it is 2026-11-27 in Europe/Berlin"),
        (dates("2026-11-01", "2026-12-01"), "--to 2026-12-01 is in the future"),
    ],
)
def test_the_future_is_refused(asked: Dates, message: str) -> None:
    with pytest.raises(PeriodError, match=message):
        asked.period(NOW, BERLIN)


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        (
            Subject(7),
            ["2026-11-20 is not whole: it counts from 11:31 on.", "2026-11-27 is not whole: it counts up to 11:31."],
        ),
        (Subject(dates=Dates(name="today")), ["2026-11-27 is not whole: it counts up to 11:31."]),
        (Subject(dates=Dates(name="last-week")), []),
        (
            Subject(dates=dates("2026-10-01", "2026-10-18")),
            ["The first week is not whole: it counts from Thursday, 2026-10-01, on. Weeks begin on Monday."],
        ),
        (
            Subject(dates=dates("2026-10-05", "2026-10-21")),
            ["The last week is not whole: it counts up to Wednesday, 2026-10-21."],
        ),
    ],
)
def test_what_is_not_whole_is_said(subject: Subject, expected: list[str]) -> None:
    assert remarks(subject.period(NOW, BERLIN)) == expected


def test_a_period_within_one_day_says_both_its_ends() -> None:
    begin = datetime(2026, 11, 27, 8, tzinfo=UTC)
    period = Period(begin, NOW, "UTC")
    assert remarks(period) == ["2026-11-27 is not whole: it counts from 08:00 on up to 10:31."]
    assert described(period) == "2026-11-27 08:00 to 2026-11-27 10:31, UTC"


@pytest.mark.parametrize(
    ("asked", "comparison", "expected"),
    [
        (dates("2026-10-01", "2026-10-28"), "previous", ("2026-09-03", "2026-10-01")),
        (Dates(name="last-month"), "previous", ("2026-09-01", "2026-10-01")),
        (dates("2026-03-01", "2026-03-31"), "previous", ("2026-02-01", "2026-03-01")),
        (dates("2026-01-01", "2026-03-31"), "previous", ("2025-10-01", "2026-01-01")),
        (Dates(name="last-year"), "previous", ("2024-01-01", "2025-01-01")),
        (Dates(name="last-week"), "previous", ("2026-11-09", "2026-11-16")),
        (Dates(name="yesterday"), "previous", ("2026-11-25", "2026-11-26")),
        (Dates(name="yesterday"), "weekday", ("2026-11-19", "2026-11-20")),
        (dates("2026-10-01", "2026-10-10"), "weekday", ("2026-09-17", "2026-09-27")),
        (Dates(name="last-month"), "weekday", ("2026-08-27", "2026-09-27")),
        (dates("2026-10-01", "2026-10-10"), "year", ("2025-10-01", "2025-10-11")),
        (dates("2025-12-30", "2026-01-02"), "year", ("2024-12-30", "2025-01-03")),
        (Dates(name="last-year"), "year", ("2024-01-01", "2025-01-01")),
        (dates("2024-02-29", "2024-02-29"), "year", ("2023-02-28", "2023-03-01")),
        (dates("2024-02-10", "2024-02-29"), "year", ("2023-02-10", "2023-03-01")),
        (dates("2024-02-29", "2024-03-10"), "year", ("2023-02-28", "2023-03-11")),
        (dates("2024-02-01", "2024-02-29"), "year", ("2023-02-01", "2023-03-01")),
        (dates("2025-02-01", "2025-02-28"), "year", ("2024-02-01", "2024-03-01")),
        (dates("2025-02-10", "2025-02-28"), "year", ("2024-02-10", "2024-02-29")),
    ],
)
def test_whole_dates_are_compared_with_whole_dates(
    asked: Dates, comparison: Comparison, expected: tuple[str, str]
) -> None:
    before = asked.period(NOW, BERLIN).before(comparison)
    assert before is not None
    zone = ZoneInfo(BERLIN)
    assert (before.begin, before.end) == tuple(datetime.fromisoformat(one).replace(tzinfo=zone) for one in expected)
    if comparison == "weekday":
        assert before.local(before.begin).weekday() == before.local(asked.period(NOW, BERLIN).begin).weekday()


def test_what_is_not_over_is_compared_with_as_much_of_the_period_before() -> None:
    this_month = Dates(name="this-month").period(NOW, BERLIN).before("previous")
    assert this_month is not None
    assert described(this_month) == "2026-10-01 00:00 to 2026-10-27 11:31, Europe/Berlin"
    march = Dates(name="this-month").period(datetime(2026, 3, 31, 20, tzinfo=UTC), BERLIN).before("previous")
    assert march is not None
    assert described(march) == "2026-02-01 00:00 to 2026-03-01 00:00, Europe/Berlin"  # February has no 31st
    today = Dates(name="today").period(NOW, BERLIN).before("weekday")
    assert today is not None
    assert described(today) == "2026-11-20 00:00 to 2026-11-20 11:31, Europe/Berlin"
    this_year = Dates(name="this-year").period(datetime(2024, 3, 10, 20, tzinfo=UTC), BERLIN).before("year")
    assert this_year is not None
    assert described(this_year) == "2023-01-01 00:00 to 2023-03-10 21:00, Europe/Berlin"  # 2024 had a 29 February
    leap_day = Dates(name="today").period(datetime(2024, 2, 29, 20, tzinfo=UTC), BERLIN).before("year")
    assert leap_day is not None
    assert described(leap_day) == "2023-02-28 00:00 to 2023-02-28 21:00, Europe/Berlin"


def test_days_up_to_now_are_compared_with_as_many_hours_or_the_same_time_of_the_same_weekdays() -> None:
    after_change = datetime(2022, 10, 31, 9, tzinfo=UTC)
    period = Subject(2).period(after_change, BERLIN)
    previous, weekday = period.before("previous"), period.before("weekday")
    assert previous == Period(after_change - timedelta(days=4), after_change - timedelta(days=2), BERLIN)
    assert weekday is not None
    assert described(weekday) == "2022-10-22 11:00 to 2022-10-24 10:00, Europe/Berlin"
    assert described(period) == "2022-10-29 11:00 to 2022-10-31 10:00, Europe/Berlin"
    assert period.before("none") is None
    year = Subject(2).period(datetime(2024, 2, 29, 9, tzinfo=UTC), BERLIN).before("year")
    assert year is not None
    assert described(year) == "2023-02-26 10:00 to 2023-02-28 10:00, Europe/Berlin"


DAYS = st.dates(day("1990-01-01"), day("2026-11-26"))
ZONES = st.sampled_from(
    [BERLIN, "UTC", "America/Havana", "America/New_York", "Asia/Kolkata", "Asia/Tehran", "Australia/Lord_Howe"]
)


@given(DAYS, st.integers(0, 800), ZONES)
def test_the_year_before_has_the_same_dates_in_any_zone(first: date, length: int, zone: str) -> None:
    last = min(first + timedelta(length), day("2026-11-26"))
    period = Dates(first, last).period(NOW, zone)
    before = period.before("year")
    assert before is not None
    assert before.dates is not None
    assert before.is_complete
    (begin, end), leap_day = before.dates, (2, 29)
    assert (begin.year, end.year) == (first.year - 1, last.year - 1)
    assert (begin.month, begin.day) == ((2, 28) if (first.month, first.day) == leap_day else (first.month, first.day))
    if (end.month, end.day) != (last.month, last.day):
        assert {(end.month, end.day), (last.month, last.day)} == {(2, 28), leap_day}
        assert leap_day == (last.month, last.day) or first.day == 1, "longer than the period only for whole months"
    assert abs((end - begin) - (last - first)) <= timedelta(1)
    assert before.local(before.begin).date() == begin
    assert before.local(before.end - timedelta(microseconds=1)).date() == end


@given(st.datetimes(datetime(1990, 1, 1), datetime(2026, 11, 27)), st.integers(1, 800), ZONES)
def test_days_up_to_now_have_as_many_days_a_year_before(now: datetime, days: int, zone: str) -> None:
    period = Subject(days).period(now.replace(tzinfo=UTC), zone)
    before = period.before("year")
    assert before is not None
    end, end_before = period.local(period.end), before.local(before.end)
    lasted = before.end - before.begin
    assert before.dates is None
    assert end_before.year == end.year - 1
    assert end_before.month == end.month
    assert end_before.day in (end.day, 28)
    assert abs(lasted - timedelta(days)) <= timedelta(hours=2), "but for the clock's changes"


@given(st.datetimes(datetime(1990, 1, 1), datetime(2026, 11, 27)), st.sampled_from(sorted(NAMED)), ZONES)
def test_what_is_not_over_is_compared_with_no_more_than_its_dates_a_year_before(
    now: datetime, name: str, zone: str
) -> None:
    period = Dates(name=name).period(now.replace(tzinfo=UTC), zone)
    before = period.before("year")
    assert before is not None
    assert before.dates is not None
    whole = Dates(*before.dates).period(NOW, zone)
    assert before.begin == whole.begin
    assert before.begin <= before.end <= whole.end
    if not period.is_complete and before.end != whole.end:
        shown, shown_before = period.local(period.end), before.local(before.end)
        day_before = 28 if (shown.month, shown.day) == (2, 29) else shown.day
        assert (shown_before.year, shown_before.month, shown_before.day) == (shown.year - 1, shown.month, day_before)


def test_the_hour_that_comes_twice_is_two_hours_and_the_one_that_does_not_come_is_none() -> None:
    back = hours_of(dates("2022-10-30", "2022-10-30").period(NOW, BERLIN))
    assert [hour.shown.hour for hour in back] == [0, 1, 2, 2, *range(3, 24)]
    assert [hour.begin.hour for hour in back[2:4]] == [0, 1]
    forward = hours_of(dates("2022-03-27", "2022-03-27").period(NOW, BERLIN))
    assert [hour.shown.hour for hour in forward] == [0, 1, *range(3, 24)]


def test_hours_begin_where_the_local_clock_does() -> None:
    kolkata = hours_of(dates("2022-10-30", "2022-10-30").period(NOW, "Asia/Kolkata"))
    assert len(kolkata) == 24
    assert {hour.begin.minute for hour in kolkata} == {30}
    lord_howe = hours_of(dates("2024-04-07", "2024-04-07").period(NOW, "Australia/Lord_Howe"))
    assert [hour.shown.hour for hour in lord_howe] == [0, 1, 1, *range(2, 24)]
