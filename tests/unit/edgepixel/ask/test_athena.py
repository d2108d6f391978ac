# SPDX-License-Identifier: Apache-2.0
"""Finding answers, changing their period, running them and reading their rows."""

from typing import Any

import pytest

from edgepixel.answers.subject.conditions import TRAFFIC, answer_sql
from edgepixel.ask.athena import Working, find_answers, run_query
from edgepixel.console.table import Table
from edgepixel.errors import AnswerFailedError, NoSuchConditionError, UnknownAnswerError
from tests.unit.edgepixel.fake_cloud import FakeAthena, fake_stack, result_page

SQL = """SELECT 7 FROM events
WHERE event_time >= date_add('day', -7 /* days */, current_timestamp)
  AND dt >= date_format(date_add('day', -7 /* days */, current_timestamp), '%Y-%m-%d')
LIMIT 7"""
COLUMNS = {"hour": "timestamp", "page": "varchar", "events": "bigint", "share": "double", "new": "boolean"}
PAGES = [
    result_page(COLUMNS, list(COLUMNS), ["2026-11-23 09:00:00.000", "/ü", "1234", "0.5", "true"]),
    result_page(COLUMNS, ["2026-11-23 10:00:00.000", None, "7", None, "false"]),
]
ROWS = (("2026-11-23 09:00:00.000", "/ü", 1234, 0.5, True), ("2026-11-23 10:00:00.000", None, 7, None, False))


def athena(states: list[str] | None = None) -> FakeAthena:
    return FakeAthena({"referrers": SQL, "all-time": "SELECT 1", "topics": SQL}, PAGES, states)


def test_all_named_queries_of_the_workgroup_are_answers() -> None:
    assert find_answers(fake_stack(athena=athena())) == {"referrers": SQL, "all-time": "SELECT 1", "topics": SQL}


def test_a_stack_that_lost_its_answers_says_so() -> None:
    with pytest.raises(UnknownAnswerError, match=r"no answers: its workgroup edgepixel, .* were deleted.*doctor"):
        find_answers(fake_stack(athena=FakeAthena({}, PAGES)))


def test_days_replaces_the_number_of_the_period_and_nothing_else() -> None:
    assert answer_sql({"referrers": SQL}, "referrers", 30) == SQL.replace("-7 /* days */", "-30 /* days */")
    assert answer_sql({"referrers": SQL}, "referrers") == SQL


@pytest.mark.parametrize("period", ["-7 /* days */", "- 7/*days*/", "-700  /*  days  */"])
def test_a_period_is_found_however_it_is_spaced(period: str) -> None:
    assert (
        answer_sql({"a": f"x {period} - 7"}, "a", 1)
        == f"x {period.replace('- 7', '-1').replace('-700', '-1').replace('-7', '-1')} - 7"
    )


def test_days_for_an_answer_without_a_period_is_an_error() -> None:
    with pytest.raises(NoSuchConditionError, match="'all-time' has no period") as raised:
        answer_sql({"all-time": "SELECT 1"}, "all-time", 3)
    assert raised.value.condition == "days"


MARKED = "SELECT 1 FROM events WHERE traffic = 'human' /* traffic */ AND true /* site */ AND t < current_timestamp"


def test_a_site_takes_the_place_of_true_and_is_quoted() -> None:
    found = answer_sql({"a": MARKED}, "a", site="o'brien\\1")
    assert found == MARKED.replace("true /* site", "site = 'o''brien\\1' /* site")


@pytest.mark.parametrize("own", TRAFFIC.values())
def test_programs_count_when_they_are_asked_for(own: str) -> None:
    found = answer_sql({"a": MARKED.replace("traffic = 'human'", own)}, "a", include_bots=True)
    assert found == MARKED.replace("traffic = 'human'", "true")


def test_an_answer_can_be_asked_as_of_a_moment() -> None:
    found = answer_sql({"a": MARKED}, "a", now_ms=1_795_426_200_007)
    assert found == MARKED.replace("current_timestamp", "from_unixtime(1795426200.007)")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"site": "blog"}, "is about all sites"),
        ({"include_bots": True}, "chooses its own traffic"),
        ({"now_ms": 1}, "does not end at `current_timestamp`"),
    ],
)
def test_what_an_answer_has_no_mark_for_is_an_error(options: Any, reason: str) -> None:
    with pytest.raises(NoSuchConditionError, match=f"'all-time' {reason}") as raised:
        answer_sql({"all-time": "SELECT 1"}, "all-time", **options)
    assert [raised.value.condition] == list(options)


def test_an_unknown_answer_names_those_there_are() -> None:
    with pytest.raises(UnknownAnswerError, match=r"no answer 'x' in this stack\. Answers of this stack: a, b"):
        answer_sql({"b": SQL, "a": SQL}, "x")
    with pytest.raises(UnknownAnswerError, match="Answers of this stack: none"):
        answer_sql({}, "x")


def test_rows_of_all_pages_come_typed_and_without_the_header() -> None:
    client = athena()
    seen: list[str] = []
    table = run_query(fake_stack(athena=client), SQL, lambda working: seen.append(working.state))
    assert table == Table(tuple(COLUMNS), ROWS)
    assert [type(value) for value in table.rows[0]] == [str, str, int, float, bool]
    assert seen == ["QUEUED", "RUNNING", "SUCCEEDED"]
    assert client.started == [
        {"QueryString": SQL, "WorkGroup": "edgepixel", "QueryExecutionContext": {"Database": "edgepixel_1"}}
    ]
    assert client.stopped == []


def test_a_query_on_its_way_says_how_far_it_is() -> None:
    assert str(Working("QUEUED", 0.04)) == "queued, 0.0 s"
    assert str(Working("RUNNING", 12.34, 25_000_000)) == "running, 12.3 s, 25,000,000 bytes read"


@pytest.mark.parametrize("state", ["FAILED", "CANCELLED"])
def test_a_failed_query_says_why(state: str) -> None:
    with pytest.raises(AnswerFailedError, match=f"{state}: line 1:8: no such column"):
        run_query(fake_stack(athena=athena(["RUNNING", state])), SQL)


def test_a_query_that_takes_too_long_is_stopped() -> None:
    client = athena(["RUNNING"])
    with pytest.raises(AnswerFailedError, match="not finished"):
        run_query(fake_stack(athena=client), SQL, timeout_seconds=0)
    assert client.stopped == ["q-1"]


def test_a_query_nobody_waits_for_any_more_is_stopped() -> None:
    client = athena(["RUNNING"])

    def interrupt(_working: Working) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_query(fake_stack(athena=client), SQL, interrupt)
    assert client.stopped == ["q-1"]
