# SPDX-License-Identifier: Apache-2.0
"""Compares what a stack answers with what was sent to it."""

import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from edgepixel.answers.subject.conditions import answer_sql, stack_time_zone
from edgepixel.ask.athena import find_answers, run_query
from edgepixel.aws.stack import Stack
from edgepixel.errors import AnswerFailedError
from edgepixel.traffic.ledger import Header, Ledger, Row
from edgepixel.truth.comparison import differences
from edgepixel.truth.events import events_of, facts_of
from edgepixel.truth.expected import TRUTHS
from tests.waiting import wait_until

IN_THE_TABLE = "SELECT DISTINCT x_edge_request_id FROM pixel_events"


def missing(stack: Stack, rows: Iterable[Row]) -> set[str]:
    """Which of the hits are not in the table; the view would make a busy machine busier."""
    try:
        found = run_query(stack, IN_THE_TABLE).rows
    except AnswerFailedError as error:
        if "TABLE_NOT_FOUND" not in str(error):  # a new database has no table yet
            raise
        found = ()
    return {row.request_id for row in rows} - {str(row[0]) for row in found}


def wait_for_hits(stack: Stack, rows: Sequence[Row]) -> None:
    """Wait until all of these hits are in the table."""
    left: list[int] = []

    def complete() -> bool:
        left.append(len(missing(stack, rows)))
        return left[-1] == 0

    wait_until(complete, "all hits are in the table", lambda: left[-1], pause_seconds=1)


def ledger_of(stack: Stack, rows: Iterable[Row]) -> Ledger:
    """The ledger of hits that were sent to a stack with the default settings of privacy."""
    started = datetime.now(UTC).isoformat()
    header = Header(stack.name, stack.pixel_url, started, 1, True, "truncated", honors_privacy_control=True)
    return Ledger(header, tuple(rows))


def wrong_answers(stack: Stack, ledger: Ledger, names: Iterable[str] = TRUTHS) -> dict[str, list[str]]:
    """How answers differ from the ledger; empty if none does."""
    now_ms = time.time_ns() // 1_000_000
    queries = find_answers(stack)
    facts = facts_of(events_of(ledger), now_ms, time_zone=stack_time_zone(queries))
    found = {
        name: differences(run_query(stack, answer_sql(queries, name, now_ms=now_ms)), TRUTHS[name](facts))
        for name in names
    }
    return {name: different for name, different in found.items() if different}
