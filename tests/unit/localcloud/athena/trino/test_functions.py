# SPDX-License-Identifier: Apache-2.0
"""Trino's functions in the local Athena, one by one: what Trino documents, edge cases first."""

from datetime import UTC, datetime

import pytest

from localcloud.athena import query
from localcloud.athena.trino.errors import QueryError
from localcloud.athena.trino.functions import AGGREGATES, KNOWN, OVERLOADED, WAYS

NOW = datetime(2026, 11, 23, 10, 30, 0, 123000, tzinfo=UTC)
URL = "'https://me@Example.com:8443/caf%C3%A9/x?a=1&b=x%20y+z&a=2&c&d=%26%3D#top%20part'"

URLS = [
    ("url_encode('a b*c~d/é&=+-_.')", "a+b*c%7Ed%2F%C3%A9%26%3D%2B-_."),
    ("url_decode(url_encode('%+ ~*é😀'))", "%+ ~*é😀"),
    ("url_encode(NULL)", None),
    (f"url_extract_protocol({URL})", "https"),
    (f"url_extract_host({URL})", "Example.com"),
    (f"url_extract_port({URL})", "8443"),
    (f"url_extract_path({URL})", "/café/x"),
    (f"url_extract_query({URL})", "a=1&b=x y+z&a=2&c&d=&="),
    (f"url_extract_fragment({URL})", "top part"),
    (f"url_extract_parameter({URL}, 'a')", "1"),
    (f"url_extract_parameter({URL}, 'b')", "x y z"),
    (f"url_extract_parameter({URL}, 'c')", ""),
    (f"url_extract_parameter({URL}, 'd')", "&="),
    (f"url_extract_parameter({URL}, 'e')", None),
    ("url_extract_parameter('http://x/?a==1', 'a')", "=1"),
    ("url_extract_parameter('http://x/', '')", None),
    ("url_extract_host('/path?x=1')", ""),
    ("url_extract_path('/path?x=1')", "/path"),
    ("url_extract_port('http://x/')", None),
    ("url_extract_query('http://x/')", ""),
    ("url_extract_host('mailto:a@b.example')", ""),
    ("url_extract_path('mailto:a@b.example')", ""),
    ("url_extract_host('android-app://com.google.android.gm/')", "com.google.android.gm"),
    ("url_extract_host('http://[2001:db8::1]:80/x')", "[2001:db8::1]"),
    ("url_extract_host('http://1.2.3.4/')", "1.2.3.4"),
    ("url_extract_host('http://1.2.3.400/')", ""),
    ("url_extract_host('http://under_score.example/')", ""),
    ("url_extract_host('file:///etc/x')", ""),
    ("url_extract_path('file:///etc/x')", "/etc/x"),
    ("url_extract_path('http://x/é')", "/é"),
    # no URIs
    ("url_extract_host('http://x/a b')", None),
    ("url_extract_host('http://x/%zz')", None),
    ("url_extract_host('http://x/%4')", None),
    ("url_extract_parameter('http://x/?a=%4', 'a')", None),
    ("url_extract_host('http://x/{id}')", None),
    ("url_extract_host('http://')", None),
    ("url_extract_host('http:')", None),
    ("url_extract_host('://x')", None),
    ("url_extract_path('http://x/a[1]')", None),
    ("url_extract_query('http://x/?a[1]=2')", "a[1]=2"),
    ("url_extract_host(NULL)", None),
    ("url_extract_parameter(NULL, 'a')", None),
]
TEXT = [
    ("trim(' ' || chr(9) || 'x' || chr(10))", "x"),
    ("ltrim(chr(9) || 'x ')", "x "),
    ("rtrim(' x' || chr(13))", " x"),
    ("length(trim(chr(160) || 'x'))", "2"),
    ("trim(LEADING 'a' FROM 'aaba')", "ba"),
    ("trim(BOTH 'ab' FROM 'abcba')", "c"),
    ("trim(NULL)", None),
    ("reverse('abc')", "cba"),
    ("to_hex(to_utf8(reverse(chr(97) || chr(769) || 'b')))", "62CC8161"),
    ("reverse('')", ""),
    ("replace('a-b-c', '-')", "abc"),
    ("replace('abc', 'b', '')", "ac"),
    ("replace('ab', '', '-')", "-a-b-"),
    ("replace('', '', '-')", "-"),
    ("replace('ab', substr('a', 2), '-')", "-a-b-"),
    ("replace('ab', NULL)", None),
    ("lpad('x', 3, 'ab')", "abx"),
    ("lpad('xyz', 2, 'a')", "xy"),
    ("rpad('x', 4, 'ab')", "xaba"),
    ("lpad(NULL, 2, 'a')", None),
    ("split('a,b,,c', ',')", "[a, b, , c]"),
    ("split('', ',')", "[]"),
    ("cardinality(split('', ','))", "1"),
    ("split('a=b=c', '=', 2)", "[a, b=c]"),
    ("split('a=b', '=', 1)", "[a=b]"),
    ("split('a', '=', 2)", "[a]"),
    ("split(NULL, ',')", None),
    ("split_part('a=b', '=', 2)", "b"),
    ("strpos('abc', 'c')", "3"),
    ("strpos('abc', 'x')", "0"),
    ("strpos('abc', '')", "1"),
    ("position('b' IN 'abc')", "2"),
    ("concat_ws('-', 'a', NULL, 'b')", "a-b"),
    ("lower('ÄB')", "äb"),
    ("starts_with('abc', 'ab')", "true"),
    ("'ABC' LIKE 'a%'", "false"),
    ("'a_c' LIKE 'a!_c' ESCAPE '!'", "true"),
    ("format('%s has %d of %05d, %s (100%%)', 'x', 3, 42, NULL)", "x has 3 of 00042, null (100%)"),
    ("regexp_replace('a1b2', '\\d')", "ab"),
    ("regexp_replace('a1b2', '([a-z])(\\d)', '$2$1')", "1a2b"),
    ("regexp_replace('ab', 'b', '\\$1')", "a$1"),
    ("regexp_replace('ab', '(x)?b', '[$1]')", "a[]"),
    ("regexp_replace('ab', 'x', 'y')", "ab"),
    ("regexp_replace(NULL, 'x', 'y')", None),
    ("regexp_count('a1b2', '\\d')", "2"),
    ("regexp_count('abc', '')", "4"),
    ("regexp_count('abc', 'x')", "0"),
    ("regexp_extract_all('a1b22', '([a-z])(\\d+)', 2)", "[1, 22]"),
    ("regexp_extract_all('abc', 'x')", "[]"),
    ("regexp_like(chr(10), '^.$')", "false"),
    ('json_extract_scalar(\'{"a": {"b": [1, "x"]}}\', \'$.a.b[1]\')', "x"),
    ("json_extract_scalar('{\"a\": 1.5}', '$.a')", "1.5"),
    ("json_extract_scalar('{\"a\": true}', '$.a')", "true"),
    ("json_extract_scalar('{\"a\": null}', '$.a')", None),
    ("json_extract_scalar('{\"a\": [1]}', '$.a')", None),
    ("json_extract_scalar('{\"a\": 1}', '$.b')", None),
    ("json_extract_scalar('{', '$.a')", None),
]
BYTES = [
    ("to_hex(md5(to_utf8('a')))", "0CC175B9C0F1B6A831C399E269772661"),
    ("to_hex(from_hex('00fF'))", "00FF"),
    ("from_utf8(from_hex('C3A9'))", "é"),
    ("from_utf8(from_hex('FF41'))", "\ufffdA"),
    ("from_utf8(to_utf8('a+b%20'))", "a+b%20"),
    ("to_base64(to_utf8('a'))", "YQ=="),
    ("from_utf8(from_base64('YQ=='))", "a"),
    ("md5(NULL)", None),
    ("from_big_endian_64(from_hex('0000000000000100'))", "256"),
    ("from_big_endian_64(from_hex('FFFFFFFFFFFFFFFE'))", "-2"),
    ("from_big_endian_64(from_hex('8000000000000000'))", "-9223372036854775808"),
    ("from_big_endian_64(CAST(NULL AS varbinary))", None),
    ("try(from_big_endian_64(from_hex('01')))", None),
    ("to_hex(to_big_endian_64(-2))", "FFFFFFFFFFFFFFFE"),
    ("to_hex(to_big_endian_64(CAST(NULL AS bigint)))", None),
    ("lower(to_hex(to_big_endian_64(from_big_endian_64(substr(sha256(to_utf8('a')), 1, 8)))))", "ca978112ca1bbdca"),
    ("to_hex(substr(from_hex('01020304'), -3, 2))", "0203"),
    ("to_hex(substr(from_hex('01020304'), 3))", "0304"),
    ("to_hex(substr(from_hex('01020304'), 9, 1))", ""),
    ("length(CAST(uuid() AS varchar))", "36"),
    ("uuid() = uuid()", "false"),
]
ARRAYS = [
    ("transform(ARRAY[1, NULL, 3], x -> x + 1)", "[2, null, 4]"),
    ("transform(ARRAY['a', 'b'], x -> upper(x) || '!')", "[A!, B!]"),
    ("filter(ARRAY[1, NULL, 3], x -> x > 1)", "[3]"),
    ("any_match(ARRAY[1, NULL], x -> x = 1)", "true"),
    ("any_match(ARRAY[2, NULL], x -> x = 1)", None),
    ("any_match(ARRAY[2, 3], x -> x = 1)", "false"),
    ("any_match(filter(ARRAY[1], x -> x > 1), x -> x = 1)", "false"),
    ("all_match(ARRAY[1, NULL], x -> x = 1)", None),
    ("all_match(ARRAY[2, NULL], x -> x = 1)", "false"),
    ("none_match(ARRAY[2, 3], x -> x = 1)", "true"),
    ("none_match(ARRAY[2, NULL], x -> x = 1)", None),
    ("reduce(ARRAY[5, 20, 50], 0, (s, x) -> s + x, s -> s)", "75"),
    ("reduce(ARRAY[5, NULL], 0, (s, x) -> s + coalesce(x, 0), s -> s * 2)", "10"),
    ("reduce(ARRAY[1, 2], 0.5e0, (s, x) -> s + x, s -> s)", "3.5"),
    ("reduce(nullif(ARRAY[1], ARRAY[1]), 0, (s, x) -> s + x, s -> 1)", None),
    ("contains(ARRAY[1, 2], 2)", "true"),
    ("contains(ARRAY[1, NULL], 2)", None),
    ("contains(ARRAY[1], 2)", "false"),
    ("contains(ARRAY[1], NULL)", None),
    ("array_join(ARRAY[1, NULL, 3], '-')", "1-3"),
    ("array_join(slice(ARRAY[1, 2, 3, 4], 2, 2), '-')", "2-3"),
    ("array_join(slice(ARRAY[1, 2, 3, 4], -2, 1), '-')", "3"),
    ("cardinality(slice(ARRAY[1, 2], 3, 5))", "0"),
    ("cardinality(slice(ARRAY[1, 2], 1, 0))", "0"),
    ("try(slice(ARRAY[1, 2], 0, 1))", None),
    ("codepoint('ж')", "1078"),
    ("try(codepoint('ab'))", None),
    ("chr(CAST(1078 AS bigint))", "ж"),
    ("array_join(ARRAY[1, NULL, 3], '-', '?')", "1-?-3"),
    ("array_join(ARRAY[TIMESTAMP '2026-01-01 00:00:00'], '-')", "2026-01-01 00:00:00.000"),
    ("array_distinct(ARRAY['b', 'a', NULL, 'b', NULL])", "[b, a, null]"),
    ("array_distinct(nullif(ARRAY[1], ARRAY[1]))", None),
    ("slice(ARRAY[1, 2, 3], 2, 9)", "[2, 3]"),
    ("slice(ARRAY['a', 'b', 'c'], -2, 1)", "[b]"),
    ("slice(ARRAY[1, 2, 3], -4, 2)", "[]"),
    ("slice(ARRAY[1, 2, 3], 4, 1)", "[]"),
    ("slice(ARRAY[1, 2, 3], 1, 0)", "[]"),
    ("slice(nullif(ARRAY[1], ARRAY[1]), 1, 1)", None),
    ("ARRAY[1] || ARRAY[2]", "[1, 2]"),
    ("sequence(0, 2)", "[0, 1, 2]"),
    ("sequence(1, -1)", "[1, 0, -1]"),
    ("sequence(5, 5)", "[5]"),
    ("cardinality(sequence(1, 10000))", "10000"),
    ("sequence(1, CAST(NULL AS bigint))", None),
    ("cardinality(filter(ARRAY[1], x -> x > 1))", "0"),
]
NUMBERS = [
    ("1 = 1.0", "true"),
    ("NULL = 'a'", None),
    ("'a' <> NULL", None),
    ("NULL = 1", None),
    ("1 = ANY (SELECT x FROM (VALUES 1, 2) AS t(x))", "true"),
    ("1 < ALL (SELECT x FROM (VALUES 1, 2) AS t(x))", "false"),
    ("2 = (SELECT max(x) FROM (VALUES 1, 2) AS t(x))", "true"),
    ("CAST('2026-01-01' AS date) < current_timestamp", "true"),
    ("7 / 2", "3"),
    ("ceil(5)", "5"),
    ("floor(-5)", "-5"),
    ("ceil(CAST(5 AS bigint))", "5"),
    ("round(2.5)", "3"),
    ("round(-2.5e0)", "-3.0"),
    ("round(1.25e0, 1)", "1.3"),
    ("truncate(-2.7e0)", "-2.0"),
    ("mod(-7, 3)", "-1"),
    ("power(2, 10)", "1024.0"),
    ("sqrt(4)", "2.0"),
    ("1.10 + 1", "2.10"),
    ("NULL + 1", None),
    ("NULL - 1", None),
    ("2 - 5", "-3"),
    ("least(1, 2, NULL)", None),
    ("if(1 > 2, 'a')", None),
    ("if(NULL, 'a', 'b')", "b"),
    ("coalesce(NULL, 1)", "1"),
]
TIME = [
    ("date_trunc('month', DATE '2026-11-23')", "2026-11-01"),
    ("date_trunc('week', TIMESTAMP '2026-11-22 10:00:00')", "2026-11-16 00:00:00.000"),
    ("date_trunc('hour', current_timestamp)", "2026-11-23 10:00:00.000 UTC"),
    ("date_add('day', 1, DATE '2026-02-28')", "2026-03-01"),
    ("date_add('month', -1, DATE '2026-03-31')", "2026-02-28"),
    ("date_add('quarter', 1, TIMESTAMP '2026-11-30 01:00:00')", "2027-02-28 01:00:00.000"),
    ("date_add('millisecond', 5, TIMESTAMP '2026-01-01 00:00:00')", "2026-01-01 00:00:00.005"),
    ("date_add('hour', -3, current_timestamp)", "2026-11-23 07:30:00.123 UTC"),
    ("date_add('day', NULL, DATE '2026-02-28')", None),
    ("date_diff('month', DATE '2026-01-31', DATE '2026-02-27')", "0"),
    ("date_diff('hour', TIMESTAMP '2026-01-01 00:59:59', TIMESTAMP '2026-01-01 02:00:00')", "1"),
    ("date_diff('day', DATE '2026-01-03', DATE '2026-01-01')", "-2"),
    ("current_date - INTERVAL '7' DAY", "2026-11-16"),
    ("INTERVAL '1' MONTH + DATE '2026-01-31'", "2026-02-28"),
    ("TIMESTAMP '2026-01-01 00:00:00' - INTERVAL '1' HOUR", "2025-12-31 23:00:00.000"),
    ("current_timestamp - INTERVAL '2' DAY > TIMESTAMP '2026-11-21 00:00:00 UTC'", "true"),
    ("current_timestamp AT TIME ZONE 'UTC'", "2026-11-23 10:30:00.123 UTC"),
    ("TIMESTAMP '2026-01-01 00:00:00' AT TIME ZONE 'UTC'", "2026-01-01 00:00:00.000 UTC"),
    ("at_timezone(current_timestamp, 'UTC')", "2026-11-23 10:30:00.123 UTC"),
    ("with_timezone(TIMESTAMP '2026-01-01 00:00:00', 'UTC')", "2026-01-01 00:00:00.000 UTC"),
    ("localtimestamp", "2026-11-23 10:30:00.123"),
    ("now()", "2026-11-23 10:30:00.123 UTC"),
    ("date(TIMESTAMP '2026-11-23 23:00:00')", "2026-11-23"),
    ("date_format(TIMESTAMP '2026-01-05 15:04:09.007', '%Y/%c/%e %k-%l %p %i %T %f %W %a %b %M %j %x-%v 100%%')",
     "2026/1/5 15-3 PM 04 15:04:09 007000 Monday Mon Jan January 005 2026-02 100%"),
    ("date_format(DATE '2026-01-05', '%d.%m.%y')", "05.01.26"),
    ("date_parse('2026-11-23 09:08:07', '%Y-%m-%d %H:%i:%s')", "2026-11-23 09:08:07.000"),
    ("date_parse('2026-11-23', '%Y-%m-%d')", "2026-11-23 00:00:00.000"),
    ("try(date_parse('x', '%Y'))", None),
    ("day_of_week(DATE '2026-11-22')", "7"),
    ("EXTRACT(DOW FROM DATE '2026-11-22')", "7"),
    ("EXTRACT(HOUR FROM TIMESTAMP '2026-11-22 09:00:00')", "9"),
    ("week(DATE '2027-01-01')", "53"),
    ("quarter(DATE '2026-11-22')", "4"),
    ("day_of_year(DATE '2026-02-01')", "32"),
    ("year(current_timestamp)", "2026"),
    ("from_unixtime(0)", "1970-01-01 00:00:00.000 UTC"),
    ("from_unixtime(-1.5e0)", "1969-12-31 23:59:58.500 UTC"),
    # Time zones. The first three are the examples of Athena's page "Use supported time zones".
    ("timestamp '2012-10-31 01:00 UTC' AT TIME ZONE 'America/Los_Angeles'",
     "2012-10-30 18:00:00.000 America/Los_Angeles"),
    ("at_timezone(timestamp '2021-08-22 00:00 UTC', 'Canada/Newfoundland')",
     "2021-08-21 21:30:00.000 Canada/Newfoundland"),
    ("with_timezone(timestamp '2021-08-22 04:00', 'Canada/Newfoundland')",
     "2021-08-22 04:00:00.000 Canada/Newfoundland"),
    ("TIMESTAMP '2022-10-30 00:30:00' AT TIME ZONE 'Europe/Berlin'", "2022-10-30 02:30:00.000 Europe/Berlin"),
    ("CAST(TIMESTAMP '2022-10-30 01:30:00' AT TIME ZONE 'Europe/Berlin' AS timestamp(3))", "2022-10-30 02:30:00.000"),
    ("CAST(TIMESTAMP '2022-10-30 22:59:00' AT TIME ZONE 'Asia/Kolkata' AS date)", "2022-10-31"),
    ("CAST(TIMESTAMP '2022-10-30 22:59:00' AT TIME ZONE 'Asia/Kolkata' AS varchar)",
     "2022-10-31 04:29:00.000 Asia/Kolkata"),
    ("CAST(TIMESTAMP '2011-12-30 10:00:00' AT TIME ZONE 'Pacific/Apia' AS date)", "2011-12-31"),
    ("CAST(NULL AS timestamp) AT TIME ZONE 'Asia/Kolkata' IS NULL", "true"),
    ("CAST(CAST(NULL AS timestamp) AT TIME ZONE 'Asia/Kolkata' AS timestamp)", None),
    # Of the hour that comes twice the first; in the hour that does not come, as late after the change.
    ("with_timezone(TIMESTAMP '2022-10-30 02:30:00', 'Europe/Berlin') AT TIME ZONE 'UTC'",
     "2022-10-30 00:30:00.000 UTC"),
    ("with_timezone(TIMESTAMP '2022-03-27 02:30:00', 'Europe/Berlin') AT TIME ZONE 'UTC'",
     "2022-03-27 01:30:00.000 UTC"),
    ("with_timezone(TIMESTAMP '2022-04-03 01:45:00', 'Australia/Lord_Howe') AT TIME ZONE 'UTC'",
     "2022-04-02 14:45:00.000 UTC"),
    ("date_trunc('hour', TIMESTAMP '2022-10-30 00:30:00' AT TIME ZONE 'Europe/Berlin') AT TIME ZONE 'UTC'",
     "2022-10-30 00:00:00.000 UTC"),
    ("date_trunc('hour', TIMESTAMP '2022-10-30 01:30:00' AT TIME ZONE 'Europe/Berlin') AT TIME ZONE 'UTC'",
     "2022-10-30 01:00:00.000 UTC"),
    ("date_trunc('day', TIMESTAMP '2022-10-30 22:59:00' AT TIME ZONE 'Europe/Berlin') AT TIME ZONE 'UTC'",
     "2022-10-29 22:00:00.000 UTC"),
    ("date_trunc('hour', TIMESTAMP '2022-10-30 22:59:00' AT TIME ZONE 'Asia/Kolkata')",
     "2022-10-31 04:00:00.000 Asia/Kolkata"),
    ("date_add('day', 1, TIMESTAMP '2022-10-29 10:00:00 Europe/Berlin')", "2022-10-30 10:00:00.000 Europe/Berlin"),
    ("date_add('hour', 24, TIMESTAMP '2022-10-29 10:00:00 Europe/Berlin')", "2022-10-30 09:00:00.000 Europe/Berlin"),
    ("date_diff('day', TIMESTAMP '2022-10-30 00:00:00 Europe/Berlin', TIMESTAMP '2022-10-31 00:00:00 Europe/Berlin')",
     "1"),
    ("date_diff('hour', TIMESTAMP '2022-10-30 00:00:00 Europe/Berlin', TIMESTAMP '2022-10-31 00:00:00 Europe/Berlin')",
     "25"),
    ("date_format(TIMESTAMP '2022-10-29 22:00:00' AT TIME ZONE 'Europe/Berlin', '%Y-%m-%d %H')", "2022-10-30 00"),
    ("TIMESTAMP '2022-10-29 22:00:00 Europe/Berlin' = TIMESTAMP '2022-10-29 20:00:00 UTC'", "true"),
    ("TIMESTAMP '2022-10-29 22:00:00 Europe/Berlin' = TIMESTAMP '2022-10-29 20:00:00' AT TIME ZONE 'Asia/Kolkata'",
     "true"),
    ("TIMESTAMP '2022-10-29 20:00:00 UTC' < TIMESTAMP '2022-10-29 22:00:01 Europe/Berlin'", "true"),
]  # fmt: skip


