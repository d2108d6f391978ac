# SPDX-License-Identifier: Apache-2.0
"""Which days of the lake are typed. A day that is not is read as raw lines: right, slower and dearer; so no failure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from edgepixel.doctor.facts.said import is_absent, part
from edgepixel.doctor.findings import Paragraph
from edgepixel.doctor.parts.functions import FunctionFacts

PATIENCE = timedelta(hours=6)
"""How long after its end, and after CLOSED_AFTER_HOURS, a day may take: the compactor comes once an hour."""
_MOST_NAMED = 5


@dataclass(frozen=True)
class TypedDaysFacts:
    """The days that the catalog has typed, and those of which it has raw lines; None if it could not be asked.

    `now` is in UTC.
    """

    typed: Sequence[date] | None
    raw: Sequence[date] | None
    compactor: FunctionFacts
    now: datetime


def note(facts: TypedDaysFacts) -> str | None:
    """How many days are typed, and which should be and are not, with what may be the reason."""
    if facts.typed is None or facts.raw is None:
        return None
    late = late_days(facts)
    if late:
        named = ", ".join(map(str, late[:_MOST_NAMED])) + (f" and {len(late) - _MOST_NAMED} more" * (len(late) > 5))
        return (
            f"Days that have ended and are not typed: {named}. Answers about them are right, and slower. "
            f"{_reason(facts.compactor)} See docs/operations.md#{Paragraph.TYPED_DAYS}."
        )
    if not facts.typed:
        return "No day is typed yet: each one is in the hours after its end."
    days = f"{len(facts.typed):,} days are" if len(facts.typed) > 1 else "1 day is"
    return f"{days} typed, the last is {max(facts.typed)}."


def late_days(facts: TypedDaysFacts) -> list[date]:
    """The days with raw lines that should have been typed by now, the oldest first."""
    hours = part(facts.compactor.configuration, "Environment", "Variables", "CLOSED_AFTER_HOURS") or 0
    limit = facts.now - timedelta(days=1, hours=int(hours)) - PATIENCE
    return sorted(
        day for day in set(facts.raw or ()) if datetime(day.year, day.month, day.day, tzinfo=limit.tzinfo) < limit
    )


def _reason(compactor: FunctionFacts) -> str:
    if is_absent(compactor.configuration):
        return f"The function {compactor.name} does not exist."
    if part(compactor.concurrency, "ReservedConcurrentExecutions") == 0:
        return f"The function {compactor.name} has a reserved concurrency of 0, so Lambda runs it never."
    if compactor.throttles:
        return f"Lambda refused {compactor.throttles:,.0f} invocations of {compactor.name} in the last 15 minutes."
    return f"The log of the function {compactor.name} says why."
