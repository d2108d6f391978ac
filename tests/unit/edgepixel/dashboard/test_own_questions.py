# SPDX-License-Identifier: Apache-2.0
"""Users' own questions in the dashboard: which are listed, that a click asks them, and that no SQL comes with it."""

import csv
import io
from html import unescape
from urllib.parse import quote, urlencode

import pytest

from edgepixel.answers.subject.conditions import question_blanks
from edgepixel.ask.athena import SavedQuery
from edgepixel.console.table import Table
from edgepixel.questions.blanks import filled
from tests.unit.edgepixel.dashboard.conftest import Athena, Site

CONDITIONS = filled("SELECT 'own-pages' AS own, page FROM events WHERE {{ conditions }}", question_blanks())
PERIOD = filled("SELECT 'own-period' AS own FROM events WHERE {{ period }}", question_blanks())
ROWS = Table(("page", "events"), (("<b>/x</b>", 9), ("/y", 10)))


def own(name: str, sql: str, description: str = "") -> SavedQuery:
    return SavedQuery(f"id-{name}", name, sql, description)


@pytest.fixture(autouse=True)
def questions(athena: Athena) -> None:
    athena.own = [
        own("own-period", PERIOD),
        own("own-pages", CONDITIONS, "Pages <b>of mine</b>"),
        own("other table", filled("SELECT 1 FROM raw_events WHERE {{ period }}", question_blanks())),
        own("no-period", "SELECT page FROM events"),
    ]
    athena.tables["own-pages"] = ROWS


def test_they_stand_at_the_foot_and_only_a_click_asks_them(site: Site, athena: Athena) -> None:
    _, page = site.get("/?country=DE")
    section = page.split("<h2>Your questions</h2>")[1].split("</section>")[0]
    assert "own-pages: Pages &lt;b&gt;of mine&lt;/b&gt;" in section
    assert "own-period: A question of your own" in section
    assert section.index("own-pages") < section.index("own-period")
    assert "other table" not in page
    assert "no-period" not in page
    assert not any("own-" in sql for sql in athena.asked)
    link = '/details?country=DE&answer=own-pages"'
    assert link in unescape(section)
    response, page = site.get(link.rstrip('"'))
    assert response.status == 200
    assert "&lt;b&gt;/x&lt;/b&gt;" in page
    assert "Pages &lt;b&gt;of mine&lt;/b&gt;: 2 rows." in page
    (asked,) = [sql for sql in athena.asked if "own-pages" in sql]
    assert "country = 'DE' /* filters */" in asked
    assert "-28 /* days */" in asked


def test_a_stack_without_any_has_no_such_section(site: Site, athena: Athena) -> None:
    athena.own = []
    _, page = site.get("/")
    assert "Your questions" not in page


def test_csv_and_sql_are_those_of_the_answers(site: Site, athena: Athena) -> None:
    response, text = site.get("/csv?answer=own-pages&period=7d")
    assert response.headers["content-disposition"] == 'attachment; filename="own-pages.csv"'
    assert list(csv.reader(io.StringIO(text))) == [["page", "events"], ["<b>/x</b>", "9"], ["/y", "10"]]
    _, page = site.get("/sql?answer=own-pages&period=7d")
    assert unescape(page.split('<pre tabindex="0"><code>')[1].split("</code>")[0]) == athena.asked[-1]


@pytest.mark.parametrize(
    ("name", "query", "message"),
    [
        ("own-period", "country=DE", "'own-period' cannot be filtered (no `/* filters */` in its SQL)"),
        ("own-period", "traffic-of=everyone", "chooses its own traffic (no `/* traffic */` in its SQL)"),
        ("other table", "", "there is no answer 'other table'"),
        ("no-period", "", "there is no answer 'no-period'"),
    ],
)
def test_what_cannot_be_asked_is_said(site: Site, athena: Athena, name: str, query: str, message: str) -> None:
    for path in ("details", "csv", "sql"):
        response, page = site.get(f"/{path}?answer={quote(name)}&{query}")
        assert response.status == 400
        assert message.lower() in unescape(page).lower()
    assert athena.asked == []


def test_a_name_of_any_characters_is_a_file_s_name(site: Site, athena: Athena) -> None:
    name = 'a"b\r\nset-cookie: x'
    athena.own = [own(name, PERIOD.replace("own-period", name))]
    response, _ = site.get(f"/csv?{urlencode({'answer': athena.own[0].name})}")
    assert response.headers["content-disposition"] == 'attachment; filename="a-b--set-cookie--x.csv"'
    assert response.headers["set-cookie"] is None


def test_a_filter_s_value_cannot_leave_a_text_that_looks_like_a_mark(site: Site, athena: Athena) -> None:
    marks = filled("SELECT 'own-pages true /* filters */' FROM events WHERE {{ period }}", question_blanks())
    athena.own = [own("own-pages", marks)]
    value = " FROM raw_events UNION SELECT page FROM raw_events --"
    response, _ = site.get(f"/details?{urlencode({'answer': 'own-pages', 'page': value})}")
    assert response.status != 200
    assert athena.asked == []
