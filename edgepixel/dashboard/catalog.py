# SPDX-License-Identifier: Apache-2.0
"""How long an answer may be kept: what a stack's catalog says of the days that it is about."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from edgepixel.answers.subject.conditions import LATEST_DAYS
from edgepixel.answers.subject.periods import Period

FOREVER = timedelta(days=36500)
CLOSED = timedelta(hours=1)
"""Of a period whose days are all typed, while late log lines may still arrive in the days after it."""
OPEN = timedelta(minutes=5)
"""Of a period of which something is still arriving."""

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Catalog:
    """The days of a lake: where each typed one is, and which have raw lines."""

    typed: Mapping[date, str]
    raw: Collection[date]

    def version(self, period: Period) -> str:
        """Changes when a day that the period reads is typed, typed again, or gets its first raw lines."""
        days = _days_read(period)
        typed = [(str(day), self.typed[day]) for day in days if day in self.typed]
        raw = [str(day) for day in days if day in self.raw]
        return hashlib.sha256(repr((typed, raw)).encode()).hexdigest()

    def may_be_kept(self, period: Period, now: datetime) -> timedelta:
        """How old an answer about a period may be. Without a typed day nothing is known to be over."""
        own = [day for day in _days_read(period) if day <= (period.end - timedelta(microseconds=1)).date()]
        if any(day in self.raw for day in own) or not any(day in self.typed for day in own) or own[-1] >= now.date():
            return OPEN
        if own[-1] not in self.typed and not any(day > own[-1] for day in self.typed):
            return OPEN  # nothing has come of it yet, and the compactor may not have been there
        read = _days_read(period)
        is_over = read[-1] < now.date() and not any(day in self.raw for day in read)
        return FOREVER if is_over else CLOSED


def _days_read(period: Period) -> list[date]:
    """The days of partitions in which events of the period are looked for: see answers/period.sql."""
    first, last = (period.begin - timedelta(hours=1)).date(), (period.end + LATEST_DAYS * _DAY).date()
    return [first + number * _DAY for number in range((last - first).days + 1)]
