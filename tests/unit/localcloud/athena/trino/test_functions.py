# SPDX-License-Identifier: Apache-2.0
"""Trino's functions in the local Athena, one by one: what Trino documents, edge cases first."""

import re
from datetime import UTC, datetime

import pytest

from localcloud.athena import query
from localcloud.athena.trino.errors import QueryError
from localcloud.athena.trino.functions import AGGREGATES, KNOWN, OVERLOADED, WAYS
from tests.unit.localcloud.athena.trino import calls

ALONE = [*calls.URLS, *calls.TEXT, *calls.BYTES, *calls.ARRAYS, *calls.NUMBERS, *calls.TIME]
NOW = datetime(2026, 11, 23, 10, 30, 0, 123000, tzinfo=UTC)


def values(sql: str) -> list[list[str | None]]:
    return query.run(sql, [], "default", NOW).rows


@pytest.mark.parametrize(("expression", "expected"), ALONE)
def test_function_gives_what_trino_gives(expression: str, expected: str | None) -> None:
    assert values(f"SELECT {expression}") == [[expected]]


@pytest.mark.parametrize(("expression", "expected"), calls.AGGREGATES)
def test_aggregate_gives_what_trino_gives(expression: str, expected: str | None) -> None:
    rows = "(VALUES (1, 'a'), (2, 'b'), (3, NULL)) AS t(n, name)"
    assert values(f"SELECT {expression} FROM {rows}") == [[expected]]  # noqa: S608


@pytest.mark.parametrize(("expression", "expected"), calls.WINDOWS)
def test_window_gives_what_trino_gives(expression: str, expected: str) -> None:
    rows = values(
        f"""SELECT x FROM (
                SELECT row_number() OVER (ORDER BY n) AS place, {expression} OVER (ORDER BY n) AS x
                FROM (VALUES 1, 1, 2, 5) AS t(n)
            ) AS numbered ORDER BY place"""  # noqa: S608
    )
    assert " ".join("null" if value is None else value for (value,) in rows) == expected


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_a_known_function_is_tried(name: str) -> None:
    called = re.compile(rf"\b{name}(\(|$)", re.IGNORECASE)
    assert any(called.search(expression) for expression, _ in [*ALONE, *calls.AGGREGATES, *calls.WINDOWS]), (
        f"{name}: add what Trino gives for it, NULL and edge cases too, to {calls.__name__.replace('.', '/')}.py"
    )


def test_unnest_counts_and_joins() -> None:
    sql = """SELECT v.id, u.tag, u.n FROM (VALUES (1, ARRAY['x', 'y']), (2, ARRAY['z'])) AS v(id, tags)
             CROSS JOIN UNNEST(v.tags) WITH ORDINALITY AS u(tag, n) ORDER BY v.id, u.n"""
    assert values(sql) == [["1", "x", "1"], ["1", "y", "2"], ["2", "z", "1"]]


def test_joins_compare() -> None:
    sql = """SELECT a.x, b.y FROM (VALUES (1, 'a'), (2, 'b')) AS a(x, k) LEFT JOIN (VALUES ('b', 3)) AS b(k, y)
             ON a.k = b.k AND a.x < b.y ORDER BY a.x"""
    assert values(sql) == [["1", None], ["2", "3"]]


def test_windows_frame_and_rank() -> None:
    sql = """SELECT n, sum(n) OVER (ORDER BY n), lag(n, 1, 0) OVER (ORDER BY n), row_number() OVER (ORDER BY n DESC),
             first_value(n) OVER (ORDER BY n ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
             FROM (VALUES 1, 2, 3) AS t(n) ORDER BY n"""
    assert values(sql) == [["1", "1", "0", "3", "1"], ["2", "3", "1", "2", "1"], ["3", "6", "2", "1", "2"]]


def test_lambda_sees_the_columns_around_it() -> None:
    sql = "SELECT transform(a, x -> x * n) FROM (VALUES (2, ARRAY[1, 2]), (3, ARRAY[1])) AS t(n, a) ORDER BY n"
    assert values(sql) == [["[2, 4]"], ["[3]"]]


