# SPDX-License-Identifier: Apache-2.0
"""The pages over given answers: what they show, what is only text, what is asked, and what is not asked again."""

import csv
import io
import re
import socket
import threading
import time
from contextlib import closing
from datetime import timedelta
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from edgepixel.answers.registry import answer
from edgepixel.console.table import Table
from edgepixel.dashboard import asking, overview
from edgepixel.dashboard.address import read_address
from edgepixel.dashboard.asking import Asker
from edgepixel.errors import AnswerFailedError
from edgepixel.report.panels import in_report
from tests.dashboards import saved_answers
from tests.fakes.client import client_error
from tests.unit.edgepixel.dashboard.conftest import NOW, Athena, Site
from tests.waiting import wait_until

PAGES = ("page_host", "page_path", "events", "entries", "exits")
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "{{ 7 * 7 }}<b>",
    "</style>",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_visitors_sent_is_text_and_its_link_leads_to_it(site: Site, athena: Athena, text: str) -> None:
    athena.tables["pages"] = Table(PAGES, (("a.example", f"/{text}", 7, 0, 0),))
    athena.tables["audience"] = Table(
        ("dimension", "value", "visitors", "visitors_percent", "events"), (("campaign", text, 3, 100.0, 5),)
    )
    response, page = site.get("/")
    assert response.status == 200
    assert text not in page
    assert unescape(page).count(text) >= 2
    link = f"/?page={quote('a.example/', safe='')}"
    assert any(unescape(part).startswith(link) for part in page.split('href="')[1:])
    filtered, page = site.get(f"/?campaign={quote(text)}")
    assert filtered.status == 200
    assert text not in page
    assert f"Campaign is {text}" in unescape(page)
    quoted = text.replace("'", "''")
    assert any(f"utm_campaign = '{quoted}'" in sql for sql in athena.asked)


def test_a_second_look_asks_nothing_and_says_so(site: Site, athena: Athena) -> None:
    _, first = site.get("/")
    asked = len(athena.asked)
    assert asked > 0
    assert f"Athena read {asked * 10_000_000:,} bytes" in first
    _, second = site.get("/")
    assert len(athena.asked) == asked
    assert "Athena read 0 bytes" in second
    assert f"{asked} answers were known already" in second


def test_what_one_pass_over_the_lake_counts_is_not_asked_by_itself(site: Site, athena: Athena) -> None:
    site.get("/?compare=none")
    asked = [athena.name_of(sql) for sql in athena.asked]
    drawn_by_day = {one.name for one in in_report() if one.only_by is None}
    assert sorted(asked) == sorted([overview.NAME, *(drawn_by_day - set(overview.PARTS))])
    site.get("/?compare=none&traffic=bot")
    again = [athena.name_of(sql) for sql in athena.asked[len(asked) :]]
    assert sorted(again) == sorted([*(name for name in asked if answer(name).about_events), "traffic-quality"])


