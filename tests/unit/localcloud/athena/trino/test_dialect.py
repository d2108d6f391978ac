# SPDX-License-Identifier: Apache-2.0
"""What Trino's expressions give in the local Athena, where DuckDB alone would give something else."""

from datetime import UTC, datetime

import pytest

from localcloud.athena import query
from localcloud.athena.trino.errors import QueryError

NOW = datetime(2026, 11, 23, 10, 30, 0, 123000, tzinfo=UTC)


def values(sql: str, *parameters: str) -> list[list[str | None]]:
    return query.run(sql, parameters, "default", NOW).rows


EXPRESSIONS = [
    # url_decode, as Java's URLDecoder
    ("url_decode('a+b%20c%2Bd')", "a b c+d"),
    ("url_decode('caf%C3%A9 %e2%82%ac %F0%9F%98%80')", "café € 😀"),
    ("url_decode('%FF')", "\ufffd"),
    ("url_decode('%E2%82x')", "\ufffdx"),
    ("url_decode('%E0%80%80')", "\ufffd" * 3),
    ("url_decode('%ED%A0%80')", "\ufffd"),
    ("url_decode('%F0%9F%98')", "\ufffd"),
    ("url_decode('%C3%C3%A9')", "\ufffdé"),
    ("url_decode('')", ""),
    ("url_decode(NULL)", None),
    ("try(url_decode('%zz'))", None),
    ("try(url_decode('100%'))", None),
    ("try(url_decode('%4'))", None),
    ("try(url_decode(replace('a+b', '+', '%2B')))", "a+b"),
    ("coalesce(try(url_decode('%zz')), '%zz')", "%zz"),
    ("try(coalesce(url_decode('%zz'), 'x'))", None),
    ("try(CAST('x' AS bigint))", None),
    # regular expressions
    ("regexp_extract('a=1', '(?:^|&)b=([^&]*)', 1)", None),
    ("regexp_extract('b=&a=1', '(?:^|&)b=([^&]*)', 1)", ""),
    ("regexp_extract('a=1&a=2', '(?:^|&)a=([^&]*)', 1)", "1"),
    ("regexp_extract('abc', 'b.')", "bc"),
    ("regexp_extract('abc', '(x)?b', 1)", None),
    ("regexp_extract(NULL, 'b')", None),
    ("regexp_like('Mozilla GPTBot', '(?i)gptbot')", "true"),
    ("regexp_like('abc', '^b')", "false"),
    # text
    ("'a' || NULL", None),
    ("concat('a', NULL, 'b')", None),
    ("substr('abcdef', 2, 3)", "bcd"),
    ("substr('abc', 0)", ""),
    ("substr('abc', -2)", "bc"),
    ("substr('abc', -5, 3)", ""),
    ("split_part('a/b', '/', 3)", None),
    ("to_hex(to_utf8('k'))", "6B"),
    ("to_hex(sha256(to_utf8('')))", "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"),
    ("nullif('-', '-')", None),
    ("length('é')", "1"),
    # numbers
    ("5 / 2", "2"),
    ("-5 / 2", "-2"),
    ("5 / 2e0", "2.5"),
    ("1.5 / 3e0", "0.5"),
    ("-7 % 3", "-1"),
    ("(SELECT avg(x) FROM (VALUES 1, 2) AS t(x))", "1.5"),
    ("ceil(5 / 2e0)", "3.0"),
    ("floor(-2.5e0)", "-3.0"),
    ("round(2.5e0)", "3.0"),
    ("greatest(1, NULL, 3)", None),
    ("least(2e0, 1)", "1.0"),
    ("abs(3 - 5)", "2"),
    ("CAST(2.5e0 AS bigint)", "3"),
    ("CAST('12.345' AS decimal(18,2))", "12.35"),
    ("CAST(1 AS decimal(18,2))", "1.00"),
    ("TRY_CAST('1_000' AS decimal(18,2))", None),
    ("TRY_CAST(' 5' AS decimal(18,2))", None),
    ("TRY_CAST('1e3' AS decimal(18,2))", "1000.00"),
    ("TRY_CAST('99999999999999999999' AS decimal(18,2))", None),
    ("TRY_CAST('1.5' AS integer)", None),
    ("TRY_CAST('1e3' AS bigint)", None),
    ("TRY_CAST('-' AS bigint)", None),
    ("TRY_CAST('99999999999' AS integer)", None),
    ("TRY_CAST('-17' AS bigint)", "-17"),
    ("TRY_CAST('1_0' AS double)", None),
    ("TRY_CAST('1.25' AS double)", "1.25"),
    ("CAST(CAST(2e0 AS decimal(18,1)) AS varchar)", "2.0"),
    ("12345678e0", "1.2345678E7"),
    ("1e-5", "1.0E-5"),
    # arrays
    ("array_sort(ARRAY[3, NULL, 1])", "[1, 3, null]"),
    ("element_at(ARRAY[1, 2], 2)", "2"),
    ("element_at(ARRAY[1, 2], 3)", None),
    ("element_at(ARRAY[1, 2], -1)", "2"),
    ("ARRAY[1, 2][1]", "1"),
    ("flatten(ARRAY[ARRAY[2, NULL], NULL, ARRAY[1]])", "[2, null, 1]"),
    ("cardinality(ARRAY[1, 2])", "2"),
    # time
    ("current_timestamp", "2026-11-23 10:30:00.123 UTC"),
    ("current_date", "2026-11-23"),
    ("from_unixtime(1790000000.1235)", "2026-09-21 14:13:20.124 UTC"),
    ("CAST(from_unixtime(TRY_CAST('1790000000.1235' AS double)) AS timestamp(3))", "2026-09-21 14:13:20.124"),
    ("from_unixtime(TRY_CAST('-' AS double))", None),
    ("to_unixtime(from_unixtime(1.5e0))", "1.5"),
    ("date_trunc('hour', TIMESTAMP '2026-11-23 09:59:59.999')", "2026-11-23 09:00:00.000"),
    ("date_add('day', -7 /* days */, TIMESTAMP '2026-11-03 09:00:00')", "2026-10-27 09:00:00.000"),
    ("date_add('month', 1, TIMESTAMP '2026-01-31 00:00:00')", "2026-02-28 00:00:00.000"),
    ("date_diff('day', TIMESTAMP '2026-01-01 23:00:00', TIMESTAMP '2026-01-02 01:00:00')", "0"),
    ("date_format(current_timestamp, '%Y-%m-%d %H:%i:%s')", "2026-11-23 10:30:00"),
    ("CAST(TIMESTAMP '2026-11-23 09:00:00' AS varchar)", "2026-11-23 09:00:00.000"),
    ("CAST(TIMESTAMP '2026-11-23 23:59:59' AS date)", "2026-11-23"),
    ("CAST(current_timestamp AS timestamp) > TIMESTAMP '2026-11-23 10:00:00'", "true"),
]


