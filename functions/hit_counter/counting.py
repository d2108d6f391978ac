# SPDX-License-Identifier: Apache-2.0
"""The two steps of a run: read counts and objects into the lake, then ask how much of a day is covered."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

import coverage_answer
import tables
from aws_calls import AwsCalls
from coverage_answer import Coverage
from days import HOUR, hours_of, start_of
from settings import Counted, Settings


def read(calls: AwsCalls, settings: Settings, days: Sequence[date], now: datetime) -> tuple[int, int]:
    """Write two objects for each of the days, which follow each other. Returns how many hits and objects there were.

    What is written depends on what is read and on the time, so that doing it twice is doing it once. Raises
    CountFailedError, and what boto3 raises.
    """
    begin, end = start_of(days[0]), now.replace(minute=0, second=0, microsecond=0)
    counts = calls.hourly_hits(begin, end) if begin + HOUR <= end else {}
    listed = 0
    for day in days:
        modified = {
            key: moment
            for folder in tables.folders(settings.events_prefix, day)
            for key, moment in calls.modified(folder).items()
        }
        listed += len(modified)
        hours = hours_of(day, now)
        made = tables.hits_made(hours, counts, settings.counted, now, settings.lines_within)
        calls.write(f"{settings.coverage_prefix}objects/{day}.tsv", tables.objects(settings.lake_bucket, modified))
        calls.write(f"{settings.coverage_prefix}hits-made/{day}.tsv", made)
    return sum(counts.values()), listed


def judge(calls: AwsCalls, settings: Settings, day: date, seconds_left: Callable[[], float]) -> Coverage | None:
    """The coverage of a day; None if CloudFront counts nothing, or has counted no hit in it.

    Raises QueryFailedError.
    """
    if settings.counted is Counted.UNKNOWN:
        return None
    records = calls.ask(coverage_answer.question(calls.saved_question(), day), seconds_left)
    return coverage_answer.of_day(records, day)