def test_a_stack_without_the_answer_overview_is_asked_one_answer_after_the_other(
    site: Site, athena: Athena, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = [query for query in saved_answers() if query.name != overview.NAME]
    monkeypatch.setattr(asking, "find_saved_queries", lambda _stack: older)
    athena.tables["referrers"] = Table(("referrer_host", "events", "visitors", "channel"), (("a.example", 7, 3, "x"),))
    _, page = site.get("/?compare=none")
    assert ">a.example</a>" in page
    assert set(overview.PARTS) < {athena.name_of(sql) for sql in athena.asked}


def test_another_period_filter_or_comparison_is_another_question(site: Site, athena: Athena) -> None:
    seen = 0
    for path in ("/", "/?period=7d", "/?country=DE", "/?traffic-of=everyone", "/?period=3d&compare=weekday"):
        site.get(path)
        assert len(athena.asked) > seen, path
        seen = len(athena.asked)
    assert len(set(athena.asked)) == seen, "a question was asked twice"


def test_filters_are_named_as_people_read_them_and_lead_to_what_was_sent(site: Site, athena: Athena) -> None:
    _, page = site.get("/?country=DE&page=blog.example%2F%25C3%25BCber%2F")
    assert "Country is Germany" in page
    assert "Page is blog.example/über/" in page
    assert "page=blog.example%2F%25C3%25BCber%2F" in page


def test_a_failed_answer_says_what_to_do_and_the_rest_is_shown(site: Site, athena: Athena) -> None:
    athena.error = AnswerFailedError("Athena reports FAILED: no permission <b>")
    response, page = site.get("/")
    assert response.status == 200
    assert page.count("no permission &lt;b&gt;") >= 3
    assert page.rstrip().endswith("</html>")
    athena.error = None
    _, page = site.get("/")
    assert "no permission" not in page, "what failed must not be kept"


@pytest.mark.parametrize(
    ("code", "message", "advice"),
    [
        (
            "AccessDeniedException",
            "User: arn:aws:iam::111122223333:user/ann is not authorized to perform: athena:StartQueryExecution",
            "Ask whoever manages the account for that permission",
        ),
        ("TooManyRequestsException", "Rate exceeded", "wait a moment, and try again"),
        ("ExpiredTokenException", "The security token included in the request is expired", "Sign in again"),
    ],
)
def test_what_aws_refuses_stands_in_the_place_of_each_panel_and_is_asked_again(
    site: Site, athena: Athena, code: str, message: str, advice: str
) -> None:
    athena.error = client_error(code, message, "StartQueryExecution")
    response, page = site.get("/")
    assert response.status == 200
    assert page.count(message) == page.count(advice) == page.count("Not shown: ") >= 3
    assert page.rstrip().endswith("</html>")
    athena.error = None
    _, page = site.get("/")
    assert "Not shown" not in page


def test_panels_come_while_a_slow_question_runs(site: Site, athena: Athena) -> None:
    """The page's head, its classes, first numbers and other panels do not wait for the last one."""
    athena.tables["pages"] = Table(PAGES, (("a.example", "/first", 7, 0, 0),))
    athena.slow = {"mistakes": (ended := threading.Event())}
    with closing(HTTPConnection(urlsplit(site.address).netloc, timeout=30)) as connection:
        connection.request("GET", "/", headers=site.headers)
        response, seen = connection.getresponse(), ""
        try:
            while 'class="figures"' not in seen or "a.example/first" not in seen:
                seen += response.read1(65536).decode()
            assert "</html>" not in seen
            assert athena.running >= 1
        finally:
            ended.set()
        assert response.read().decode().rstrip().endswith("</html>")


def test_before_the_first_hit_it_says_once_what_it_waits_for_and_asks_nothing(site: Site, athena: Athena) -> None:
    athena.waiting = "Nothing has arrived yet. Wait <a minute>."
    response, page = site.get("/")
    assert response.status == 200
    assert page.count("Wait &lt;a minute&gt;.") == 1
    assert athena.asked == []


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/?period=never", "neither a number of days"),
        ("/?sql=SELECT+1", "no parameter 'sql'"),
        ("/?from=2026-12-01&to=2026-12-02", "is in the future"),
        ("/details?answer=nothing", "there is no answer 'nothing'"),
        ("/csv?answer=../etc/passwd", "there is no answer"),
    ],
)
def test_an_address_about_nothing_is_refused(site: Site, athena: Athena, path: str, message: str) -> None:
    response, page = site.get(path)
    assert response.status == 400
    assert message.lower() in unescape(page).lower()
    assert athena.asked == []


def chosen(page: str) -> list[str]:
    """What is marked as chosen in the line of the comparison and of the charts."""
    line = page.split("Compared with")[1].split("</p>")[0]
    return re.findall(r'aria-current="true">([^<]*)<', line)


def test_charts_are_drawn_by_what_the_address_says_and_weeks_are_asked_for_only_then(
    site: Site, athena: Athena
) -> None:
    athena.tables["events-per-hour"] = Table(
        ("hour", "events", "visitors"), (("2026-11-21 10:00:00.000", 40, 7), ("2026-11-22 11:00:00.000", 2, 2))
    )
    athena.tables["visitors-per-week"] = Table(("week", "visitors", "events"), (("2026-11-16", 8, 42),))
    _, page = site.get("/")
    assert chosen(page) == ["the period before", "as the period is long"]
    assert ">Events per day</h2>" in page
    assert not any("date_trunc('week'" in sql for sql in athena.asked)
    _, page = site.get("/?by=week&compare=year")
    assert chosen(page) == ["the year before", "by week"]
    assert ">Events per week</h2>" in page
    assert ">Visitors per week</h2>" in page
    assert sum("date_trunc('week'" in sql for sql in athena.asked) == 1
    _, page = site.get("/?by=hour&period=90d")
    assert chosen(page) == ["the period before", "by day"], "there are too many hours"
    _, page = site.get("/?period=today")
    assert chosen(page) == ["the period before"], "there is no choice"
    response, page = site.get("/?by=month")
    assert response.status == 400


