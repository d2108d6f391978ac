# SPDX-License-Identifier: Apache-2.0
"""Visitors that are estimated: in which answers, and which columns are marked."""

import pytest
import sqlglot

from edgepixel.answers.subject.approximate import ESTIMATED, can_be_estimated, estimating, marked
from edgepixel.answers.subject.conditions import Subject, subject_sql
from edgepixel.console.table import Table
from edgepixel.errors import NoSuchConditionError
from edgepixel.template.reader import answer_queries

QUERIES = answer_queries()
COUNT_VISITORS = [name for name, sql in QUERIES.items() if can_be_estimated(sql)]


@pytest.mark.parametrize("name", COUNT_VISITORS)
def test_an_answer_estimates_its_visitors_and_nothing_else(name: str) -> None:
    exact, estimated = QUERIES[name], subject_sql(QUERIES, name, Subject(approximate=True))
    assert "approx_distinct(" not in exact
    assert "DISTINCT" not in estimated
    assert estimated.replace("approx_distinct(", "").count("(") == exact.replace("count(DISTINCT ", "").count("(")
    assert ESTIMATED & set(sqlglot.parse_one(estimated, dialect="trino").named_selects)


def test_without_the_option_visitors_are_counted() -> None:
    assert subject_sql(QUERIES, "visitor-count", Subject()) == QUERIES["visitor-count"]
    assert {"visitor-count", "pages", "referrers"} <= set(COUNT_VISITORS) < set(QUERIES)


@pytest.mark.parametrize("name", ["funnel", "recent-events", "coverage"])
def test_an_answer_without_distinct_counts_has_nothing_to_estimate(name: str) -> None:
    with pytest.raises(NoSuchConditionError, match=f"'{name}' has nothing to estimate") as raised:
        estimating(name, QUERIES[name])
    assert raised.value.condition == "approximate"


def test_the_estimated_columns_are_marked() -> None:
    assert marked(Table(("day", "visitors", "events"), (("2026-11-23", 2, 3),))).columns == (
        "day",
        "≈ visitors",
        "events",
    )