@pytest.mark.parametrize(("expression", "expected"), EXPRESSIONS)
def test_constant_expression(expression: str, expected: str | None) -> None:
    assert values(f"SELECT {expression}") == [[expected]]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("try(url_decode(x))", ["a b", None, "\ufffd", None]),
        ("regexp_extract(x, '%(..)', 1)", [None, "zz", "FF", None]),
        ("nullif(coalesce(try(url_decode(x)), x), '')", ["a b", "%zz", "\ufffd", None]),
    ],
)
def test_expression_over_rows_does_not_let_one_row_spoil_another(expression: str, expected: list[str | None]) -> None:
    sql = f"SELECT {expression} FROM (VALUES (1, 'a+b'), (2, '%zz'), (3, '%FF'), (4, NULL)) AS t(n, x) ORDER BY n"  # noqa: S608
    assert [row[0] for row in values(sql)] == expected


def test_nulls_come_last_in_both_directions() -> None:
    rows = "FROM (VALUES (1), (NULL), (2)) AS t(x)"
    assert values(f"SELECT x {rows} ORDER BY x") == [["1"], ["2"], [None]]
    assert values(f"SELECT x {rows} ORDER BY x DESC") == [["2"], ["1"], [None]]
    assert values(f"SELECT x {rows} ORDER BY x NULLS FIRST")[0] == [None]


def test_grouping_sets_and_distinct_counts() -> None:
    sql = """SELECT day, count(DISTINCT who) AS n FROM (VALUES (1, 'a'), (1, 'a'), (2, 'a'), (2, NULL)) AS t(day, who)
             GROUP BY GROUPING SETS ((), (day)) ORDER BY day NULLS FIRST"""
    assert values(sql) == [[None, "1"], ["1", "1"], ["2", "1"]]