def test_steps_of_the_funnel_are_chosen_in_a_form_and_only_the_funnel_is_asked_anew(site: Site, athena: Athena) -> None:
    _, page = site.get("/?country=DE")
    assert 'name="funnel" maxlength="1024" size="40" value="view,product,cart,checkout,purchase"' in page
    asked = len(athena.asked)
    steps = ("step", "event", "visitors", "lost", "lost_percent", "reached_percent")
    athena.tables["funnel"] = Table(steps, ((1, "view", 3, None, None, 100.0), (2, "/<pricing>", 0, 3, 100.0, 0.0)))
    _, page = site.get("/?country=DE&funnel=view,/%3Cpricing%3E")
    (again,) = athena.asked[asked:]
    assert "ARRAY['view', '/<pricing>'] /* funnel */" in again
    assert ">Funnel</h2>" in page
    assert 'value="view,/&lt;pricing&gt;"' in page
    assert 'href="/?country=DE">The usual steps</a>' in page
    assert "/details?country=DE&amp;" not in page, "each link keeps the steps"
    response, page = site.get("/?funnel=view")
    assert response.status == 400
    assert "a funnel has 2 to 15" in page


def test_charts_mark_what_the_file_of_annotations_says_when_the_page_is_asked_for(
    site: Site, asker: Asker, athena: Athena, tmp_path: Path
) -> None:
    athena.tables["visitor-count"] = Table(
        ("day", "visitors", "events"), ((None, 3, 5), (f"{NOW.date() - timedelta(days=3)}", 3, 5))
    )
    asker.annotations = tmp_path / "annotations.txt"
    for words in ("Newsletter", "Talk <b>"):
        asker.annotations.write_text(f"{NOW.date() - timedelta(days=3)} {words}\n")
        _, page = site.get("/")
        assert f"{NOW.date() - timedelta(days=3)}: {words}</li>" in unescape(page)
    assert "<b>" not in page
    asker.annotations.write_text("nonsense\n")
    response, page = site.get("/")
    assert response.status == 200
    assert "Without annotations: " in page
    assert "line 1: a line is a date" in page


def test_what_has_nothing_to_show_says_so_and_leads_back(site: Site, athena: Athena) -> None:
    no_rows = Table(("traffic", "traffic_reason", "events"), ())
    athena.tables["traffic-quality"] = no_rows
    _, page = site.get("/?country=AQ&period=7d&by=day")
    assert "No event of this period fits the filters." in page
    assert 'href="/?period=7d&amp;by=day">Remove all filters</a>' in page
    _, page = site.get("/?period=7d")
    assert "No event was recorded, or none has arrived yet." in page
    athena.tables.clear()
    _, page = site.get("/?period=8d")
    assert "Nothing in this period" not in page, "there is a class of traffic"


def test_the_year_before_is_named(site: Site, athena: Athena) -> None:
    _, page = site.get("/?from=2026-11-01&to=2026-11-10&compare=year")
    assert "Compared with 2025-11-01 00:00 to 2025-11-11 00:00, UTC." in page


def test_all_rows_are_sorted_and_searched(site: Site, athena: Athena) -> None:
    rows = (("a.example", "/x", 9), ("b.example", "/Y", 10), (None, None, 1))
    athena.tables["pages"] = Table(("page_host", "page_path", "events"), rows)

    def shown(query: str) -> list[str]:
        _, page = site.get(f"/details?answer=pages&{query}")
        return [row.split("</td>")[-2].rpartition(">")[2] for row in page.split("<tbody>")[1].split("</tr>")[:-1]]

    assert shown("") == ["9", "10", "1"]
    assert shown("sort=events") == ["1", "9", "10"]
    assert shown("sort=-events") == ["10", "9", "1"]
    assert shown("sort=page_host") == ["1", "9", "10"]
    assert shown("text=/y") == ["10"]
    assert shown("sort=nothing") == ["9", "10", "1"]


def test_the_events_behind_a_panel_are_a_click_away_about_the_same(site: Site, athena: Athena) -> None:
    athena.tables["pages"] = Table(PAGES, (("a.example", "/x", 9, 0, 0),))
    event = ("purchase", "7.0000", "http_library")
    athena.tables["recent-events"] = Table(("event", "value", "traffic_reason"), (event,))
    coverage = ("day", "hour", "hours", "counted", "hits_made", "missing", "percent", "median_seconds", "p99_seconds")
    athena.tables["coverage"] = Table(coverage, (("2026-11-26", None, 24, 9, 9, 0, 100.0, 60, 90),))
    _, page = site.get("/?country=DE&period=7d")
    panel = page.split(">Pages</h2>")[1].split("</section>")[0]
    link = "/details?period=7d&country=DE&answer=recent-events"
    assert f'<a href="{link}">Events</a>' in unescape(panel)
    _, details = site.get(link)
    assert "<td>http_library</td>" in details
    assert "country = 'DE'" in athena.asked[-1]
    _, page = site.get("/")
    for title in ("Recent events", "Coverage"):  # the first has them already, the other is not about events
        actions = page.split(f">{title}</h2>")[1].split("</section>")[0]
        assert ">All rows</a>" in actions, title
        assert ">Events</a>" not in actions, title


