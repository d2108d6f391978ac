# SPDX-License-Identifier: Apache-2.0
"""The answers that a report is made of: all about the same period, and the headline's about the period before too."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, datetime

from edgepixel.answers.conditions import Subject, subject_sql
from edgepixel.ask.athena import find_answers, run_query
from edgepixel.aws.stack import Stack
from edgepixel.console.table import Table
from edgepixel.report.panels import in_headline, in_report

ANSWERS = tuple(answer.name for answer in in_report())
COMPARED = tuple(answer.name for answer in in_headline())
"""What the headline compares with the period before."""

_QUERIES_AT_A_TIME = 4  # Athena runs twenty or more of an account; some are left for others


@dataclass(frozen=True)
class Gathered:
    """What a report says. `end` is the end of the period, in UTC; `before` is about the period before it."""

    stack: str
    subject: Subject
    end: datetime
    answers: Mapping[str, Table]
    before: Mapping[str, Table]

    @property
    def begin(self) -> datetime:
        return self.subject.begin(self.end)

    @property
    def days(self) -> int:
        return (self.end - self.begin).days

    @property
    def had_events_before(self) -> bool:
        """Whether anything was recorded in the period before, of people or of programs."""
        return any(record.get("events") for table in self.before.values() for record in table.records())

    @property
    def scanned_bytes(self) -> int:
        return sum(table.scanned_bytes for table in (*self.answers.values(), *self.before.values()))


def gather(
    stack: Stack,
    subject: Subject,
    end: datetime,
    progress: Callable[[int], None] = lambda _: None,
    known: Mapping[str, Table] | None = None,
) -> Gathered:
    """Ask everything but the answers that are known already. `progress` is told how many more there are.

    Raises what asking one answer raises.
    """
    queries = find_answers(stack)
    earlier = subject.begin(end)
    results = {(name, end): table for name, table in (known or {}).items()}
    everything = [(name, end) for name in ANSWERS] + [(name, earlier) for name in COMPARED]
    wanted = [one for one in everything if one not in results]
    texts = [_sql(queries, name, subject, until) for name, until in wanted]
    with ThreadPoolExecutor(_QUERIES_AT_A_TIME) as pool:
        asked = [pool.submit(run_query, stack, text) for text in texts]
        for number, _ in enumerate(as_completed(asked), start=1):
            progress(number)
    results |= dict(zip(wanted, (one.result() for one in asked), strict=True))
    return Gathered(
        stack=stack.name,
        subject=subject,
        end=end.astimezone(UTC),
        answers={name: results[name, end] for name in ANSWERS},
        before={name: results[name, earlier] for name in COMPARED},
    )


def _sql(queries: dict[str, str], name: str, subject: Subject, until: datetime) -> str:
    now_ms = round(until.timestamp() * 1000)
    return subject_sql(queries, name, subject, now_ms)
