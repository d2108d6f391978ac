# SPDX-License-Identifier: Apache-2.0
"""The WITH query `once` of an answer, written for typed days and for raw lines."""

import pytest

from edgepixel.answers.once import twofold
from edgepixel.errors import AnswerFolderError

ONCE = """\
-- What it is about.
WITH once AS (
  SELECT
    request_id,
    min(event) AS event,
    coalesce(min(item), '(none)') AS item,
    min(CASE WHEN lower(a) = 'x' THEN least(b, c) END) AS other
  FROM events
  WHERE traffic = 'human'
    AND event = 'view'
  GROUP BY request_id
)
SELECT count(*) FROM once
"""


def test_typed_rows_are_taken_as_they_are_and_raw_ones_are_grouped() -> None:
    assert (
        twofold(ONCE, "query.sql")
        == """\
-- What it is about.
WITH once AS (
  SELECT
    request_id,
    event,
    coalesce(item, '(none)') AS item,
    CASE WHEN lower(a) = 'x' THEN least(b, c) END AS other
  FROM events
  WHERE typed
    AND traffic = 'human'
    AND event = 'view'
  UNION ALL
  SELECT
    request_id,
    min(event) AS event,
    coalesce(min(item), '(none)') AS item,
    min(CASE WHEN lower(a) = 'x' THEN least(b, c) END) AS other
  FROM events
  WHERE NOT typed
    AND traffic = 'human'
    AND event = 'view'
  GROUP BY request_id
)
SELECT count(*) FROM once
"""
    )


def test_a_short_select_is_taken_too() -> None:
    sql = "WITH once AS (\n  SELECT min(a) AS a\n  FROM events\n  WHERE true\n  GROUP BY request_id\n)\nSELECT 1\n"
    assert "  SELECT a\n  FROM events\n  WHERE typed\n    AND true\n  UNION ALL\n  SELECT min(a) AS a\n" in twofold(
        sql, ""
    )


def test_an_answer_without_it_stays_as_it_is() -> None:
    assert twofold("SELECT 1 FROM events\n", "query.sql") == "SELECT 1 FROM events\n"


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        ("WITH once AS (SELECT min(a) AS a FROM events GROUP BY request_id) SELECT 1", "must be the first WITH query"),
        (ONCE.replace("min(event)", "min((event)"), "a parenthesis of `once` is not closed"),
    ],
)
def test_another_form_is_refused_and_the_file_is_named(sql: str, problem: str) -> None:
    with pytest.raises(AnswerFolderError, match=problem) as raised:
        twofold(sql, "answers/new/query.sql")
    assert str(raised.value).startswith("answers/new/query.sql: ")


def test_what_is_marked_so_is_written_for_typed_days_only() -> None:
    sql = """\
WITH once AS (
  SELECT
    min(event) AS event
  FROM events
  WHERE a
    AND b
    -- Of typed days only:
    AND event_time > (SELECT 1)
  GROUP BY request_id
)
SELECT event FROM once
"""
    typed, raw = twofold(sql, "x").split("  UNION ALL\n")
    assert "WHERE typed\n    AND a\n    AND b\n    AND event_time > (SELECT 1)\n" in typed
    assert "WHERE NOT typed\n    AND a\n    AND b\n  GROUP BY request_id\n" in raw
    assert "typed days" not in typed + raw
