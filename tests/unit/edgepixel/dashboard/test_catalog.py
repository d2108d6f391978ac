# SPDX-License-Identifier: Apache-2.0
"""How long an answer may be kept: for good only if nothing can come any more, never for good of an open day."""

from datetime import UTC, date, datetime, timedelta

import pytest

from edgepixel.answers.subject.periods import Period
from edgepixel.dashboard.catalog import CLOSED, FOREVER, OPEN, Catalog

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
TODAY = NOW.date()


def days(first: int, last: int) -> list[date]:
    """From so many days ago to so many."""
    return [TODAY - timedelta(days=number) for number in range(first, last - 1, -1)]


def period(first: int, last: int) -> Period:
    begin, end = (
        datetime(day.year, day.month, day.day, tzinfo=UTC) for day in (days(first, first)[0], days(last, last)[0])
    )
    return Period(begin, end + timedelta(days=1))


def catalog(typed: list[date], raw: list[date]) -> Catalog:
    return Catalog({day: f"s3://lake/typed/dt={day}/v=1/" for day in typed}, frozenset(raw))


@pytest.mark.parametrize(
    ("typed", "raw", "asked", "kept"),
    [
        (days(60, 1), days(0, 0), period(40, 10), FOREVER),
        (days(60, 1), days(0, 0), period(7, 1), CLOSED),
        (days(60, 1), days(0, 0), period(1, 1), CLOSED),
        (days(60, 1), days(0, 0), Period(NOW - timedelta(days=28), NOW), OPEN),
        (days(60, 1), days(0, 0), period(0, 0), OPEN),
        (days(60, 2), days(1, 0), period(1, 1), OPEN),
        (days(60, 1), [*days(20, 20), TODAY], period(40, 10), OPEN),
        (days(60, 1), [*days(5, 5), TODAY], period(40, 10), CLOSED),
        ([day for day in days(60, 1) if day != days(20, 20)[0]], days(0, 0), period(40, 10), FOREVER),
        (days(60, 3), days(0, 0), period(2, 2), OPEN),
        ([], days(60, 0), period(40, 30), OPEN),
        ([], [], period(40, 30), OPEN),
    ],
    ids=[
        "long over", "last week, lines may be late", "yesterday", "up to now", "today", "yesterday is not typed",
        "a day has raw lines", "a late line after the period", "a day without events", "not typed yet",
        "nothing is typed", "nothing at all",
    ],
)  # fmt: skip
def test_how_long_an_answer_may_be_kept(typed: list[date], raw: list[date], asked: Period, kept: timedelta) -> None:
    assert catalog(typed, raw).may_be_kept(asked, NOW) == kept


def test_a_day_that_is_typed_again_or_gets_lines_makes_another_version() -> None:
    asked, typed = period(40, 30), days(60, 1)
    before = catalog(typed, days(0, 0))
    again = Catalog({**before.typed, days(35, 35)[0]: "s3://lake/typed/v=2/"}, before.raw)
    elsewhere = Catalog({**before.typed, days(50, 50)[0]: "s3://lake/typed/v=2/"}, before.raw)
    assert again.version(asked) != before.version(asked)
    assert catalog(typed, [*days(25, 25), TODAY]).version(asked) != before.version(asked)
    assert elsewhere.version(asked) == before.version(asked)
