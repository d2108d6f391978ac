# SPDX-License-Identifier: Apache-2.0
"""The answers that a report is made of: all about the same period, and the headline's about the period before too."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from edgepixel.answers.registry import answer
from edgepixel.answers.subject.approximate import can_be_estimated
from edgepixel.answers.subject.conditions import DEFAULT_TIME_ZONE, Subject, stack_time_zone, subject_sql
from edgepixel.answers.subject.funnels import has_funnel
from edgepixel.answers.subject.periods import Comparison, Period
from edgepixel.answers.subject.present_values import chosen, counts_nothing
from edgepixel.answers.subject.steps import Step
from edgepixel.ask.athena import find_answers
from edgepixel.ask.mixed_rules import mixed_rules
from edgepixel.ask.no_such_value import no_such_value
from edgepixel.ask.several import run_queries
from edgepixel.aws.stack import Stack
from edgepixel.console.table import Table
from edgepixel.report.annotations import Annotation
from edgepixel.report.panels import in_headline, in_report, is_drawn

ANSWERS = tuple(one.name for one in in_report() if one.only_by is None)
"""What every report asks."""
COMPARED = tuple(one.name for one in in_headline())
"""What the headline compares with an earlier period."""


@dataclass(frozen=True)
class Gathered:
    """What a report says. `end` is when it was asked, in UTC; `before` is about the period that it is compared with.

    `by`: what charts over time show, if that was chosen.
    `mixed_rules` says that days of either period were told by other rules than the rest; empty if none was.
    `no_such_value` says that no event has the site or the value that was chosen; empty unless nothing was counted.
    """

    stack: str
    subject: Subject
    end: datetime
    answers: Mapping[str, Table]
    before: Mapping[str, Table]
    time_zone: str = DEFAULT_TIME_ZONE
    comparison: Comparison = "previous"
    mixed_rules: str = ""
    by: Step | None = None
    no_such_value: str = ""
    values_bytes: int = 0  # that Athena read for `no_such_value`
    annotations: Sequence[Annotation] = ()

    @property
    def period(self) -> Period:
        return self.subject.period(self.end, self.time_zone)

    @property
    def earlier(self) -> Period | None:
        """The period that it is compared with."""
        return self.period.before(self.comparison)

    @property
    def days(self) -> int:
        return (self.period.end - self.period.begin).days

    @property
    def had_events_before(self) -> bool:
        """Whether anything was recorded in the period before, of people or of programs."""
        return any(record.get("events") for table in self.before.values() for record in table.records())

    @property
    def scanned_bytes(self) -> int:
        answered = sum(table.scanned_bytes for table in (*self.answers.values(), *self.before.values()))
        return answered + self.values_bytes


def gather(
    stack: Stack,
    subject: Subject,
    end: datetime,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
    known: Mapping[str, Table] | None = None,
    comparison: Comparison = "previous",
    by: Step | None = None,
) -> Gathered:
    """Ask everything but the answers that are known already. `progress` is told how many of how many there are.

    `by`: what charts over time show, instead of what the period is long for.
    `end` is when it is asked, after which nothing counts. Raises what asking one answer raises, and PeriodError.
    """
    queries = find_answers(stack)
    time_zone = subject.time_zone or stack_time_zone(queries)
    period = subject.period(end, time_zone)
    earlier = period.before(comparison)
    results = {(name, period): table for name, table in (known or {}).items()}
    about = [one.name for one in in_report() if is_drawn(one, period, by)]
    everything = [(name, period) for name in about]
    everything += [(name, earlier) for name in COMPARED if earlier is not None]
    wanted = [one for one in everything if one not in results]
    texts = [subject_sql(queries, name, _about(name, subject, queries), when) for name, when in wanted]
    results |= dict(zip(wanted, run_queries(stack, texts, lambda done: progress(done, len(texts))), strict=True))
    counted = any(answer(name).about_events and not counts_nothing(results[name, period]) for name in about)
    words, values_bytes = ("", 0) if counted or not chosen(subject) else no_such_value(stack, subject, period)
    return Gathered(
        stack=stack.name,
        subject=subject,
        end=end.astimezone(UTC),
        answers={name: results[name, period] for name in about},
        before={name: results[name, earlier] for name in COMPARED if earlier is not None},
        time_zone=time_zone,
        comparison=comparison,
        by=by,
        mixed_rules=mixed_rules(stack, replace(period, begin=earlier.begin) if earlier else period),
        no_such_value=words,
        values_bytes=values_bytes,
    )


def _about(name: str, subject: Subject, queries: Mapping[str, str]) -> Subject:
    """What an answer is asked about: one that is not about events knows no site, no people, no filters.

    Of one that counts nothing distinct, nothing is estimated, and one without steps knows no funnel.
    """
    subject = replace(
        subject,
        approximate=subject.approximate and can_be_estimated(queries.get(name, "")),
        funnel=subject.funnel if has_funnel(answer(name).text("query.sql")) else (),
    )
    if answer(name).about_events:
        return subject
    return replace(subject, site=None, include_bots=False, filters=())