def values(sql: str) -> list[list[str | None]]:
    return query.run(sql, [], "default", NOW).rows


@pytest.mark.parametrize(("expression", "expected"), [*URLS, *TEXT, *BYTES, *ARRAYS, *NUMBERS, *TIME])
def test_function_gives_what_trino_gives(expression: str, expected: str | None) -> None:
    assert values(f"SELECT {expression}") == [[expected]]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("max_by(name, n)", None),
        ("min_by(name, n)", "a"),
        ("any_value(name) FILTER (WHERE n >= 2)", "b"),
        ("arbitrary(name) FILTER (WHERE n = 3)", None),
        ("count_if(n > 1)", "2"),
        ("count_if(n > 1) FILTER (WHERE n > 9)", "0"),
        ("bool_or(n > 2)", "true"),
        ("approx_distinct(name)", "2"),
        ("approx_percentile(n, 0.5)", "2"),
        ("approx_percentile(n, ARRAY[0.0, 1.0])", "[1, 3]"),
        ("array_agg(name ORDER BY n)", "[a, b, null]"),
        ("array_agg(name) FILTER (WHERE n > 9)", None),
        ("sum(n)", "6"),
        ("every(n > 0)", "true"),
        ("every(DISTINCT n > 1)", "false"),
        ("EVERY(n > 1) FILTER (WHERE n > 1)", "true"),
        ("every(n > 1) FILTER (WHERE n > 9)", None),
        ("count(name)", "2"),
        ("reduce(array_agg(n ORDER BY n), '', (s, x) -> s || CAST(x AS varchar), s -> s)", "123"),
    ],
)
def test_aggregate_gives_what_trino_gives(expression: str, expected: str | None) -> None:
    rows = "(VALUES (1, 'a'), (2, 'b'), (3, NULL)) AS t(n, name)"
    assert values(f"SELECT {expression} FROM {rows}") == [[expected]]  # noqa: S608


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
