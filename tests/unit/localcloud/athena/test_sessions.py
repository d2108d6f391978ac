# SPDX-License-Identifier: Apache-2.0
"""What queries share, and what they need not do: one DuckDB, sessions of their own, the text of views, empty views."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from localcloud.athena import query
from localcloud.athena.trino.errors import QueryError
from localcloud.athena.views import definitions
from localcloud.ministack import glue, s3
from tests.unit.localcloud.athena.athena_calls import make_table, make_view, parquet, start_cloud, stop_cloud

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def cloud() -> Iterator[None]:
    start_cloud()
    yield
    stop_cloud()


def test_a_session_sees_nothing_of_another() -> None:
    with query.session() as one, query.session() as other:
        one.execute("CREATE TEMP TABLE lake_0 AS SELECT 1 AS n")
        one.execute("SET TimeZone = 'Asia/Tokyo'")
        with pytest.raises(duckdb.CatalogException):
            other.execute("FROM lake_0")
        zone = other.execute("SELECT current_setting('TimeZone'), 7 / 2").fetchone()
    assert zone == ("UTC", 3)
    with query.session() as later:
        assert later.execute("SELECT current_setting('TimeZone')").fetchone() == ("UTC",)
        later.execute("CREATE TEMP TABLE lake_0 AS SELECT 2 AS n")


def test_a_broken_engine_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise duckdb.FatalException("database has been invalidated")

    engine = query._engine()
    monkeypatch.setattr(definitions, "with_definitions", broken)
    with pytest.raises(QueryError, match="GENERIC_INTERNAL_ERROR"):
        query.run("SELECT 1", [], "db", NOW)
    monkeypatch.undo()
    assert query._engine() is not engine
    assert query.run("SELECT 1", [], "db", NOW).rows == [["1"]]


def test_a_view_that_asks_for_the_time_gets_that_of_its_query() -> None:
    make_view("SELECT format('%s', current_timestamp) AS id", "clock")
    first, later = (query.run("SELECT id FROM clock", [], "db", NOW + timedelta(hours=h)).rows for h in (0, 1))
    assert (first, later) == ([["2026-11-27 12:00:00.000 UTC"]], [["2026-11-27 13:00:00.000 UTC"]])


def test_a_view_that_is_changed_is_read_anew() -> None:
    make_view("SELECT 'a' AS id")
    assert query.run("SELECT id FROM both", [], "db", NOW).rows == [["a"]]
    glue.tables.pop("db/both")
    make_view("SELECT 'b' AS id")
    assert query.run("SELECT id FROM both", [], "db", NOW).rows == [["b"]]


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("SELECT id FROM days", []),
        ("WITH x AS (SELECT id FROM days) SELECT a.id FROM x AS a CROSS JOIN UNNEST(ARRAY['a']) AS u(y)", []),
        ("SELECT format('%s', count(*)) AS id FROM days", [["0"]]),
        ("SELECT id FROM (VALUES 'a') AS t(id) UNION ALL SELECT id FROM days", [["a"]]),
        ("SELECT 'a' AS id UNION ALL SELECT id FROM days", [["a"]]),
        ("SELECT t.id AS id FROM UNNEST(ARRAY['a']) AS t(id) LEFT JOIN days AS d ON d.id = 'b'", [["a"]]),
    ],
)
def test_a_view_of_nothing_has_no_rows_but_those_that_it_makes(sql: str, rows: list[list[str]]) -> None:
    make_table({"id": "string"}, ["dt"])
    make_view(sql)
    assert query.run("SELECT id FROM both", [], "db", NOW).rows == rows


def test_a_view_of_nothing_is_checked_nevertheless() -> None:
    make_table({"id": "string"}, ["dt"])
    make_view("SELECT id, dt FROM days")
    with pytest.raises(QueryError, match="VIEW_IS_STALE"):
        query.run("SELECT id FROM both", [], "db", NOW)


def test_a_view_has_rows_again_when_its_table_has() -> None:
    make_table({"id": "string"}, name="plain")
    make_view("SELECT id FROM plain")
    assert query.run("SELECT count(*), max(id) FROM both", [], "db", NOW).rows == [["0", None]]
    s3.put_object("lake", "plain/a", parquet("SELECT 'a' AS id"), {})
    assert query.run("SELECT count(*), max(id) FROM both", [], "db", NOW).rows == [["1", "a"]]
