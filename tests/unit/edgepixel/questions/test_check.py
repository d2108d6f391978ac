# SPDX-License-Identifier: Apache-2.0
"""What SQL of a user's own may do: one query over the view `events`, however the rest is hidden."""

import pytest

from edgepixel.errors import QuestionError
from edgepixel.questions.check import check, may_be_asked

REFUSED = {
    "another table": ("SELECT page FROM raw_events", "line 1, column 18: 'raw_events' cannot be read"),
    "in small and large letters": ('SELECT 1 FROM EVENTS, "Pixel_Days"', "column 23: 'Pixel_Days' cannot be read"),
    "behind a comma": ("SELECT 1 FROM events e,\n  pixel_days", "line 2, column 3: 'pixel_days' cannot be read"),
    "in a join": ("SELECT 1 FROM events JOIN (pixel_days) ON true", "'pixel_days' cannot be read"),
    "in a union": ("SELECT 1 FROM events UNION ALL SELECT 2 FROM pixel_days", "'pixel_days' cannot be read"),
    "in a subquery": ("SELECT (SELECT max(dt) FROM pixel_days) FROM events", "'pixel_days' cannot be read"),
    "in a condition": ("SELECT 1 FROM events WHERE EXISTS (SELECT 1 FROM x)", "'x' cannot be read"),
    "in a lateral join": ("SELECT 1 FROM events, LATERAL (SELECT 1 FROM x)", "'x' cannot be read"),
    "in parentheses": ("((SELECT 1 FROM pixel_days))", "'pixel_days' cannot be read"),
    "of a schema": ("SELECT 1 FROM information_schema.tables", "information_schema.tables names a database"),
    "the view of another database": ("SELECT 1 FROM other.events", "other.events names a database"),
    "of a catalog": ('SELECT 1 FROM "awsdatacatalog".db.events', "names a database"),
    "the partitions of a table": ('SELECT 1 FROM "pixel_days$partitions"', "'pixel_days$partitions' cannot be read"),
    "the files of a table": ('SELECT "$path" FROM events', "'$path' is a hidden column"),
    "the word TABLE": ("SELECT 1 FROM events WHERE dt IN (TABLE raw_events)", "line 1, column 35: TABLE and table"),
    "a table function": ("SELECT * FROM TABLE(sequence(1, 3))", "TABLE and table functions cannot be used"),
    "a WITH query that is named like a table afterwards": (
        "WITH a AS (SELECT 1 FROM raw_events), raw_events AS (SELECT 1) SELECT * FROM a",
        "line 1, column 26: 'raw_events' cannot be read",
    ),
    "a WITH query of another subquery": (
        "SELECT * FROM (WITH x AS (SELECT 1 AS n) SELECT n FROM x) JOIN x ON true",
        "line 1, column 64: 'x' cannot be read",
    ),
    "a WITH query that names itself": ("WITH x AS (SELECT 1 FROM x) SELECT 1 FROM x", "'x' cannot be read"),
    "another view in its name": (
        "WITH events AS (SELECT * FROM pixel_days) SELECT 1 FROM events",
        "line 1, column 6: a WITH query must not have the name of the view",
    ),
    "a comment that another parser nests": (
        "SELECT 1 FROM events /* /* */ UNION SELECT 2 FROM pixel_days -- */",
        "line 1, column 51: 'pixel_days' cannot be read",
    ),
    "a text that another parser goes on with": (
        "SELECT 'a\\' FROM pixel_days --'",
        "'pixel_days' cannot be read",
    ),
    "a comment of a template": ("SELECT {# FROM x #} 1 FROM events", "the character '{' has no place here"),
    "a comment of MySQL": ("SELECT 1 FROM events # x", "the character '#' has no place here"),
    "two statements": ("SELECT 1 FROM events; DROP VIEW events", "line 1, column 21: a question is one statement"),
    "a semicolon between comments": ("SELECT 1 /* */;/* */ SELECT 2", "a question is one statement"),
    "an UNLOAD": ("UNLOAD (SELECT 1 FROM events) TO 's3://x/'", "begins with SELECT or WITH"),
    "an EXECUTE": ("EXECUTE prepared", "begins with SELECT or WITH"),
    "an EXPLAIN": ("EXPLAIN SELECT 1 FROM events", "begins with SELECT or WITH"),
    "a DROP": ("/* SELECT */ DROP VIEW events", "line 1, column 14: a question is one query"),
    "a CREATE": ("CREATE TABLE x AS SELECT 1 FROM events", "TABLE and table functions"),
    "an INSERT": ("INSERT INTO events SELECT 1", "begins with SELECT or WITH"),
    "an INSERT behind a WITH": ("WITH a AS (SELECT 1) INSERT INTO events SELECT * FROM a", "a question is one query"),
    "a DELETE behind a WITH": ("WITH a AS (SELECT 1) DELETE FROM events", "a question is one query"),
    "an INTO": ("SELECT 1 INTO x FROM events", "INTO and the like cannot be used"),
    "a function of one's own": ("WITH FUNCTION f() RETURNS int RETURN 1 SELECT f()", "cannot be read"),
    "a function of Lambda": ("USING EXTERNAL FUNCTION f(x int) RETURNS int LAMBDA 'l' SELECT f(1)", "begins with"),
    "nothing": ("-- SELECT 1 FROM events", "begins with SELECT or WITH"),
    "VALUES alone": ("VALUES 1", "begins with SELECT or WITH"),
    "a parameter": ("SELECT 1 FROM events WHERE dt = ?", "a question has no parameters"),
    "names in MySQL's quotes": ("SELECT `page` FROM events", 'names are quoted by "'),
    "a name with a quote in it": ('SELECT 1 FROM "eve""nts"', "no name of the view has a quote in it"),
    "a space of no width": ("SELECT\u200b page FROM events", "has no place here"),
    "an open comment": ("SELECT 1 FROM events /* x", "line 1, column 22: this comment has no end"),
    "an open text": ("SELECT 'it''s FROM events", "line 1, column 8: this text has no end"),
    "an open name": ('SELECT "page FROM events', "this quoted name has no end"),
    "no grammar": ("SELECT (page FROM events", "line 1, column [0-9]+: this cannot be understood"),
}
ASKED = {
    "the view": "SELECT * FROM events",
    "the view in quotes and in large letters": 'SELECT e.page FROM "EVENTS" e JOIN Events f ON e.visitor = f.visitor',
    "WITH queries that follow each other": (
        "WITH a AS (SELECT * FROM events), b AS (SELECT * FROM a) SELECT (SELECT max(event) FROM B) FROM a"
    ),
    "a WITH query inside another": (
        "WITH a AS (WITH b AS (SELECT 1 AS n FROM events) SELECT * FROM b) SELECT * FROM a"
    ),
    "a WITH query seen from a subquery": "WITH a AS (SELECT * FROM events) SELECT 1 FROM (SELECT (SELECT 1 FROM a))",
    "a WITH query that is named like a table": "WITH raw_events AS (SELECT * FROM events) SELECT * FROM raw_events",
    "a recursive one": (
        "WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT n FROM t, events"
    ),
    "a union": "(SELECT page FROM events) UNION ALL (SELECT title FROM events) ORDER BY 1 LIMIT 5",
    "words in texts and comments": (
        "SELECT 'it''s FROM x; \\' AS \"from TABLE x\" /* FROM y; */ FROM events -- FROM z {{ conditions }} ?"
    ),
    "arrays and lambdas": (
        "SELECT filter(ARRAY[1], x -> x > 1), map_agg(event, page)['x'] FROM events, UNNEST(ARRAY[1]) AS t (n)"
    ),
    "grouping sets and windows": (
        "SELECT lag(event) OVER (PARTITION BY visitor ORDER BY event_time), count(*) FILTER (WHERE typed) FROM events "
        "GROUP BY GROUPING SETS ((), (event)) ORDER BY 1 NULLS FIRST"
    ),
    "times": (
        "SELECT CAST(event_time AT TIME ZONE 'UTC' AS date), extract(year FROM event_time) FROM events "
        "WHERE event_time > TIMESTAMP '2026-01-01 00:00:00' - INTERVAL '7' DAY AND dt > date_format(now(), '%Y')"
    ),
    "texts": "SELECT trim(BOTH 'x' FROM page), json_extract(query, '$.a') FROM events WHERE page LIKE '1!%' ESCAPE '!'",
    "row patterns": (
        "SELECT * FROM events MATCH_RECOGNIZE (PARTITION BY visitor ORDER BY event_time MEASURES A.event AS e "
        "PATTERN (A B+) DEFINE B AS B.event = 'cart')"
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_one_query_over_the_view_is_refused_and_said_where(name: str) -> None:
    sql, reason = REFUSED[name]
    with pytest.raises(QuestionError, match=reason.replace("$", "[$]").replace("(", "[(]").replace("{", "[{]")):
        check(sql)
    assert not may_be_asked(sql)


@pytest.mark.parametrize("name", ASKED)
def test_a_query_over_the_view_may_be_anything_that_trino_knows(name: str) -> None:
    check(ASKED[name])
    assert may_be_asked(ASKED[name])
