# SPDX-License-Identifier: Apache-2.0
"""Blanks and marks of users' own questions, and the way back from what was asked to what was written."""

from datetime import date

import pytest

from edgepixel.answers.registry import answers
from edgepixel.answers.subject.conditions import Subject, question_blanks, subject_sql
from edgepixel.answers.subject.filters import parse_filter
from edgepixel.answers.subject.periods import Dates
from edgepixel.errors import NoSuchConditionError, QuestionError
from edgepixel.questions.blanks import can_be_moved, checked, filled, in_file, require_marks
from edgepixel.questions.check import check
from edgepixel.template.reader import answer_queries

BLANKS = question_blanks("Europe/Berlin")
TEXT = """-- {{ conditions }} counts
SELECT CAST(event_time AT TIME ZONE {{ time_zone }} AS date) AS day, nonsense
FROM events
  WHERE {{ conditions }} AND page = 'x' -- here
    AND title = nothing;
-- the end"""


def test_a_blank_becomes_what_it_is_in_the_answers_but_in_comments() -> None:
    sql = filled(TEXT, BLANKS)
    assert sql.startswith("-- {{ conditions }} counts\nSELECT")
    assert "AT TIME ZONE 'Europe/Berlin' /* time zone */ AS date" in sql
    assert "\n  WHERE traffic = 'human' /* traffic */\n    AND true /* site */\n" in sql
    assert "AND page = 'x' -- here" in sql
    assert ";" not in sql
    assert sql.endswith("-- the end")


def test_one_line_stays_one_line() -> None:
    sql = filled(TEXT, BLANKS, one_line=True)
    assert len(sql.splitlines()) == len(TEXT.splitlines())
    assert " ".join(sql.split()) == " ".join(filled(TEXT, BLANKS).split())


@pytest.mark.parametrize("end", [";", " ; ;\n", "; -- done", ";/* a; */;", "\n;\n\n"])
def test_semicolons_at_the_end_are_left_out(end: str) -> None:
    sql = checked("".join(["SELECT ';' AS a FROM events", end]), BLANKS)
    assert sql.startswith("SELECT ';' AS a FROM events")
    assert ";" not in sql[len("SELECT ';'") :].replace("/* a; */", "")


def test_a_text_at_the_end_keeps_its_semicolon() -> None:
    assert checked("SELECT 1 FROM events WHERE page = ';';", BLANKS).endswith("page = ';' ")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "SELECT 1\nFROM events WHERE {{ condition }}",
            r"line 2, column 19: there is no \{\{ condition \}\}. There are",
        ),
        ("SELECT '{{ time_zone }}' FROM events", r"line 1, column 8: \{\{ time_zone \}\} has its own quotes"),
        ("SELECT {{ }} FROM events", r"there is no \{\{ \}\}"),
        ("SELECT {{ time_zone }}, 1 FROM raw_events", "line 1, column 32: 'raw_events' cannot be read"),
        ("SELECT 1 FROM events WHERE {{ conditions }}\n AND dt IN (SELECT x FROM y)", "line 2, column 27: 'y' cannot"),
        ("SELECT 1 FROM events" + " " * 262_144 + "LIMIT 1", "longer than 262,144 bytes"),
    ],
)
def test_what_is_wrong_is_said_at_its_place_in_the_text(text: str, reason: str) -> None:
    with pytest.raises(QuestionError, match=reason):
        checked(text, BLANKS)


@pytest.mark.parametrize(("line", "word"), [(2, "nonsense"), (4, "page"), (4, "'x'"), (5, "nothing"), (3, "events")])
def test_places_lead_back_to_the_text_through_blanks_and_options(line: int, word: str) -> None:
    subject = Subject(30, site="blog", filters=(parse_filter("country=DE"),), time_zone="Asia/Tokyo")
    sql = subject_sql({"own": checked(TEXT, BLANKS, one_line=True)}, "own", subject)
    column = sql.split("\n")[line - 1].index(word) + 1
    assert in_file(TEXT, sql, line, column) == (line, TEXT.split("\n")[line - 1].index(word) + 1)


def test_a_place_inside_of_a_blank_is_that_of_the_blank() -> None:
    sql = checked(TEXT, BLANKS, one_line=True)
    column = sql.split("\n")[3].index("status") + 1
    assert in_file(TEXT, sql, 4, column) == (4, TEXT.split("\n")[3].index("{{") + 1)
    assert in_file(TEXT, sql, 40, 1) is None
    assert in_file(TEXT, "a\n" * 40, 2, 1) is None


@pytest.mark.parametrize(
    ("subject", "condition", "said"),
    [
        (Subject(3), "days", "it has no period, because its SQL has no `/. days ./`, which `{{ conditions }}` brings"),
        (Subject(dates=Dates(date(2026, 1, 1))), "dates", "it has no period"),
        (Subject(site="blog"), "site", "it is about all sites, because its SQL has no `/. site ./`"),
        (Subject(filters=(parse_filter("country=DE"),)), "filters", "it cannot be filtered"),
        (Subject(include_bots=True), "include_bots", "it chooses its own traffic"),
        (Subject(time_zone="Asia/Tokyo"), "time_zone", "it tells no hours or days, .* which `{{ time_zone }}` brings"),
    ],
)
def test_an_option_without_a_mark_is_refused_and_one_with_it_is_not(
    subject: Subject, condition: str, said: str
) -> None:
    with pytest.raises(NoSuchConditionError, match=f"own.sql: {said.replace('{', '[{]')}") as raised:
        require_marks("SELECT 1 FROM events", subject, "own.sql")
    assert raised.value.condition == condition
    require_marks(filled(TEXT, BLANKS), subject, "own.sql")


def test_a_question_without_the_mark_of_traffic_may_be_filtered_by_it() -> None:
    sql = "SELECT 1 FROM events WHERE true /* filters */"
    subject = Subject(filters=(parse_filter("traffic=bot"),))
    assert subject_sql({"own": sql}, "own", subject) == "SELECT 1 FROM events WHERE traffic = 'bot' /* filters */"


def test_every_answer_about_events_could_be_a_question_of_a_user_s_own() -> None:
    queries = answer_queries()
    for answer in answers():
        if answer.about_events:
            check(queries[answer.name])
            assert can_be_moved(queries[answer.name])
    assert not can_be_moved("SELECT 1 FROM events WHERE event_time > date_add('day', -7 /* days */, now())")
