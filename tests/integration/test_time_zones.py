# SPDX-License-Identifier: Apache-2.0
"""Hours and days are the site's: answers in time zones equal the ledger over every kind of change of a clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from random import Random

import pytest

from edgepixel.answers.conditions import Subject, subject_sql
from edgepixel.answers.periods import Dates, Period
from edgepixel.ask.in_process import ask_in_process
from edgepixel.console.table import Table
from edgepixel.template import answer_queries, log_fields, read_template
from edgepixel.traffic.generator import generate
from edgepixel.traffic.lake_objects import lake_objects, rows_of
from edgepixel.traffic.ledger import Ledger
from edgepixel.truth.comparison import differences
from edgepixel.truth.events import Event, events_of, facts_of
from edgepixel.truth.expected import TRUTHS
from localcloud.in_process_lake import empty_lake, fill_lake
from tests.loaded_once import loaded_once
from tests.unit.edgepixel.truth.ledgers import header

DAYS = 6
HITS = 2_500
TIMED = ("events-per-hour", "visitor-count", "recent-events", "abnormal-events")
CHANGES = {
    "Europe/Berlin forward": ("Europe/Berlin", date(2022, 3, 27)),
    "Europe/Berlin back": ("Europe/Berlin", date(2022, 10, 30)),
    "America/New_York forward": ("America/New_York", date(2023, 3, 12)),
    "America/New_York back": ("America/New_York", date(2023, 11, 5)),
    "Australia/Lord_Howe back by half an hour": ("Australia/Lord_Howe", date(2024, 4, 7)),
    "Australia/Lord_Howe forward by half an hour": ("Australia/Lord_Howe", date(2024, 10, 6)),
    "Pacific/Apia without a day": ("Pacific/Apia", date(2011, 12, 30)),
    "Asia/Kolkata": ("Asia/Kolkata", date(2022, 10, 30)),
    "UTC": ("UTC", date(2022, 10, 30)),
}


@dataclass(frozen=True)
class Lake:
    """What it must hold, and its objects by key."""

    events: list[Event]
    objects: dict[str, bytes]


def after(day: date) -> datetime:
    """When it is asked: some days after the change, in the middle of an hour."""
    return datetime(day.year, day.month, day.day, 10, 31, 17, 123_000, tzinfo=UTC) + timedelta(days=3)


@pytest.fixture(scope="module")
def lake() -> Iterator[Lake]:
    ends = sorted({round(after(day).timestamp() * 1000) for _, day in CHANGES.values()})
    sent = rows_of(chain.from_iterable(generate(seed, HITS, end, DAYS * 24) for seed, end in enumerate(ends)))
    objects = lake_objects(sent, header(), log_fields(), Random(7))  # noqa: S311
    fill_lake(read_template(), objects)
    yield Lake(events_of(Ledger(header(), tuple(row for _, row in sent))), objects)
    empty_lake()


def truth(name: str, lake: Lake, period: Period) -> Table:
    begin_ms, end_ms = (round(moment.timestamp() * 1000) for moment in (period.begin, period.end))
    return TRUTHS[name](facts_of(lake.events, end_ms, time_zone=period.time_zone, start_ms=begin_ms))


def asked(name: str, subject: Subject, period: Period) -> Table:
    """Asked later than the period ends, so that only its own end can bound it."""
    return ask_in_process(subject_sql(answer_queries(), name, subject, period), datetime(2026, 11, 27, tzinfo=UTC))


@pytest.mark.parametrize("change", CHANGES)
def test_answers_about_days_around_a_change_of_the_clock_equal_the_ledger(change: str, lake: Lake) -> None:
    zone, day = CHANGES[change]
    around = Dates(day - timedelta(days=2), day + timedelta(days=1))
    for subject in (Subject(DAYS, time_zone=zone), Subject(time_zone=zone, dates=around)):
        period = subject.period(after(day), zone)
        with loaded_once():
            for name in TIMED:
                expected = truth(name, lake, period)
                assert expected.rows, "an empty truth would prove nothing"
                assert differences(asked(name, subject, period), expected) == [], name