def test_columns_have_trino_s_names_and_types() -> None:
    outcome = query.run(
        "SELECT 1, 'x' AS Word, count(*) AS n, sum(2) AS s, 1e0 AS d, CAST(1 AS decimal(18,2)) AS v, "
        "TIMESTAMP '2026-11-23 09:00:00' AS t, current_date AS day, true AS b",
        [], "default", NOW,
    )  # fmt: skip
    assert outcome.columns == ["_col0", "word", "n", "s", "d", "v", "t", "day", "b"]
    assert outcome.types == [
        "integer", "varchar", "bigint", "bigint", "double", "decimal", "timestamp", "date", "boolean",
    ]  # fmt: skip


def test_a_with_query_sees_the_earlier_ones_and_hides_tables() -> None:
    assert values("WITH a AS (SELECT 1 AS x), b AS (SELECT x + 1 AS x FROM a) SELECT x FROM b") == [["2"]]
    with pytest.raises(QueryError, match="SCHEMA_NOT_FOUND"):
        values("WITH a AS (SELECT x FROM a) SELECT x FROM a")


def test_parameters_are_literals_in_the_order_of_their_marks() -> None:
    sql = "WITH t AS (SELECT ? AS a) SELECT a, '?' AS mark FROM t WHERE a <> ? LIMIT 1"
    assert values(sql, "'it''s'", "'b'") == [["it's", "?"]]


@pytest.mark.parametrize(
    ("sql", "parameters", "error"),
    [
        ("SELECT url_decode('%zz')", [], "illegal escape in: %zz"),
        ("SELECT CAST('1.5' AS integer)", [], "INVALID_CAST_ARGUMENT: .*not an integer: 1.5"),
        ("SELECT CAST('x' AS decimal(18,2))", [], "not a decimal: x"),
        ("SELECT ARRAY[1][2]", [], "array subscript out of bounds: 2"),
        ("SELECT element_at(ARRAY[1], 0)", [], "SQL array indices start at 1"),
        ("SELECT slice(ARRAY[1], 0, 1)", [], "SQL array indices start at 1"),
        ("SELECT slice(ARRAY['a'], 1, -1)", [], "length must be greater than or equal to 0, not -1"),
        ("SELECT 1 / 0", [], "Division by zero"),
        ("SELECT foo_bar(1)", [], "FUNCTION_NOT_FOUND: line 1:8: Function 'foo_bar'"),
        ("SELECT\n  ifnull(1, 2)", [], "FUNCTION_NOT_FOUND: line 2:3: Function 'ifnull'"),
        ("SELECT * FROM read_csv('/etc/hostname')", [], "FUNCTION_NOT_FOUND"),
        ("SELECT * FROM '/etc/hostname'", [], "SYNTAX_ERROR|SCHEMA_NOT_FOUND"),
        ("SELECT current_timestamp AT TIME ZONE 'Europe/Berlni'", [], "'Europe/Berlni' is not a valid time zone"),
        ("SELECT current_timestamp AT TIME ZONE 'Europe/Kyiv'", [], "'Europe/Kyiv' is not a valid time zone"),
        ("SELECT current_timestamp AT TIME ZONE lower('UTC')", [], "only the name of one"),
        ("SELECT CAST(1e0 AS varchar)", [], "not supported, CAST to decimal"),
        ("SELECT 1.00 / 3", [], "dividing decimals is not supported"),
        ("SELECT avg(x) FROM (VALUES 1.5) AS t(x)", [], r"avg\(decimal\) is not supported"),
        ("SELECT x", [], "COLUMN_NOT_FOUND|SYNTAX_ERROR"),
        ("SELEC 1", [], "SYNTAX_ERROR: line 1:"),
        ("SELECT 1; SELECT 2", [], "SYNTAX_ERROR: Only one sql statement"),
        ("SELECT ?", [], "INVALID_PARAMETER_USAGE: .*expected 1 but found 0"),
        ("SELECT ?", ["(SELECT 1)"], "a parameter must be a literal"),
    ],
)
def test_what_trino_refuses_or_the_local_athena_lacks_fails(sql: str, parameters: list[str], error: str) -> None:
    with pytest.raises(QueryError, match=error):
        values(sql, *parameters)
