# SPDX-License-Identifier: Apache-2.0
"""What holds for every answer of the template: its marks, what it reads, and what docs/answers.md says of it."""

import re

import pytest
import sqlglot
from sqlglot import exp

from edgepixel.ask.athena import answer_sql
from edgepixel.template import answers
from edgepixel.truth import SEVEN, TRUTHS, facts_of
from tests.conftest import ROOT

PERIOD = """\
  AND true /* site */
  AND request_id IS NOT NULL
  AND event_time >= date_add('day', -7 /* days */, current_timestamp)
  AND event_time < current_timestamp
  AND dt >= date_format(date_add('hour', -1, date_add('day', -7 /* days */, current_timestamp)), '%Y-%m-%d')
  AND dt || hour >= date_format(date_add('hour', -1, date_add('day', -7 /* days */, current_timestamp)), '%Y-%m-%d%H')
"""
OF_EVERYONE = {"user-agents", "abnormal-events", "aggregate-event-count", "recent-events", "traffic-quality"}


def parsed(name: str) -> exp.Query:
    tree = sqlglot.parse_one(answers()[name], read="trino")
    assert isinstance(tree, exp.Query)
    return tree


def documented() -> dict[str, str]:
    """The sections of docs/answers.md, by answer."""
    text = (ROOT / "docs" / "answers.md").read_text()
    return dict(re.findall(r"^### `([a-z-]+)`\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL))


def test_the_template_holds_the_answers_that_there_is_a_truth_for() -> None:
    assert list(answers()) == list(TRUTHS)


@pytest.mark.parametrize("name", answers())
def test_an_answer_reads_the_view_once_and_each_of_its_own_queries_once(name: str) -> None:
    """Athena would scan, and bill, as often as they are named."""
    query = parsed(name)
    own = sorted(cte.alias for cte in query.find_all(exp.CTE))
    assert sorted(table.name for table in query.find_all(exp.Table)) == sorted([*own, "events"])


@pytest.mark.parametrize("name", answers())
def test_an_answer_is_bounded_and_marked_as_every_other(name: str) -> None:
    traffic = "true" if name in OF_EVERYONE else "traffic = 'human'"
    unindented = re.sub(r"^ +(?=WHERE|  AND)", "", answers()[name], flags=re.MULTILINE)
    lines = [line.strip() for line in unindented.splitlines()]
    expected = [f"WHERE {traffic} /* traffic */", *(line.strip() for line in PERIOD.splitlines())]
    start = lines.index(expected[0])
    assert lines[start : start + len(expected)] == expected
    assert len(re.findall(r"/\* traffic \*/", answers()[name])) == 1
    assert len(re.findall(r"/\* site \*/", answers()[name])) == 1
    assert set(re.findall(r"(-?\d+) /\* days \*/", answers()[name])) == {"-7"}


@pytest.mark.parametrize("name", answers())
def test_every_mark_can_be_replaced(name: str) -> None:
    sql = answer_sql(answers(), name, 30, site="o'brien", include_bots=True, now_ms=1_795_426_200_123)
    assert "site = 'o''brien' /* site */" in sql
    assert "WHERE true /* traffic */" in sql
    assert "-7 /* days" not in sql
    assert "current_timestamp" not in sql
    assert "from_unixtime(1795426200.123)" in sql
    assert isinstance(sqlglot.parse_one(sql, read="trino"), exp.Query)


@pytest.mark.parametrize("name", answers())
def test_rows_are_in_an_order_that_no_tie_leaves_open(name: str) -> None:
    """All columns that are not numbers decide, or those that they depend on."""
    query = parsed(name)
    known = {part.this.name for part in query.args["order"].expressions}
    decided = {
        "events-per-hour": {"1"},
        "visitor-count": {"day"},
        "user-agents": {"user_agent", "traffic"},  # which the labels depend on
        "abnormal-events": {"kind", "event_time", "reason", "detail", "request_id", "events"},
        "recent-events": {"event_time", "request_id"},
        "funnel": {"step"},
    }
    texts = {
        column
        for column in query.named_selects
        if not re.search(
            r"events|visitors|beacons|percent|orders|revenue|carts|abandoned|network|entries|bounces", column
        )
    }
    assert known >= decided.get(name, texts)


@pytest.mark.parametrize("name", answers())
def test_the_document_says_of_each_answer_which_columns_it_has(name: str) -> None:
    columns = TRUTHS[name](facts_of([], 0)).columns
    assert tuple(parsed(name).named_selects) == columns
    table = documented()[name].partition("| reason | when")[0]
    assert tuple(re.findall(r"^\| `([a-z_]+)` \|", table, re.MULTILINE)) == columns


def test_the_document_explains_every_reason() -> None:
    table = documented()["abnormal-events"].partition("| reason | when")[2]
    reasons = set(re.findall(r"^\| `([a-z_]+)` \|", table, re.MULTILINE))
    in_sql = set(re.findall(r"(?:THEN|ELSE|^ *) ?'([a-z]+_[a-z_]+)'", answers()["abnormal-events"], re.MULTILINE))
    assert reasons == in_sql


def test_the_documents_name_every_answer_in_its_order() -> None:
    assert list(documented()) == list(answers())
    readme = (ROOT / "README.md").read_text()
    section = readme.partition("## Ask")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `([a-z-]+)` \|", section, re.MULTILINE) == list(answers())
    assert list(SEVEN) == list(answers())[: len(SEVEN)]
