# SPDX-License-Identifier: Apache-2.0
"""Looks at stages, without hits: what is there, and is it as it should be?"""

from botocore.exceptions import ClientError

from edgepixel.answers.subject.conditions import DOCTOR_EVENT, answer_sql
from edgepixel.aws.failures import explained
from edgepixel.console.table import Table
from edgepixel.doctor.facts.aws_calls import AwsCalls
from edgepixel.doctor.facts.said import is_absent
from edgepixel.doctor.facts.stack_facts import StackFacts
from edgepixel.doctor.findings import PUT_BACK, Paragraph, Problem, Stage
from edgepixel.doctor.follow.hits import Sent
from edgepixel.doctor.follow.patience import Patience
from edgepixel.doctor.stages import (
    aggregator,
    catalog,
    coverage,
    delivery,
    edge,
    lake,
    log_configuration,
    log_delivery,
    queries,
    streams,
    trigger,
    typed_days,
)
from edgepixel.doctor.stages.edge import EdgeFacts
from edgepixel.doctor.verdict import Found, Verdict
from edgepixel.errors import AnswerFailedError

ANSWER = "aggregate-event-count"  # it names every event that it counts


class Looks:
    """Looks at the stages of one stack, in their order. The methods raise Found."""

    def __init__(self, facts: StackFacts, calls: AwsCalls, verdict: Verdict, patience: Patience) -> None:
        self._facts = facts
        self._calls = calls
        self._verdict = verdict
        self._patience = patience
        self._queryable = False

    def edge(self) -> EdgeFacts:
        """The edge, which hits are sent to next."""
        facts = self._facts.edge()
        self._verdict.check(edge.problems(facts))
        return facts

    def others(self) -> None:
        """Every stage behind the edge."""
        facts, check = self._facts, self._verdict.check
        self._verdict.note(coverage.note(facts.coverage()))
        if facts.stack.has_realtime_logs:
            self._realtime_logs()
        if facts.stack.has_standard_logs:
            check(log_delivery.problems(facts.log_delivery()))
        if facts.stack.has_cross_check:
            self._verdict.note(log_delivery.cross_check_note(facts.cross_check()))
        check(lake.problems(facts.lake()))
        check(trigger.problems(facts.trigger()))
        settled = self._patience.limits[Stage.TRIGGER] + self._patience.limits[Stage.CATALOG]
        catalog_facts = facts.catalog(settled)
        check(catalog.problems(catalog_facts))
        if facts.stack.has_typed_days:
            self._verdict.note(typed_days.note(facts.typed_days()))
        query_facts = facts.queries()
        check(queries.view_problems(query_facts))
        check(queries.answer_problems(query_facts))
        self._queryable = not is_absent(catalog_facts.table)
        if self._queryable:
            self.query(Stage.VIEW, queries.empty_statement())

    def _realtime_logs(self) -> None:
        """From the log configuration to the delivery."""
        facts, check = self._facts, self._verdict.check
        log_facts = facts.log_configuration()
        check(log_configuration.problems(log_facts))
        self._verdict.note(log_configuration.sampling_note(log_facts))
        check(streams.problems(facts.stream(Stage.RAW_STREAM)))
        if facts.aggregates:
            check(aggregator.problems(facts.aggregator()))
            check(streams.problems(facts.stream(Stage.AGGREGATED_STREAM)))
        check(delivery.problems(facts.delivery()))

    def answer(self, sent: Sent | None) -> None:
        """Run an answer, and see that it does not count the hits."""
        if sent is None and not self._queryable:
            self._verdict.note("Nothing was delivered to the lake yet, so no answer can be asked.")
            return
        sql = self._saved().get(ANSWER)
        if sql is None:
            raise Found(
                Problem(
                    Stage.ANSWER,
                    f"The workgroup has no saved query {ANSWER}.",
                    PUT_BACK,
                    Paragraph.QUERIES,
                )
            )
        answered = self.query(Stage.ANSWER, answer_sql({ANSWER: sql}, ANSWER, days=1))
        if counted := queries.counted_hits(answered, DOCTOR_EVENT):
            self._verdict.note(
                f"The answer {ANSWER} counts {counted:,} hits of this command: the stack's answers are of an older "
                "version. Deploy the stack again."
            )
        if sent:
            self._verdict.passed(Stage.ANSWER, self._calls.now() - sent.at, f"{ANSWER} has {len(answered.rows):,} rows")

    def query(self, stage: Stage, sql: str) -> Table:
        """Run a query. Raises Found with Athena's reason if it fails."""
        try:
            return self._calls.query(sql, self._patience.limits[stage])
        except AnswerFailedError as error:
            raise Found(queries.failed_query(stage, f"{error}.")) from error
        except ClientError as error:
            raise Found(queries.failed_query(stage, f"{explained(error)}.")) from error

    def _saved(self) -> dict[str, str]:
        try:
            return self._calls.answers()
        except ClientError as error:
            raise Found(queries.failed_query(Stage.ANSWER, f"{explained(error)}.")) from error
