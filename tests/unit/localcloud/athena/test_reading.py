# SPDX-License-Identifier: Apache-2.0
"""What has no rows is left out of a query, and what is constant is found out once: neither changes what it gives."""

from collections.abc import Iterator

import duckdb
import pytest

from localcloud.athena import query
from localcloud.ministack import s3
from tests.unit.localcloud.athena.athena_calls import (
    failure,
    make_partition,
    make_table,
    make_view,
    parquet,
    rows,
    start_cloud,
    stop_cloud,
)

COLUMNS = {"word": "string", "number": "bigint"}


@pytest.fixture(autouse=True)
def cloud() -> Iterator[None]:
    start_cloud()
    for name in ("days", "lines", "nothing"):
        make_table(COLUMNS, ["dt"], name)
        for day in ("1", "2"):
            make_partition([day], f"{name}/dt={day}", COLUMNS, name)
    s3.put_object("lake", "days/dt=1/a", parquet("SELECT 'typed' AS word, 1::BIGINT AS number"), {})
    s3.put_object("lake", "lines/dt=2/a", parquet("SELECT 'raw' AS word, 2::BIGINT AS number"), {})
    yield
    stop_cloud()


def asked_often(sql: str) -> list[list[str | None]]:
    """The rows, which are the same when the view is known."""
    first = rows(sql)
    assert rows(sql) == first
    return first


@pytest.mark.parametrize(
    ("view", "found"),
    [
        ("SELECT word AS id FROM days UNION ALL SELECT word FROM lines", ["raw", "typed"]),
        ("SELECT word AS id FROM nothing UNION ALL SELECT word AS other FROM lines", ["raw"]),
        (
            "SELECT word AS id FROM lines UNION ALL SELECT word FROM nothing UNION ALL SELECT word FROM days",
            ["raw", "typed"],
        ),
        ("SELECT word AS id FROM nothing UNION ALL SELECT word FROM nothing", []),
        ("SELECT word AS id FROM nothing UNION SELECT word FROM lines", ["raw"]),
        ("SELECT word AS id FROM lines UNION ALL SELECT CAST(count(*) AS varchar) FROM nothing", ["0", "raw"]),
        ("SELECT word AS id FROM lines UNION ALL SELECT 'one' FROM nothing HAVING count(*) = 0", ["one", "raw"]),
        ("SELECT word AS id FROM lines WHERE number NOT IN (SELECT number FROM nothing)", ["raw"]),
        (
            "SELECT word AS id FROM days UNION ALL SELECT l.word FROM lines l JOIN nothing n ON l.word = n.word",
            ["typed"],
        ),
        (
            "SELECT word AS id FROM days UNION ALL SELECT l.word FROM nothing n RIGHT JOIN lines l ON true",
            ["raw", "typed"],
        ),
        (
            "WITH nothing AS (SELECT 'own' AS word) SELECT word AS id FROM nothing UNION ALL SELECT word FROM lines",
            ["own", "raw"],
        ),
        ("SELECT word AS id FROM nothing UNION ALL SELECT word FROM lines ORDER BY 1 LIMIT 1", ["raw"]),
    ],
)
def test_sides_without_rows_are_left_out_and_no_others(view: str, found: list[str]) -> None:
    make_view(view)
    assert asked_often("SELECT id FROM both ORDER BY id") == [[one] for one in found]
    assert asked_often("SELECT count(*) FROM both") == [[f"{len(found)}"]]


def test_a_side_may_have_no_rows_because_of_what_is_asked() -> None:
    make_view("SELECT word || dt AS id FROM days UNION ALL SELECT word || dt FROM lines")
    make_view("SELECT id FROM both UNION ALL SELECT word FROM nothing", "outer_view")
    for _ in range(2):
        assert rows("SELECT id FROM outer_view WHERE id LIKE 't%'") == [["typed1"]]
        assert rows("SELECT a.id FROM both a JOIN outer_view b ON a.id = b.id ORDER BY 1") == [["raw2"], ["typed1"]]


def test_a_view_whose_names_are_those_of_a_side_without_rows_keeps_them() -> None:
    make_view("SELECT word AS id FROM nothing UNION ALL SELECT word FROM lines")
    assert asked_often("SELECT b.id FROM both b WHERE b.id = 'raw'") == [["raw"]]


def test_a_view_is_checked_also_if_a_side_of_it_has_no_rows() -> None:
    make_view("SELECT word AS id FROM lines UNION ALL SELECT missing FROM nothing")
    for _ in range(2):
        assert "COLUMN_NOT_FOUND: Column 'missing' cannot be resolved" in failure("SELECT id FROM both")


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("date_format(date_add('hour', -1, from_unixtime(1790121600.000)), '%Y-%m-%d %H')", "2026-09-22 23"),
        ("CAST(from_unixtime(0.0004) AS varchar)", "1970-01-01 00:00:00.000 UTC"),
        ("date_diff('day', date '2026-01-01', date '2026-03-01')", "59"),
        ("coalesce(nullif(split_part('a/b', '/', 2), 'b'), 'other')", "other"),
        ("CASE WHEN number = 2 THEN 'fine' ELSE date_format(date_parse('nonsense', '%Y'), '%Y') END", "fine"),
        ("CAST(TRY(CAST('x' AS bigint)) AS varchar)", None),
        ("array_join(transform(ARRAY[1, 2], x -> x + 1), ',')", "2,3"),
        ("date_format(from_unixtime(60 * number), '%H:%i')", "00:02"),
    ],
)
def test_constants_are_what_they_were(expression: str, value: str | None) -> None:
    assert asked_often(f"SELECT {expression} FROM lines") == [[value]]  # noqa: S608


def test_a_constant_that_fails_fails_the_query_that_needs_it() -> None:
    assert "nonsense" in failure("SELECT date_parse('nonsense', '%Y') FROM lines")


def test_a_constant_is_found_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    evaluated: list[str] = []
    own = query._Engine._evaluated

    def counted(engine: query._Engine, expression: str) -> tuple[str, str | None] | None:
        evaluated.append(expression)
        return own(engine, expression)

    query._engine.cache_clear()
    monkeypatch.setattr(query._Engine, "_evaluated", counted)
    for number in (1, 2, 3):
        rows(f"SELECT word FROM lines WHERE date_format(from_unixtime(86400), '%d') = '02' AND number > {number}")  # noqa: S608
    assert len(evaluated) == 1


def test_the_optimizer_of_which_duckdb_dies_is_off_and_another_version_asks_whether_it_still_does() -> None:
    with query.session() as connection:
        off = connection.execute("SELECT current_setting('disabled_optimizers')").fetchone()
    assert off == ("grouping_sets",)
    assert duckdb.__version__ in ("2.0.0", "2.0.1"), "does it still die with the optimizer `grouping_sets`?"
