# SPDX-License-Identifier: Apache-2.0
"""Which days a run reads, and which it judges. All are days of UTC, because CloudFront counts in hours of UTC. Pure."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

DAYS_READ = 5
"""How many days a run reads, today included.

Whatever reads a day twice writes the same object again. CloudFront's metrics are there within minutes, but standard
logs may come 24 hours late, and so may what Firehose had to retry, and their objects change the day before. The other
days make up for runs that failed over a weekend. Up to 455 days are there to be read (`days_read`): so long CloudWatch
keeps hourly sums (Amazon CloudWatch User Guide, "Metrics retention").
"""
MOST_DAYS = 455
HOUR = timedelta(hours=1)


class UnknownEventError(ValueError):
    """The event is not one that this function understands."""


def now_of(event: Mapping[str, Any]) -> datetime:
    """When the run is, in UTC: the `time` of the scheduled event. Raises UnknownEventError."""
    try:
        moment = datetime.fromisoformat(event["time"])
    except (KeyError, TypeError, ValueError) as error:
        raise UnknownEventError("the event has no time, as a scheduled event of EventBridge has") from error
    if moment.tzinfo is None:
        raise UnknownEventError("the event's time has no time zone")
    return moment.astimezone(UTC)


def days_read(event: Mapping[str, Any], now: datetime) -> list[date]:
    """The days that a run reads, the oldest first: DAYS_READ, or as many as the event's `days` says by hand.

    Raises UnknownEventError for a number that CloudWatch has no sums for.
    """
    days = event.get("days", DAYS_READ)
    if type(days) is not int or not 1 <= days <= MOST_DAYS:
        raise UnknownEventError(f"days must be a whole number from 1 to {MOST_DAYS}")
    return [now.date() - timedelta(days=back) for back in reversed(range(days))]


def judged_day(now: datetime, lines_within: timedelta) -> date:
    """The last day whose lines must all have come."""
    return (now - lines_within).date() - timedelta(days=1)


def start_of(day: date) -> datetime:
    """When a day begins, in UTC."""
    return datetime.combine(day, time(), UTC)


def hours_of(day: date, now: datetime) -> list[datetime]:
    """When the hours of a day begin that are over by now, in UTC."""
    begins = (start_of(day) + number * HOUR for number in range(24))
    return [begin for begin in begins if begin + HOUR <= now]
