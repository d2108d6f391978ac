# SPDX-License-Identifier: Apache-2.0
"""The stack's answer `coverage`, asked about one day of UTC, and what it says of that day. Pure.

The marks in its SQL are those that the template's comments describe: the number before `/* days */`, and the text
before `/* time zone */`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from days import start_of

FEWEST_HITS = 1_000
"""Of fewer hits in a day a single lost line would be as much as the alarm tells of: nothing is said of such a day."""

_BEGIN = re.compile(r"date_add\('day',\s*-\s*\d+\s*/\*\s*days\s*\*/,\s*current_timestamp\)")
_END = re.compile(r"\bcurrent_timestamp\b")
_TIME_ZONE = re.compile(r"'[^']*'(?=\s*/\*\s*time zone\s*\*/)")


class UnknownAnswerError(ValueError):
    """The saved query is not the one that the template has."""


@dataclass(frozen=True)
class Coverage:
    """Of one day: hits that CloudFront counted, those whose line is in the lake, and these in percent."""

    hits_made: int
    hits_logged: int
    percent: float

    @property
    def tells(self) -> bool:
        """Whether there were enough hits for a percentage to mean something."""
        return self.hits_made >= FEWEST_HITS


def question(saved: str, day: date) -> str:
    """The saved answer's SQL, about one day of UTC. Raises UnknownAnswerError if it has no such marks."""
    sql, begins = _BEGIN.subn(_moment(day), saved)
    sql, ends = _END.subn(_moment(day + timedelta(days=1)), sql)
    sql, zones = _TIME_ZONE.subn("'UTC'", sql)
    if not (begins and ends and zones):
        raise UnknownAnswerError("the saved query coverage lacks the marks of its period or of its time zone")
    return sql


def of_day(records: Sequence[Mapping[str, str | None]], day: date) -> Coverage | None:
    """What the answer's records, by column, say of a day; None if nothing was counted."""
    found = [record for record in records if record["day"] == str(day) and record["hour"] is None]
    if not found:
        return None
    made, logged, percent = (found[0][name] for name in ("hits_made", "hits_logged", "percent"))
    if made is None or logged is None or percent is None:
        return None
    return Coverage(int(made), int(logged), float(percent))


def _moment(day: date) -> str:
    return f"from_unixtime({int(start_of(day).timestamp())})"
