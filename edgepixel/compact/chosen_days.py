# SPDX-License-Identifier: Apache-2.0
"""Which days of a stack there are to type, why or why not, and what Athena will read for them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from edgepixel.aws.raw_objects import raw_objects
from edgepixel.aws.stack import Stack
from edgepixel.aws.typed_days import TypedDay, rules_of_today, typed_days
from edgepixel.cost.prices import athena_usd

ID_READINGS = 2
"""Of each day one statement asks for the times of its raw lines, one writes them, and one counts them. The last two
read request ids of its neighbors, too: of many lines few, of few perhaps all, because files are read in large pieces.
"""
NEIGHBOR_DAYS = 7
"""How many days before and after its own the compactor looks for a request id: see its typed_days.py."""
REQUEST_ID_BYTES = 45
"""Of a request id in Parquet: 56 characters that stand for 40 random bytes, which nothing compresses below 42."""
CLOSED_AFTER_HOURS = 2
CLOSED_AFTER_HOURS_WITH_STANDARD_LOGS = 26
"""How long after its end (UTC) a day's lines may come: as the compactor is told in template.yaml."""


class Reason(StrEnum):
    """Why a day is to be typed or not."""

    UNTYPED = "not typed yet"
    OTHER_RULES = "typed by other rules"
    AGAIN = "by today's rules, again"
    UP_TO_DATE = "by today's rules: stays"
    NO_RAW = "raw objects are deleted: stays"
    FEWER_RAW = "raw objects are missing: stays"

    @property
    def is_done(self) -> bool:
        """Whether such a day is to be typed."""
        return self in (Reason.UNTYPED, Reason.OTHER_RULES, Reason.AGAIN)


@dataclass(frozen=True)
class ChosenDay:
    """One day. `objects` and `raw_bytes` are of its raw lines, compressed; `id_bytes` of the ids of its neighbors."""

    day: date
    objects: int
    raw_bytes: int
    typed: TypedDay | None
    reason: Reason
    id_bytes: int

    @property
    def read_bytes(self) -> int:
        """What Athena reads for it at most, by three statements; nothing if the day stays."""
        return (1 + ID_READINGS) * self.raw_bytes + ID_READINGS * self.id_bytes if self.reason.is_done else 0

    @property
    def usd(self) -> float:
        """What Athena bills for it at most, in US dollars at list prices."""
        if not self.reason.is_done:
            return 0.0
        return athena_usd(self.raw_bytes) + ID_READINGS * athena_usd(self.raw_bytes + self.id_bytes)


def last_closed_day(stack: Stack, now: datetime) -> date:
    """The last day (UTC) whose lines have come, when nothing is wrong."""
    hours = CLOSED_AFTER_HOURS_WITH_STANDARD_LOGS if stack.has_standard_logs else CLOSED_AFTER_HOURS
    return (now.astimezone(UTC) - timedelta(hours=hours)).date() - timedelta(days=1)


def choose_days(stack: Stack, since: date, until: date, *, again: bool = False) -> list[ChosenDay]:
    """The days of a period that have raw objects or are typed, in order. `again`: those by today's rules, too."""
    typed, rules = typed_days(stack), rules_of_today(stack)
    chosen = []
    for day in (since + timedelta(days=number) for number in range((until - since).days + 1)):
        objects, size = raw_objects(stack, day)
        if objects or day in typed:
            reason = _reason(typed.get(day), objects, rules, again)
            ids = REQUEST_ID_BYTES * _rows(typed, _neighbors(day))
            chosen.append(ChosenDay(day, objects, size, typed.get(day), reason, ids))
    return chosen


def _reason(typed: TypedDay | None, objects: int, rules: str, again: bool) -> Reason:
    if typed is None:
        return Reason.UNTYPED
    if typed.raw_is_gone and not objects:
        return Reason.NO_RAW
    if not typed.raw_is_gone and objects < typed.raw_objects:
        return Reason.FEWER_RAW
    if typed.rules_version != rules:
        return Reason.OTHER_RULES
    return Reason.AGAIN if again else Reason.UP_TO_DATE


def _neighbors(day: date) -> Iterable[date]:
    reach = range(1, NEIGHBOR_DAYS + 1)
    return (day + timedelta(days=sign * number) for number in reach for sign in (-1, 1))


def _rows(typed: Mapping[date, TypedDay], days: Iterable[date]) -> int:
    return sum(typed[day].rows for day in days if day in typed)