@pytest.mark.parametrize(
    ("expression", "error"),
    [
        ("1 = '1'", "Cannot apply operator ="),
        ("current_date >= '2026-01-01'", "Cannot apply operator >="),
        ("'5' < 10", "Cannot apply operator <"),
        ("xxhash64(to_utf8('a'))", "Function 'xxhash64'"),
        ("split_to_map('a=1', ',', '=')", "Function 'split_to_map'"),
        ("date_format(current_date, '%U')", "date_format"),
        ("date_format(current_date, lower('%Y'))", "date_format"),
        ("date_parse('1', '%f')", "date_parse"),
        ("date_trunc('eon', current_date)", "date_trunc"),
        ("date_trunc('day', '2026-01-01')", "date_trunc"),
        ("date_add('hour', 1, current_date)", "date_add: no unit hour"),
        ("current_date + INTERVAL '1' HOUR", "cannot be moved by hours"),
        ("current_date - DATE '2026-01-01'", "date - date is not supported"),
        ("current_date + 1", "date .* number is not supported"),
        ("current_timestamp - INTERVAL '1 2:03' DAY TO MINUTE", "INTERVAL"),
        ("from_unixtime(0, 'Europe/Berlin')", "FROM_UNIXTIME"),
        ("with_timezone(current_timestamp, 'Europe/Berlin')", "does not support the supplied arguments"),
        ("year(current_timestamp AT TIME ZONE 'Europe/Berlin')", "year"),
        ("max(current_timestamp) AT TIME ZONE 'Europe/Berlin'", "compute the aggregate in a subquery"),
        ("current_timestamp(6)", "NOT_SUPPORTED"),
        ("format('%.2f', 1.5e0)", "format"),
        ("format('%s')", "format"),
        ("regexp_replace('a', 'a', x -> x[1])", "regexp_replace"),
        ("regexp_replace('a', 'a', '${name}')", "regexp_replace"),
        ("regexp_replace('a', 'a', '$1')", "parenthesized"),
        ("regexp_like('a', 'a(?!b)')", r"\(\?!"),
        ("json_extract('{}', '$.a')", "json_extract"),
        ("json_extract_scalar('{}', '$..a')", "json_extract_scalar"),
        ("json_extract_scalar('{\"a\": 1.50}', '$.a')", "otherwise than 1.5"),
        ("json_extract_scalar('{\"a\": 1e3}', '$.a')", "otherwise than 1000.0"),
        ("md5('a')", r"md5\(varchar\)"),
        ("sha256('a')", r"sha256\(varchar\)"),
        ("from_hex('abc')", "odd number"),
        ("from_hex('zz')", "hex"),
        ("lpad('a', -1, 'x')", "lpad"),
        ("lpad('a', 3, '')", "lpad"),
        ("split('a', '')", "delimiter"),
        ("split_part('a', ',', 0)", "split_part"),
        ("array_sort(ARRAY[2, 1], (a, b) -> 1)", "array_sort"),
        ("sequence(1, 10001)", "must not have more than 10000 entries"),
        ("sequence(DATE '2026-01-01', DATE '2026-01-02')", "DATE -> BIGINT"),
        ("sequence(1, 3, 2)", "sequence"),
        ("max_by(1, 2, 3)", "MAX_BY"),
        ("approx_percentile(1, 2, 0.5)", "APPROX_PERCENTILE"),
        ("MAP(ARRAY[1], ARRAY[2])", "Function .map."),
        ("ROW(1, 2)", "Function .row."),
        ("lower('a', 'b')", "SYNTAX_ERROR"),
    ],
)
def test_what_is_not_supported_fails_with_its_name(expression: str, error: str) -> None:
    with pytest.raises(QueryError, match=error):
        values(f"SELECT {expression}")


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("SELECT count(*) + 1 FROM (VALUES 1, 2) AS t (a)", "3"),
        ("SELECT every(a > 1) = false FROM (VALUES 1, 2) AS t (a)", "true"),
        ("SELECT every(a > 0) OVER (PARTITION BY a) FROM (VALUES 1) AS t (a)", "true"),
        ("SELECT count(*) - 1 FROM (VALUES 1, 2) AS t (a) HAVING count(*) > 0", "1"),
        ("SELECT max(a) >= 2 FROM (VALUES 1, 2) AS t (a)", "true"),
        ("SELECT row_number() OVER (ORDER BY a) + 1 FROM (VALUES 1) AS t (a)", "2"),
        ("SELECT max(n) + 1 FROM (SELECT a + 1 AS n FROM (VALUES 1, 2) AS t (a)) AS s", "4"),
        ("SELECT ceil(s) FROM (SELECT sum(a) AS s FROM (VALUES 1.5, 2.0) AS t (a)) AS u", "4"),
    ],
)
def test_operators_take_aggregates(sql: str, value: str) -> None:
    assert query.run(sql, [], "lake", NOW).rows == [[value]]


@pytest.mark.parametrize(
    "call", ["ceil(sum(a))", "date_trunc('hour', max(from_unixtime(a)))", "md5(max(to_utf8('x')))"]
)
def test_a_function_of_an_aggregate_that_cannot_be_told_apart_says_what_to_do(call: str) -> None:
    with pytest.raises(QueryError, match="of an aggregate: compute the aggregate in a subquery"):
        query.run(f"SELECT {call} FROM (VALUES 1, 2) AS t (a)", [], "lake", NOW)  # noqa: S608


def test_overloaded_macros_are_known_to_be() -> None:
    sql = (
        "SELECT function_name FROM duckdb_functions() WHERE function_name LIKE 'trino_%' GROUP BY 1 HAVING count(*) > 1"
    )
    with query.session() as connection:
        assert {name for (name,) in connection.execute(sql).fetchall()} == OVERLOADED


def test_what_stands_for_an_aggregate_is_one_in_duckdb() -> None:
    sql = "SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type = 'aggregate'"
    with query.session() as connection:
        assert set(AGGREGATES.values()) <= {name for (name,) in connection.execute(sql).fetchall()}


def test_a_function_is_known_in_one_way() -> None:
    assert all(WAYS.values())
    assert sum(map(len, WAYS.values())) == len(KNOWN)
