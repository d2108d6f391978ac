# SPDX-License-Identifier: Apache-2.0
"""Which days there are to do, and doing them, the oldest first and one at a time."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError

import statements
from aws_calls import AwsCalls
from compaction import Compaction, DayFailedError, End, Outcome
from found import Finder
from raw_lines import RawHour
from request import Request, UnknownEventError, is_closed
from settings import Settings
from typed_days import TypedDay

LAST_TYPED_DAYS = 3
"""Of so many typed days the raw objects are listed in every run. A late object usually registers its hour again, but
the crawler trigger remembers hours, and does nothing for one that it saw before it was dropped."""

logger = Logger(child=True)


class CompactionFailedError(RuntimeError):
    """Some days could not be typed. The message says which, and why; the others were."""


@dataclass
class Done:
    """What was done. `left` is how many days were not begun."""

    typed: list[dict[str, Any]] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    left: int = 0

    def result(self) -> dict[str, Any]:
        """As the function returns it."""
        return {"typed": self.typed, "waiting": self.waiting, "unchanged": self.unchanged, "left": self.left}


def days_to_do(calls: AwsCalls, settings: Settings, request: Request, now: datetime) -> list[str]:
    """The days that a request is about, in order. A state change of somebody else's query is about none.

    Raises UnknownEventError for a day that is not closed, unless it is asked for so.
    """
    if request.query_id:
        day = statements.own_day(settings, calls.execution(request.query_id).sql)
        return [day] if day else []
    if request.days:
        open_days = [day for day in request.days if not is_closed(day, settings.closed_after, now)]
        if open_days and not request.unclosed:
            raise UnknownEventError(f"not closed: {', '.join(open_days)}")
        return list(request.days)
    finder = Finder(calls, settings)
    return _all_days(finder.raw_hours(), finder.typed_days(), lambda day: is_closed(day, settings.closed_after, now))


def do(compaction: Compaction, days: Iterable[str], request: Request) -> Done:
    """Type the days until one has to wait for its statement. Raises CompactionFailedError after the others are done."""
    done, failures, waiting = Done(), list[str](), False
    for day in days:
        if waiting:
            done.left += 1
            continue
        try:
            outcome = compaction.type_day(day, request)
        except (DayFailedError, ClientError) as error:
            logger.error("Day failed", day=day, reason=str(error))
            failures.append(str(error) if day in str(error) else f"{day}: {error}")
            continue
        _add(done, day, outcome)
        waiting = outcome.end is End.WAITING
    if failures:
        raise CompactionFailedError("; ".join(failures))
    return done


def _all_days(hours: Iterable[RawHour], typed: list[TypedDay], closed: Callable[[str], bool]) -> list[str]:
    raw = {one.day for one in hours if closed(one.day)}
    return sorted(raw | {one.day for one in typed[-LAST_TYPED_DAYS:]})


def _add(done: Done, day: str, outcome: Outcome) -> None:
    level = logger.warning if outcome.note else logger.info
    rows = outcome.typed.rows if outcome.typed else None
    level("Day is done", day=day, end=outcome.end.value, rows=rows, note=outcome.note)
    if outcome.end is End.TYPED and outcome.typed is not None:
        done.typed.append({"day": day, "rows": outcome.typed.rows, "location": outcome.typed.location})
    elif outcome.end is End.WAITING:
        done.waiting.append(day)
    else:
        done.unchanged.append(day)
