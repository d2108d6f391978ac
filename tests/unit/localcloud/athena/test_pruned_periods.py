# SPDX-License-Identifier: Apache-2.0
"""A question about dates reads the objects of those dates, and of the days in which late events may arrive."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from edgepixel.answers.subject.conditions import Subject, subject_sql
from edgepixel.answers.subject.periods import Dates
from edgepixel.ask.in_process import ask_in_process
from edgepixel.console.table import Table
from edgepixel.template.reader import answer_queries, read_template
from localcloud.in_process_lake import empty_lake, fill_lake, stored_bytes
from tests.unit.localcloud.athena.test_answer_periods import line

NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
FIRST = datetime(2026, 9, 1, 12, tzinfo=UTC)
KEY = "events/dt=%Y-%m-%d/hour=%H/1.gz"
HOURS = [FIRST + timedelta(hours=hours) for hours in range(0, 60 * 24, 12)]
LATE = "events/dt=2026-10-02/hour=00/1.gz", "events/dt=2026-10-11/hour=00/1.gz"


@pytest.fixture(scope="module", autouse=True)
def lake() -> Iterator[None]:
    objects = {f"{hour:{KEY}}": line(f"{hour}", f"{hour:%Y-%m-%dT%H:%M:%S}.000") for hour in HOURS}
    for key in LATE:
        objects[key] += line(f"in {key}", "2026-10-01T12:00:00.000")
    fill_lake(read_template(), objects)
    yield
    empty_lake()


def asked(first: str, last: str, zone: str = "UTC") -> Table:
    subject = Subject(time_zone=zone, dates=Dates(*map(datetime.date, map(datetime.fromisoformat, (first, last)))))
    return ask_in_process(
        subject_sql(answer_queries(), "visitor-count", subject, subject.period(NOW, zone)), NOW + timedelta(hours=1)
    )


def read(earliest: str, latest: str) -> int:
    """The bytes of the objects from one folder to another, both included."""
    keys = sorted(f"{hour:{KEY}}" for hour in HOURS)
    return sum(stored_bytes(key) for key in keys if earliest <= key.removeprefix("events/dt=")[:10] <= latest)


def test_a_day_of_the_past_reads_that_day_and_a_week_of_late_arrivals() -> None:
    answer = asked("2026-10-01", "2026-10-01")
    everything = ask_in_process("SELECT count(*) AS n FROM events", NOW).scanned_bytes
    # The period ends with the first moment of the 2nd, and seven days after that are read, the 9th included.
    assert answer.scanned_bytes == read("2026-10-01", "2026-10-09") < everything / 6


def test_an_event_that_arrives_within_the_week_counts_and_a_later_one_does_not() -> None:
    assert asked("2026-10-01", "2026-10-01").rows[0][2] == len({"00:00", "12:00", "late by half a day"})
    assert asked("2026-10-01", "2026-10-04").rows[0][2] == 2 * 4 + 2


def test_the_folders_are_in_utc_whatever_the_time_zone_of_the_dates() -> None:
    kolkata = asked("2026-10-02", "2026-10-02", "Asia/Kolkata")  # from 18:30 UTC of the 1st on
    assert kolkata.scanned_bytes == read("2026-10-02", "2026-10-09")
    auckland = asked("2026-10-02", "2026-10-02", "Pacific/Auckland")  # from 11:00 UTC of the 1st on, so from 10:00
    assert auckland.scanned_bytes == read("2026-10-01", "2026-10-09") - stored_bytes(
        "events/dt=2026-10-01/hour=00/1.gz"
    )


def test_a_period_up_to_now_reads_no_more_than_before() -> None:
    subject = Subject(days=30)
    period = subject.period(NOW, "UTC")
    bounded = ask_in_process(subject_sql(answer_queries(), "visitor-count", subject, period), NOW)
    assert bounded == ask_in_process(subject_sql(answer_queries(), "visitor-count", subject), NOW)
    assert bounded.scanned_bytes == read("2026-10-24", "2026-11-30") - stored_bytes("events/dt=2026-10-24/hour=00/1.gz")