def test_a_filter_by_what_no_event_has_says_what_there_is(site: Site, athena: Athena) -> None:
    athena.tables["values of site"] = Table(("value", "hits"), (("shop", 9), ("<b>", 2), (None, 1)))
    _, page = site.get("/?site=Shop")
    assert "No event of this period has" not in page, "events are counted"
    asked = len(athena.asked)
    athena.tables["traffic-quality"] = Table(("traffic", "traffic_reason", "events"), ())
    _, page = site.get("/?site=Shop&period=7d")
    said = "No event of this period has the site 'Shop'. Did you mean 'shop'? There are: shop, <b>, (none)."
    assert unescape(page).count(said) == 1
    assert "<b>" not in page
    values = [sql for sql in athena.asked[asked:] if "AS hits" in sql]
    assert len(values) == 1
    assert "site = 'Shop'" not in values[0]
    _, page = site.get("/?site=shop&period=7d")
    assert "No event of this period has" not in page
    _, page = site.get("/?period=7d")
    assert "No event of this period has" not in page


def test_what_filters_leave_out_of_sales_is_told_where_sales_are(site: Site, athena: Athena) -> None:
    said = "purchases that the site's server sent have no country"
    assert said not in unescape(site.get("/?country=DE")[1]), "nothing was sold"
    columns = ("campaign", "currency", "last_touch_orders", "last_touch_revenue")
    athena.tables["campaign-revenue"] = Table(columns, (("may", "EUR", 2, "7.0000"),))
    _, page = site.get("/?country=DE&period=7d")
    assert unescape(page).count(said) == 1
    assert page.index(">Orders<") < unescape(page).index(said) < page.index("<h2>")
    assert said not in unescape(site.get("/?event=purchase&period=7d")[1])
    assert said in unescape(site.get("/details?answer=campaign-revenue&country=DE")[1])
    assert said not in unescape(site.get("/details?answer=pages&country=DE")[1])


def test_csv_has_the_rows_as_they_are_stored_and_sql_is_the_query(site: Site, athena: Athena) -> None:
    rows = (("a.example", '/x,"y"', 9), (None, None, 1))
    athena.tables["pages"] = Table(("page_host", "page_path", "events"), rows)
    response, text = site.get("/csv?answer=pages&country=DE")
    assert response.headers["content-disposition"] == 'attachment; filename="pages.csv"'
    assert list(csv.reader(io.StringIO(text))) == [
        ["page_host", "page_path", "events"],
        ["a.example", '/x,"y"', "9"],
        ["", "", "1"],
    ]
    _, page = site.get("/sql?answer=pages&country=DE")
    assert unescape(page.split('<pre tabindex="0"><code>')[1].split("</code>")[0]) == athena.asked[-1]


def test_whoever_goes_away_stops_what_was_asked_for_them(site: Site, athena: Athena) -> None:
    athena.hold = threading.Event()
    cookie, host = site.headers["cookie"], site.headers["host"]
    for number in range(100):
        with socket.create_connection(("127.0.0.1", urlsplit(site.address).port or 0)) as click:
            click.sendall(f"GET /?page={number} HTTP/1.1\r\nhost: {host}\r\ncookie: {cookie}\r\n\r\n".encode())
            time.sleep(0.01)
    site.get("/style.css")  # connections are taken in their order: now the server has all hundred
    looks: list[tuple[int, int]] = []

    def quiet() -> bool:
        """A busy server handles the last clicks after it has stopped what the first ones asked for."""
        looks.append((athena.running, len(athena.asked)))
        return looks[-1][0] == 0 and looks[-20:] == [looks[-1]] * 20

    wait_until(quiet, "no query runs any more, and none begins", seen=lambda: looks[-1])
    athena.hold.set()
    response, _ = site.get("/?period=7d")
    assert response.status == 200


def test_the_end_stops_what_runs(asker: Asker, athena: Athena) -> None:
    athena.hold = threading.Event()
    sitting = asker.sitting(read_address([]), NOW)
    sitting.want(sitting.question("pages"))
    wait_until(lambda: athena.running == 1, "the query runs")
    asker.stop()
    assert athena.running == 0
