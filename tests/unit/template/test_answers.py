# SPDX-License-Identifier: Apache-2.0
"""What holds for every answer of the template: its marks, what it reads, and what docs/answers.md says of it."""

import re

import pytest
import sqlglot
from sqlglot import exp

from edgepixel.answers.registry import Counts, answer, answers
from edgepixel.answers.subject.conditions import (
    DEFAULT_PIXEL_PATH,
    GOT_IMAGE,
    answer_sql,
    conditions,
    period_conditions,
    stack_time_zone,
)
from edgepixel.errors import NoSuchConditionError
from edgepixel.template.reader import answer_queries, parameter_default, resources_of_type
from edgepixel.truth.events import facts_of
from edgepixel.truth.expected import TRUTHS
from tests.conftest import ROOT

ABOUT_EVENTS = [one.name for one in answers() if one.about_events]
ABOUT_LINES = [one.name for one in answers() if one.reads]


def parsed(name: str) -> exp.Query:
    tree = sqlglot.parse_one(answer_queries()[name], read="trino")
    assert isinstance(tree, exp.Query)
    return tree


def documented() -> dict[str, str]:
    """The sections of docs/answers.md, by answer."""
    text = (ROOT / "docs" / "answers.md").read_text()
    return dict(re.findall(r"^### `([a-z-]+)`\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL))


def test_the_template_holds_every_answer_and_there_is_a_truth_for_those_about_events() -> None:
    assert list(answer_queries()) == [one.name for one in answers()]
    assert list(TRUTHS) == ABOUT_EVENTS
    assert [name for name in answer_queries() if name not in TRUTHS] == ABOUT_LINES


# Its storms are looked for among frequent visitors, because groups by everything that an event says would take
# gigabytes. Of typed days the second reading is of three columns.
READ_AGAIN = {"abnormal-events": {"once": 2}}
# The times of typed days tell of which of them nothing else need be read: that is most of their bytes.
TIMES_FIRST = {"recent-events": 1}


@pytest.mark.parametrize("name", answer_queries())
def test_an_answer_reads_each_half_of_the_view_once_and_each_of_its_own_queries_once(name: str) -> None:
    """Athena would scan, and bill, as often as they are named. Of a half that is not asked for, nothing is read."""
    query = parsed(name)
    views = ["events"] * ((2 if answer(name).about_events else 1) + TIMES_FIRST.get(name, 0))
    own = sorted(cte.alias for cte in query.find_all(exp.CTE))
    read = [table.name for table in query.find_all(exp.Table)]
    others = answer(name).reads
    assert sorted(one for one in read if one not in own) == sorted([*others, *views])
    assert sorted(set(read)) == sorted([*own, *others, "events"])
    # A query over a small table of its own may be named twice: Athena bills ten megabytes at least.
    large = {cte.alias for cte in query.find_all(exp.CTE) if "events" in _reads(query, cte.alias) or not others}
    assert {one: read.count(one) for one in large if read.count(one) > 1} == READ_AGAIN.get(name, {})


def _reads(query: exp.Query, cte: str) -> set[str]:
    """The tables that one of a query's own queries reads in the end."""
    own = {one.alias: one for one in query.find_all(exp.CTE)}
    named = {table.name for table in own[cte].find_all(exp.Table)}
    return {table for name in named for table in (_reads(query, name) if name in own else {name})}


@pytest.mark.parametrize("name", ABOUT_EVENTS)
def test_an_answer_has_the_conditions_that_all_have_once_for_each_half_of_the_view(name: str) -> None:
    lines = [line.strip() for line in answer_queries()[name].splitlines()]
    shared = conditions(answer(name).counts, answer(name).lists_refusals)
    for half in ("typed", "NOT typed"):
        expected = [line.strip() for line in f"WHERE {half}\nAND {shared}".splitlines()]
        start = lines.index(expected[0])
        assert lines[start : start + len(expected)] == expected
    own = answer(name).text("query.sql").count("/* traffic */")  # of one that tells people from everyone itself
    times = 2 + TIMES_FIRST.get(name, 0)
    assert answer_queries()[name].count("/* traffic */") == times + own
    assert len(re.findall(r"/\* site \*/", answer_queries()[name])) == times
    assert set(re.findall(r"(-?\d+) /\* days \*/", answer_queries()[name])) == {"-7"}


@pytest.mark.parametrize("name", ABOUT_LINES)
def test_an_answer_that_is_not_about_events_has_a_period_and_no_conditions_on_what_counts(name: str) -> None:
    sql = answer_queries()[name]
    lines = [line.strip() for line in sql.splitlines()]
    period = [line.strip() for line in f"AND {period_conditions()}".splitlines()]
    start = lines.index(period[0])
    assert lines[start : start + len(period)] == period
    assert "/* traffic */" not in sql
    assert "/* site */" not in sql
    assert set(re.findall(r"(-?\d+) /\* days \*/", sql)) == {"-7"}
    with pytest.raises(NoSuchConditionError, match="about all sites"):
        answer_sql(answer_queries(), name, site="blog")


@pytest.mark.parametrize("counts", ["people", "everyone"])
def test_the_conditions_bound_the_period_and_the_partitions(counts: Counts) -> None:
    assert conditions(counts).splitlines() == [
        ("traffic = 'human'" if counts == "people" else "true") + " /* traffic */",
        "  AND true /* site */",
        "  AND true /* filters */",
        "  AND status IN (200, 206, 304)",
        "  AND event <> 'edgepixel-doctor'",
        "  AND has_request_id",
        "  AND event_time >= date_add('day', -7 /* days */, current_timestamp)",
        "  AND event_time < current_timestamp",
        "  AND dt >= date_format(date_add('hour', -1, date_add('day', -7 /* days */, current_timestamp)), '%Y-%m-%d')",
        "  AND (typed OR dt || hour >= "
        "date_format(date_add('hour', -1, date_add('day', -7 /* days */, current_timestamp)), '%Y-%m-%d%H'))",
        "  AND dt <= date_format(date_add('day', 7, current_timestamp), '%Y-%m-%d')",
    ]


def test_only_abnormal_events_reads_refusals_and_its_hours_and_storms_do_not() -> None:
    assert [name for name in answer_queries() if answer(name).lists_refusals] == ["abnormal-events"]
    assert "  AND (status IN (200, 206, 304) OR status >= 400)" in conditions("everyone", True).splitlines()
    abnormal = " ".join(answer_queries()["abnormal-events"].split())
    for question in (
        f"FROM once WHERE {GOT_IMAGE} GROUP BY visitor",
        f"CASE WHEN {GOT_IMAGE} AND (once.visitor IS NULL OR frequent.visitor IS NOT NULL) THEN ARRAY[ "
        "CAST(date_trunc('minute', event_time) AS varchar)",
        f"CASE WHEN {GOT_IMAGE} THEN date_add('minute', minute(event_time) / 15 * 15, date_trunc('hour', event_time)) "
        "END AS quarter",
    ):
        assert question in abnormal


@pytest.mark.parametrize("name", ABOUT_EVENTS)
def test_an_answer_makes_one_event_of_each_request_id(name: str) -> None:
    """Copies of a log line may differ, so every column has the least of its values, and nothing but the id groups."""
    selects = [select for select in parsed(name).find_all(exp.Select) if select.args["from_"].this.name == "events"]
    halves = [select for select in selects if select.find_ancestor(exp.Where) is None]
    typed, raw = sorted(halves, key=lambda half: "NOT typed" in half.sql())
    assert [part.sql() for part in raw.args["group"].expressions] == ["request_id"]
    for part in raw.expressions:
        open_columns = [column.sql() for column in part.find_all(exp.Column) if not column.find_ancestor(exp.Min)]
        assert set(open_columns) <= {"request_id"}, part.sql()
    assert typed.args.get("group") is None
    assert not any(part.find(exp.AggFunc) for part in typed.expressions)
    assert list(map(_without_least, raw.expressions)) == list(map(_without_least, typed.expressions))


def _without_least(selected: exp.Expr) -> str:
    """What is selected, with the column in the place of its least value, without names that are those of columns."""
    plain = selected.transform(lambda part: part.this if isinstance(part, exp.Min) else part)
    return plain.this.sql() if isinstance(plain, exp.Alias) and plain.this.name == plain.alias else plain.sql()


@pytest.mark.parametrize("name", ABOUT_EVENTS)
def test_every_mark_can_be_replaced(name: str) -> None:
    sql = answer_sql(answer_queries(), name, 30, site="o'brien", include_bots=True, now_ms=1_795_426_200_123)
    assert "site = 'o''brien' /* site */" in sql
    assert sql.count("AND true /* traffic */") == 2 + TIMES_FIRST.get(name, 0)
    assert "-7 /* days" not in sql
    assert "current_timestamp" not in sql
    assert "from_unixtime(1795426200.123)" in sql
    assert isinstance(sqlglot.parse_one(sql, read="trino"), exp.Query)


def test_the_answers_with_times_have_the_stack_s_time_zone_and_the_others_none() -> None:
    queries = resources_of_type("AWS::Athena::NamedQuery").values()
    saved = {query["Name"]: query["QueryString"] for query in queries}
    timed = {name: sql["Fn::Sub"] for name, sql in saved.items() if not isinstance(sql, str)}
    assert set(timed) == {one.name for one in answers() if "{{ time_zone }}" in one.text("query.sql")} | {*ABOUT_LINES}
    assert {"events-per-hour", "recent-events", *ABOUT_LINES} <= set(timed) < set(saved)
    for name, sql in timed.items():
        others = {"${PixelPath}"} if name == "missing-requests" else set()
        assert set(re.findall(r"\$\{[^}]*\}", sql)) == {"${TimeZone}", *others}, name
        assert "'UTC' /* time zone */" in answer_queries()[name]
        elsewhere = answer_sql(answer_queries(), name, time_zone="Asia/Kolkata")
        assert elsewhere == answer_queries()[name].replace("'UTC' /*", "'Asia/Kolkata' /*")
    assert stack_time_zone(answer_queries()) == "UTC"


@pytest.mark.parametrize("name", answer_queries())
def test_an_answer_can_be_about_any_two_moments(name: str) -> None:
    sql = answer_sql(answer_queries(), name, begin_ms=1_667_080_800_000, now_ms=1_667_170_800_000)
    assert "current_timestamp" not in sql
    assert "/* days */" not in sql
    assert "event_time >= from_unixtime(1667080800.000)" in sql
    assert "event_time < from_unixtime(1667170800.000)" in sql
    assert "dt <= date_format(date_add('day', 7, from_unixtime(1667170800.000)), '%Y-%m-%d')" in sql


@pytest.mark.parametrize("name", answer_queries())
def test_rows_are_in_an_order_that_no_tie_leaves_open(name: str) -> None:
    """All columns that are not numbers decide, or those that they depend on."""
    query = parsed(name)
    known = {column.name for part in query.args["order"].expressions for column in part.find_all(exp.Column)}
    decided = {
        "events-per-hour": {"event_time"},  # an hour is when its first event was
        "visitor-count": {"day"},
        "referrers": {"referrer_host"},  # which the channel depends on
        "user-agents": {"user_agent", "traffic"},  # which the labels depend on
        "abnormal-events": {"kind", "moment", "reason", "detail", "request_id", "events"},
        "mistakes": {"mistake", "sent", "meant"},
        "recent-events": {"moment", "request_id"},
        "funnel": {"step"},
        "coverage": {"day", "begin"},  # the hour's, which is told in the time zone
        "missing-requests": {"moment", "request_id"},
    }
    texts = {
        column
        for column in query.named_selects
        if not re.search(
            r"events|visitors|beacons|percent|orders|revenue|carts|abandoned|network|entries|exits|bounces", column
        )
    }
    assert known >= decided.get(name, texts)


@pytest.mark.parametrize("name", answer_queries())
def test_the_document_says_of_each_answer_which_columns_it_has(name: str) -> None:
    columns = answer(name).module("truth").COLUMNS if name not in TRUTHS else TRUTHS[name](facts_of([], 0)).columns
    assert tuple(parsed(name).named_selects) == columns
    table = documented()[name].partition("| reason | when")[0]
    assert tuple(re.findall(r"^\| `([a-z0-9_]+)` \|", table, re.MULTILINE)) == columns


def test_requests_are_compared_by_the_pixel_s_path() -> None:
    """Real-time logs are those of its cache behavior, whose pattern it is."""
    sql = resources_of_type("AWS::Athena::NamedQuery")["MissingRequestsAnswer"]["QueryString"]["Fn::Sub"]
    assert "WHERE cache_behavior_path_pattern = '${PixelPath}'" in sql
    assert "WHERE cache_behavior_path_pattern = '/pixel.gif'" in answer_queries()["missing-requests"]
    assert parameter_default("PixelPath") == DEFAULT_PIXEL_PATH


def test_the_document_explains_every_mistake() -> None:
    table = documented()["mistakes"].partition("| reason | when")[2]
    told = set(re.findall(r"^\| `([a-z_]+)` \|", table, re.MULTILINE))
    sql = answer_queries()["mistakes"]
    words = sql[sql.index("has_odd_value AND value IS NULL") :]
    assert told == set(re.findall(r"'((?:[a-z]+_)+[a-z]+)>?'", words)) | {"event_name", "site_name"}


def test_the_document_explains_every_reason() -> None:
    table = documented()["abnormal-events"].partition("| reason | when")[2]
    reasons = set(re.findall(r"^\| `([a-z_]+)` \|", table, re.MULTILINE))
    in_sql = set(
        re.findall(r"(?:THEN|ELSE|^ *) ?'([a-z]+_[a-z_]+)'", answer_queries()["abnormal-events"], re.MULTILINE)
    )
    assert reasons == in_sql
