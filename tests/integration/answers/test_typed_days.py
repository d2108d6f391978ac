# SPDX-License-Identifier: Apache-2.0
"""Every answer against the ledger, exactly, whichever days are typed: with repeats over midnight and late lines."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from random import Random

import pytest

from edgepixel.answers.subject.conditions import answer_sql
from edgepixel.ask.in_process import ask_in_process
from edgepixel.console.table import Table
from edgepixel.paths import ROOT
from edgepixel.template.reader import answer_queries, log_fields, read_template
from edgepixel.traffic.generator import generate
from edgepixel.traffic.lake_objects import Logged, lake_objects, rows_of
from edgepixel.traffic.ledger import Ledger
from edgepixel.truth.comparison import differences
from edgepixel.truth.events import events_of, facts_of
from edgepixel.truth.expected import TRUTHS
from localcloud.in_process_days import raw_days, type_days
from localcloud.in_process_lake import empty_lake, fill_lake, run_query
from tests.loaded_once import loaded_once
from tests.unit.edgepixel.truth.ledgers import header

DAYS = 6
NOW = datetime(2026, 11, 23, 10, 31, 17, 123_000, tzinfo=UTC)
NOW_MS = round(NOW.timestamp() * 1000)
FUNCTIONS = ROOT / "functions"

type Typing = Callable[[], object]


def _every_other_day() -> None:
    type_days(FUNCTIONS, NOW, raw_days()[::2])


# What is typed, step by step: each lake is made of the one before.
STEPS: dict[str, Typing] = {
    "raw": lambda: None,
    "every other day": _every_other_day,
    "a day whose raw lines are still in the catalog": lambda: type_days(FUNCTIONS, NOW, raw_days()[:1], drop=False),
    "closed days": lambda: type_days(FUNCTIONS, NOW, raw_days()[:-1]),
    "all days": lambda: type_days(FUNCTIONS, NOW),
}


@pytest.fixture(scope="module")
def truths() -> dict[str, Table]:
    facts = facts_of(events_of(Ledger(header(), tuple(row for _, row in sent()))), NOW_MS, DAYS)
    return {name: truth(facts) for name, truth in TRUTHS.items()}


def sent() -> list[object]:
    return rows_of(generate(20_261_123, 12_000, NOW_MS, DAYS * 24), tuple(Logged))


@pytest.fixture(scope="module", params=STEPS)
def answers(request: pytest.FixtureRequest) -> Iterator[tuple[str, dict[str, Table], int]]:
    """The step, what is answered about all of the lake then, and how many rows the view has."""
    if request.param == "raw":
        fill_lake(read_template(), lake_objects(sent(), header(), log_fields(), Random(7), tuple(Logged)))  # noqa: S311
    STEPS[request.param]()
    with loaded_once():
        tables = {name: ask_in_process(answer_sql(answer_queries(), name, DAYS), NOW) for name in TRUTHS}
    rows = run_query("SELECT count(*) AS n FROM events", NOW).rows[0][0]
    yield request.param, tables, int(rows or 0)
    if request.param == list(STEPS)[-1]:
        empty_lake()


@pytest.mark.parametrize("name", TRUTHS)
def test_an_answer_equals_the_ledger(
    name: str, answers: tuple[str, dict[str, Table], int], truths: dict[str, Table]
) -> None:
    step, tables, _ = answers
    assert truths[name].rows, "an empty truth would prove nothing"
    assert differences(tables[name], truths[name]) == [], step


def test_what_is_typed_has_each_request_id_once_and_raw_lines_repeat_none_of_it(
    answers: tuple[str, dict[str, Table], int],
) -> None:
    step, _, _ = answers
    sql = "SELECT typed, count(*), count(DISTINCT request_id) FROM events WHERE request_id IS NOT NULL GROUP BY typed"
    counted = {typed: (int(rows or 0), int(ids or 0)) for typed, rows, ids in run_query(sql, NOW).rows}
    whole = run_query("SELECT count(DISTINCT request_id) FROM events", NOW).rows[0][0]
    assert len(events_of(Ledger(header(), tuple(row for _, row in sent())))) == int(whole or 0)
    rows, ids = counted.get("true", (0, 0))
    assert rows == ids
    assert rows + counted.get("false", (0, 0))[1] == int(whole or 0)
    assert ("true" in counted, "false" in counted) == (step != "raw", step != "all days")
