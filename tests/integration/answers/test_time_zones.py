# SPDX-License-Identifier: Apache-2.0
"""Hours and days are the site's: answers in time zones equal the ledger over every kind of change of a clock."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import chain, cycle
from random import Random
from zoneinfo import ZoneInfo

import pytest

from edgepixel.answers.subject.conditions import Subject, subject_sql
from edgepixel.answers.subject.periods import Dates, Period, start_of
from edgepixel.ask.in_process import ask_in_process
from edgepixel.console.table import Table
from edgepixel.template.reader import answer_queries, log_fields, read_template
from edgepixel.traffic.generator import generate
from edgepixel.traffic.hit import Hit
from edgepixel.traffic.lake_objects import lake_objects, rows_of
from edgepixel.traffic.ledger import Ledger
from edgepixel.truth.comparison import differences
from edgepixel.truth.events import Event, events_of, facts_of
from edgepixel.truth.expected import TRUTHS
from localcloud.in_process_lake import empty_lake, fill_lake
from tests.loaded_once import loaded_once
from tests.unit.edgepixel.truth.ledgers import header

DAYS = 6
HITS = 1_200
TIMED = ("events-per-hour", "visitor-count", "visitors-per-week", "recent-events", "abnormal-events", "mistakes")
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


def change_of(zone: str, day: date) -> datetime:
    """When the zone's clock was changed on that day, or in the middle of it; in UTC."""
    moments = [
        start_of(day - timedelta(days=1), ZoneInfo(zone)) + timedelta(minutes=minute) for minute in range(72 * 60)
    ]
    offsets = [moment.astimezone(ZoneInfo(zone)).utcoffset() for moment in moments]
    return next(
        (moments[place] for place in range(1, len(moments)) if offsets[place] != offsets[place - 1]), moments[2000]
    )


def hits_around(seed: int, zone: str, day: date) -> Iterator[Hit]:
    """Simulated ones, and people every two minutes, and every half a minute in the hour after the change.

    In New York nobody comes from an hour and a half before the change until an hour and a half after it.
    """
    end, change = after(day), change_of(zone, day)
    simulated = list(generate(seed, HITS, round(end.timestamp() * 1000), DAYS * 24))
    people = cycle([hit for hit in simulated if hit.truth.traffic == "human" and hit.protocol == "https"][:200])
    steady = [end - timedelta(minutes=2 * number + 1) for number in range(DAYS * 24 * 30)]
    steady += [change + timedelta(seconds=30 * number) for number in range(1, 120)]
    moved = (_at(hit, moment) for hit, moment in zip(people, steady, strict=False))
    for hit in chain(simulated, moved):
        distance = datetime.fromtimestamp(hit.truth.time_ms / 1000, UTC) - change
        if zone != "America/New_York" or abs(distance) > timedelta(minutes=90):
            yield hit


def _at(hit: Hit, moment: datetime) -> Hit:
    return replace(hit, truth=replace(hit.truth, time_ms=round(moment.timestamp() * 1000)))


@pytest.fixture(scope="module")
def lake() -> Iterator[Lake]:
    hits = (hits_around(seed, *change) for seed, change in enumerate(CHANGES.values()) if change[0] != "UTC")
    sent = rows_of(chain.from_iterable(hits))
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
    subjects = [Subject(time_zone=zone, dates=Dates(day - timedelta(days=2), day + timedelta(days=1)))]
    if zone in ("Europe/Berlin", "UTC"):
        subjects.append(Subject(DAYS, time_zone=zone))
    for subject in subjects:
        period = subject.period(after(day), zone)
        with loaded_once():
            for name in TIMED:
                expected = truth(name, lake, period)
                assert expected.rows, "an empty truth would prove nothing"
                assert differences(asked(name, subject, period), expected) == [], name


def hours(answer: str, change: str, lake: Lake) -> list[str]:
    """The hours of the day of the change that an answer must have, as the clock shows them."""
    zone, day = CHANGES[change]
    table = truth(
        answer, lake, Subject(time_zone=zone, dates=Dates(day - timedelta(days=2), day)).period(after(day), zone)
    )
    texts = [
        f"{record.get('hour', record.get('event_time'))}" for record in table.records() if record.get("kind") != "event"
    ]
    return [text[11:13] for text in texts if text.startswith(f"{day}")]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("Europe/Berlin forward", ["00", "01", "03"]),
        ("Europe/Berlin back", ["00", "01", "02", "02", "03"]),
        ("America/New_York forward", ["00", "04", "05"]),
        ("Australia/Lord_Howe back by half an hour", ["00", "01", "01", "02"]),
        ("Australia/Lord_Howe forward by half an hour", ["00", "01", "02", "03"]),
    ],
)
def test_the_hours_of_the_truth_are_those_of_the_clock(change: str, expected: list[str], lake: Lake) -> None:
    assert hours("events-per-hour", change, lake)[: len(expected)] == expected


def test_busy_and_silent_hours_around_the_change_are_abnormal(lake: Lake) -> None:
    assert hours("abnormal-events", "Europe/Berlin back", lake).count("02") == 1, "the second of them"
    assert hours("abnormal-events", "America/New_York back", lake).count("01") == 2, "silent, both of them"
    silent = [hour for hour in hours("abnormal-events", "America/New_York forward", lake) if hour < "06"]
    assert silent == ["03", "01"], "there is no 02"


def test_the_day_that_was_not_has_no_row(lake: Lake) -> None:
    zone, day = CHANGES["Pacific/Apia without a day"]
    around = Subject(time_zone=zone, dates=Dates(day - timedelta(days=1), day + timedelta(days=1))).period(
        after(day), zone
    )
    assert [row[0] for row in truth("visitor-count", lake, around).rows] == [None, "2011-12-29", "2011-12-31"]
