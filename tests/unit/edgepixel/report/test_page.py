# SPDX-License-Identifier: Apache-2.0
"""The report's page: its numbers, its charts, and what viewers sent as text and nothing else."""

import html
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any
from xml.etree import ElementTree

import pytest

from edgepixel.answers.registry import answer
from edgepixel.answers.subject.conditions import Subject
from edgepixel.answers.subject.filters import parse_filter
from edgepixel.answers.subject.funnels import DEFAULT as USUAL_STEPS
from edgepixel.answers.subject.periods import Dates, Period
from edgepixel.answers.subject.steps import Step, spans_of
from edgepixel.console.table import Table
from edgepixel.report import charts
from edgepixel.report.annotations import Annotation
from edgepixel.report.gather import ANSWERS, COMPARED, Gathered
from edgepixel.report.page import headline, render
from edgepixel.report.panels import in_report, moments
from edgepixel.truth.events import facts_of
from edgepixel.truth.expected import TRUTHS

END = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
NOTHING = {one.name: TRUTHS[one.name](facts_of([], 0)) for one in in_report() if one.name in TRUTHS}
NOTHING["coverage"] = Table(answer("coverage").module("truth").COLUMNS, ())
HOSTILE = "</td></table><script>alert(1)</script>\u202e\x1b[2J"


def table(name: str, *rows: tuple[Any, ...]) -> Table:
    return Table(NOTHING[name].columns, rows)


def gathered(
    answers: Mapping[str, Table] = {}, before: Mapping[str, Table] = {}, annotations: Sequence[Annotation] = ()
) -> Gathered:
    given = {**NOTHING, **answers}, {**NOTHING, **before}
    return Gathered("edgepixel", Subject(), END, *given, annotations=annotations)


VISITORS = table("visitor-count", (None, 120, 300), ("2026-11-22", 120, 300))
QUALITY = table(
    "traffic-quality",
    ("human", "browser", 300, 75.0, 120, 3320, 50.0),
    ("bot", "declared_bot", 100, 25.0, 9, 15169, 90.0),
)
REVENUE = table(
    "campaign-revenue",
    ("mail", "email", "autumn", "EUR", 2, "30.00", 1, "10.10"),
    ("(none)", "(none)", "(none)", "EUR", 0, "0.00", 1, "19.90"),
    ("mail", "email", "autumn", "USD", 1, "5.00", 1, "5.00"),
)


def test_figures_are_those_of_the_answers_with_their_change() -> None:
    answers = {**NOTHING, "visitor-count": VISITORS, "traffic-quality": QUALITY, "campaign-revenue": REVENUE}
    before = {
        **NOTHING,
        "visitor-count": table("visitor-count", (None, 100, 400)),
        "traffic-quality": table("traffic-quality", ("human", "browser", 400, 100.0, 100, None, None)),
        "campaign-revenue": table("campaign-revenue", ("a", "b", "c", "EUR", 3, "60.00", 3, "60.00")),
    }
    assert [(one.name, one.text, one.change) for one in headline(gathered(answers, before))] == [
        ("Visitors", "120", "+20.0 %"),
        ("Events", "300", "\N{MINUS SIGN}25.0 %"),
        ("Orders", "3", "no change"),
        ("Revenue, EUR", "30.00", "\N{MINUS SIGN}50.0 %"),
        ("Revenue, USD", "5.00", "none before"),
        ("Not people", "25.0 %", "none before"),
    ]


def test_where_no_visitor_is_known_events_are_ranked_and_visitors_are_not_counted() -> None:
    audience = table(
        "audience", ("country", "DE", 0, None, 9), ("country", "FR", 0, None, 4), ("browser", "Edge", 0, None, 13)
    )
    answers = {"visitor-count": table("visitor-count", (None, 0, 13)), "audience": audience}
    visitors, events, *_ = headline(gathered(answers, {"visitor-count": table("visitor-count", (None, 7, 10))}))
    assert (visitors.text, visitors.change) == ("not counted", "no visitor is known")
    assert (events.text, events.change) == ("13", "+30.0 %")
    page = render(gathered(answers))
    assert re.findall(r'class="label">([^<]*)<', page) == ["Germany", "France", "Edge"]
    assert "no visitor is known" in page, "also when nothing is compared"


def test_revenue_is_by_currency_with_its_own_decimals_most_minor_units_first() -> None:
    table_of_money = table(
        "campaign-revenue",
        ("a", "b", "c", "(none)", 1, "0.0000", 1, "0.0000"),
        ("a", "b", "c", "EUR", 9, "120.3050", 9, "120.3050"),
        ("a", "b", "c", "JPY", 1, "4990.0000", 1, "4990.0000"),
        ("a", "b", "c", "KWD", 1, "18.6050", 1, "18.6050"),
        ("x", "b", "c", "KWD", 1, "1.0005", 1, "1.0005"),
    )
    answers = {**NOTHING, "visitor-count": VISITORS, "campaign-revenue": table_of_money}
    figures = [(one.name, one.text) for one in headline(gathered(answers)) if one.name.startswith("Revenue")]
    assert figures == [("Revenue, KWD", "19.606"), ("Revenue, EUR", "120.31"), ("Revenue, JPY", "4,990")]
    page = render(gathered(answers))
    found = re.findall(r"<td>([A-Z]{3}|\(none\))</td><td class=\"number\">\d</td><td class=\"number\">([^<]*)<", page)
    assert found == [("KWD", "18.605"), ("KWD", "1.001"), ("EUR", "120.31"), ("JPY", "4,990"), ("(none)", "0.00")]


def test_countries_have_names_and_what_is_none_stays() -> None:
    codes = ("DE", "XK", "ZZ", "QQ", "(unknown)", "CI")
    audience = table("audience", *(("country", code, 9, 1.0, 9) for code in codes), ("campaign", "DE", 9, 1.0, 9))
    told = {"country": "DE", "site": "DE", "value": "7"}
    event = tuple(told.get(column, "x") for column in NOTHING["recent-events"].columns)
    page = render(gathered({"audience": audience, "recent-events": table("recent-events", event)}))
    labels = re.findall(r'class="label">([^<]*)<', page)
    assert labels == ["Germany", "Kosovo", "Unknown Region", "QQ", "(unknown)", "Côte d’Ivoire", "DE"]  # noqa: RUF001
    assert "<td>Germany</td>" in page
    assert "<td>DE</td>" in page


def test_recent_events_are_told_in_the_columns_in_which_they_have_something() -> None:
    columns = NOTHING["recent-events"].columns
    event = dict.fromkeys(columns) | {"event_time": "2026-11-23 09:00:59.059", "event": "view", "request_id": "a"}
    bought = event | {"event": "purchase", "order_id": "7", "value": "4990.0000", "currency": "JPY", "channel": "mail"}

    def shown(*events: dict[str, Any]) -> tuple[list[str], str]:
        page = render(gathered({"recent-events": table("recent-events", *(tuple(one.values()) for one in events))}))
        return re.findall(r'<th scope="col"[^>]*>([^<]*)</th>', page), page

    assert shown(event)[0] == ["event time", "event"]
    headings, page = shown(event, bought)
    assert headings == ["event time", "event", "order id", "value", "currency"]
    assert '<td class="number">4,990</td><td>JPY</td>' in page
    assert shown(*[event] * 25, bought)[0] == ["event time", "event"], "of rows that are not shown"


def listed(name: str, rows: int) -> Table:
    """An answer of so many rows, all of them different."""
    numbers = {"events", "visitors", "value"}
    none = {"entries", "exits", "bounces"}
    return table(
        name,
        *(
            tuple(9 if one in numbers else 0 if one in none else f"{one}-{n:04}" for one in NOTHING[name].columns)
            for n in range(rows)
        ),
    )


def endings(page: str) -> list[tuple[str, str]]:
    """What is said below rows that are not all, and the command there."""
    return re.findall(r'<p class="note">(and [^<:]*): <code>([^<]*)</code>', page)


@pytest.mark.parametrize(
    ("name", "rows", "words"),
    [
        ("pages", 15, None),
        ("pages", 16, "and 1 more"),
        ("pages", 199, "and 184 more"),
        ("pages", 200, "and at least 185 more; the answer lists the first 200"),
        ("recent-events", 25, None),
        ("recent-events", 40, "and 15 more"),
        ("recent-events", 50, "and at least 25 more; the answer lists the first 50"),
    ],
)
def test_rows_that_are_cut_say_how_many_more_there_are(name: str, rows: int, words: str | None) -> None:
    page = render(gathered({name: listed(name, rows)}))
    assert endings(page) == ([] if words is None else [(words, f"edgepixel ask {name}")])


def test_each_property_of_the_audience_is_cut_by_itself() -> None:
    countries = [("country", f"Q{number:02}", 9, 1.0, 9) for number in range(50)]
    browsers = [("browser", f"b{number:02}", 9, 1.0, 9) for number in range(49)]
    page = render(gathered({"audience": table("audience", *countries, *browsers)}))
    assert [words for words, _ in endings(page)] == [
        "and at least 35 more; the answer lists the first 50",
        "and 34 more",
    ]


def test_the_sections_of_an_answer_at_its_limit_may_be_more() -> None:
    rows = [("privacy", f"{number:04}", "desktop", 9, 9) for number in range(1000)]
    page = render(gathered({"topics": table("topics", *rows)}))
    assert endings(page) == [("and perhaps more; the answer lists the first 1,000", "edgepixel ask topics")]


def test_the_command_asks_about_what_the_report_is_about() -> None:
    answers = {"pages": listed("pages", 20)}
    subject = Subject(30, "my blog's", include_bots=True)
    page = render(replace(gathered(answers), subject=subject, stack="mine"))
    ((_, command),) = endings(page)
    words = shlex.split(html.unescape(command))
    site = ["--site", "my blog's"]
    assert words == ["edgepixel", "ask", "pages", "--days", "30", *site, "--include-bots", "--stack", "mine"]


def ranked(page: str, title: str) -> list[list[str]]:
    """The cells of a ranking's rows."""
    section = page.split(f">{title}</h2>")[1].split("</section>")[0]
    rows = section.split("<tbody>")[1].split("</tr>")[:-1]
    return [re.findall(r">([^<>\n]+)</(?:span|td)>", row) for row in rows]


def test_pages_with_which_visits_begin_and_end_are_ranked_by_themselves() -> None:
    rows = [("a.example", "/", 90, 9, 10, 30, 0, 0.0), ("a.example", "/b", 50, 9, 40, 20, 0, 0.0)]
    rows += [("a.example", "/c", 9, 9, 0, 0, 0, None)]
    page = render(gathered({"pages": table("pages", *rows)}))
    assert ranked(page, "Pages") == [["a.example/", "90"], ["a.example/b", "50"], ["a.example/c", "9"]]
    assert ranked(page, "Entry pages") == [["a.example/b", "40"], ["a.example/", "10"]]
    assert ranked(page, "Exit pages") == [["a.example/", "30"], ["a.example/b", "20"]]


def test_no_page_that_is_not_listed_could_have_more_visits_than_one_that_is_ranked() -> None:
    """The answer lists the most viewed pages only: one more may have as many entries as the last one has views."""
    rows = [("a.example", f"/{n:03}", 1000 - n, 9, n, 900 - n, 0, 0.0) for n in range(200)]
    page = render(gathered({"pages": table("pages", *rows)}))
    assert ">Entry pages</h2>" not in page, "at most 199, and the last page listed has 801 views"
    exits = ranked(page, "Exit pages")
    assert exits[0] == ["a.example/000", "900"]
    assert len(exits) == 15
    assert ranked(render(gathered({"pages": table("pages", *rows[:199])})), "Entry pages")[0] == [
        "a.example/198",
        "198",
    ]


def test_events_have_their_visitors_and_the_share_of_all_beside_them() -> None:
    rows = [("view", 300, 120, 96.0), ("signup", 30, 25, 20.0), ("purchase", 2, 0, None)]
    page = render(gathered({"conversions": table("conversions", *rows)}))
    assert ranked(page, "Events by name") == [
        ["view", "300", "120", "96.0 %"], ["signup", "30", "25", "20.0 %"], ["purchase", "2", "0", "–"]  # noqa: RUF001
    ]  # fmt: skip
    assert "Events by name" not in render(gathered({"conversions": table("conversions", rows[0])}))


def in_days(days: int, by: Step | None = None) -> Gathered:
    hours = [(f"2026-11-{day} 10:00:00.000", 40, 7) for day in (20, 21, 23)]
    weeks = [("2026-11-16", 12, 80), ("2026-11-23", 7, 40)]
    answers = {
        "events-per-hour": table("events-per-hour", *hours),
        "visitor-count": table("visitor-count", (None, 17, 120), *((hour[0][:10], 9, 40) for hour in hours)),
        "visitors-per-week": table("visitors-per-week", *weeks),
    }
    return replace(gathered(answers), subject=Subject(days), by=by)


@pytest.mark.parametrize(
    ("days", "by", "titles"),
    [
        (1, None, ["Events per hour", "Visitors per hour"]),
        (7, None, ["Events per hour", "Visitors per day"]),
        (7, "hour", ["Events per hour", "Visitors per hour"]),
        (28, None, ["Events per day", "Visitors per day"]),
        (28, "hour", ["Events per hour", "Visitors per hour"]),
        (28, "week", ["Events per week", "Visitors per week"]),
        (90, None, ["Events per day", "Visitors per day"]),
        (90, "hour", ["Events per day", "Visitors per day"]),
        (365, None, ["Events per week", "Visitors per week"]),
        (365, "day", ["Events per day", "Visitors per day"]),
    ],
)
def test_charts_follow_the_length_of_the_period_or_what_was_chosen(days: int, by: Step, titles: list[str]) -> None:
    page = render(in_days(days, by))
    assert re.findall(r"<h2[^>]*>([^<]*)<", page) == titles


def test_events_of_days_and_weeks_are_sums_of_their_hours_and_visitors_are_none() -> None:
    page = render(in_days(28, "week"))
    cells = [re.findall(r"<td[^>]*>([^<]*)</td>", part) for part in page.split('<table id="answer-')[1:]]
    assert cells == [["2026-11-16", "80", "2026-11-23", "40"], ["2026-11-16", "12", "80", "2026-11-23", "7", "40"]]
    assert page.count("Weeks with a dashed outline are not whole.") == 2
    assert page.count("stroke-dasharray") == 2 * 2 * 2, "two charts in two widths, the first week and the last"
    days = render(in_days(28))
    assert '<td>2026-11-21</td><td class="number">40</td>' in days
    assert "Days with a dashed outline are not whole." in days


def test_a_section_with_nothing_to_say_is_not_there() -> None:
    answers = {
        "visitor-count": VISITORS,
        "funnel": table(
            "funnel", *((n, step, 120 if n == 1 else 0, *[None] * 3) for n, step in enumerate(USUAL_STEPS, 1))
        ),
        "audience": table("audience", ("campaign", "(none)", 120, 100.0, 300), ("device", "mobile", 120, 100.0, 300)),
    }
    assert re.findall(r"<h2[^>]*>([^<]*)<", render(gathered(answers))) == ["Visitors per day", "Devices"]


def test_without_a_period_before_nothing_is_compared() -> None:
    answers = {**NOTHING, "visitor-count": VISITORS, "traffic-quality": QUALITY}
    page = render(gathered(answers))
    assert page.count("there is nothing from before to compare with") == 1
    assert 'class="change"' not in page


def test_a_site_without_events_gets_a_page_that_says_so() -> None:
    page = render(gathered())
    assert page.count("Nothing in this period.") == 1
    assert "<svg" not in page
    assert "<h2" not in page
    assert "2026-11-16 10:30 UTC to 2026-11-23 10:30 UTC" in page


@pytest.mark.parametrize(
    "name", ["pages", "referrers", "audience", "recent-events", "abandoned-carts", "topics", "conversions"]
)
def test_what_viewers_sent_is_text_and_nothing_else(name: str) -> None:
    columns = NOTHING[name].columns
    numbers = {
        "events", "visitors", "visitors_percent", "entries", "exits", "bounces", "carts", "abandoned", "abandoned_value"
    }  # fmt: skip
    if name == "recent-events":
        numbers.add("value")
    row = tuple(7 if column in numbers else HOSTILE for column in columns)
    if name == "audience":
        row = ("country", HOSTILE, 7, 1.0, 7)
    page = render(gathered({name: table(name, row)}))
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "\u202e" not in page
    assert "\x1b" not in page


def test_the_page_asks_for_nothing_from_anywhere() -> None:
    answers = {"visitor-count": VISITORS, "traffic-quality": QUALITY, "campaign-revenue": REVENUE}
    page = render(gathered(answers))
    addresses = set(re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?([^"')\s>]+)""", page))
    assert addresses <= {"data:,"}
    assert "default-src 'none'" in page


def test_every_hour_of_the_period_is_drawn_and_abnormal_ones_are_marked() -> None:
    first = datetime(2026, 11, 22, 10, tzinfo=UTC)
    period = Period(first, first + timedelta(hours=6))
    events = {first + timedelta(hours=2): 40, first + timedelta(hours=3): 10}
    drawn = charts.per_hour(events, [(first + timedelta(hours=2), 40)], "events", period, 400)
    assert drawn.count('aria-roledescription="point"') == 1
    assert "var(--bad)" in drawn
    ElementTree.fromstring(drawn)  # noqa: S314 (our own)
    assert drawn == charts.per_hour(events, [(first + timedelta(hours=2), 40)], "events", period, 400)


@pytest.mark.parametrize(
    ("most", "labels"),
    [
        (1, ["0", "1"]),
        (2, ["0", "1", "2"]),
        (5, ["0", "2", "4", "6"]),
        (19, ["0", "5", "10", "15", "20"]),
        (4001, ["0", "2,000", "4,000", "6,000"]),
    ],
)
def test_the_axis_of_a_count_has_whole_numbers_and_none_twice(most: int, labels: list[str]) -> None:
    period = Period(END - timedelta(days=28), END)
    days = spans_of(period, "day")
    for drawn in (
        charts.per_span({days[3].first: most}, days, "events", period, 860),
        charts.per_hour({days[3].begin: most}, [], "events", period, 860),
    ):
        texts = [element.text or "" for element in ElementTree.fromstring(drawn).iter() if element.tag.endswith("text")]  # noqa: S314
        assert [text for text in texts if re.fullmatch(r"[\d,]+", text)] == labels


def test_a_chart_of_a_year_by_day_is_light() -> None:
    period = Period(END - timedelta(days=365), END)
    days = spans_of(period, "day")
    drawn = charts.per_span({day.first: 7 for day in days}, days, "events", period, 860)
    assert len(drawn) < 70_000
    assert "aria-label" not in drawn


def test_bars_carry_their_numbers_in_the_order_of_the_rows() -> None:
    drawn = charts.bars([("view", 1200), ("cart", 30), ("<b>", 2)], "visitors", 400)
    texts = [element.text for element in ElementTree.fromstring(drawn).iter() if element.tag.endswith("text")]  # noqa: S314
    assert [text for text in texts if text in ("view", "cart", "<b>")] == ["view", "cart", "<b>"]
    assert [text for text in texts if text in ("1,200", "30", "2")][-3:] == ["1,200", "30", "2"]


def in_berlin(*dates: str, answers: Mapping[str, Table] = {}) -> Gathered:
    """Of dates around the end of daylight saving time."""
    first, last = map(date.fromisoformat, dates)
    subject = Subject(dates=Dates(first, last))
    return replace(gathered(answers), subject=subject, time_zone="Europe/Berlin")


TWICE = table(
    "events-per-hour",
    ("2022-10-30 01:00:00.000", 5, 2),
    ("2022-10-30 02:00:00.000", 40, 3),
    ("2022-10-30 02:00:00.000", 10, 4),
    ("2022-10-30 23:00:00.000", 1, 1),
)


def test_the_two_hours_of_one_name_are_told_apart_by_their_offsets() -> None:
    page = unescape(render(in_berlin("2022-10-30", "2022-10-30", answers={"events-per-hour": TWICE})))
    first, second = (page.index(f"<td>2022-10-30 02:00:00.000 (UTC+0{hours}:00)</td>") for hours in (2, 1))
    assert first < second
    assert "<td>2022-10-30 01:00:00.000</td>" in page
    assert "2022-10-30 00:00 Europe/Berlin to 2022-10-31 00:00 Europe/Berlin" in page
    assert "Times are those of Europe/Berlin." in page


def test_one_row_of_an_hour_that_came_twice_is_said_to_be_one_of_two() -> None:
    page = render(
        in_berlin("2022-10-30", "2022-10-30", answers={"events-per-hour": replace(TWICE, rows=TWICE.rows[1:2])})
    )
    assert "<td>2022-10-30 02:00:00.000 (one of two)</td>" in page


def test_the_hours_of_the_axis_are_those_of_the_clock() -> None:
    """Every hour has its place in time: the second 02:00 is an hour after the first."""
    period = in_berlin("2022-10-30", "2022-10-30").period
    rows = [row[0] for row in TWICE.rows]
    begins = moments(rows, period)
    assert [f"{begin:%d %H}" for begin in begins] == ["29 23", "30 00", "30 01", "30 22"]
    events = dict(zip(begins, (5, 40, 10, 1), strict=True))
    drawn = charts.per_hour(events, [(begins[2], 10)], "events", period, 860)
    texts = [element.text for element in ElementTree.fromstring(drawn).iter() if element.tag.endswith("text")]  # noqa: S314
    assert [text for text in texts if text and ":" in text] == ["00:00", "06:00", "12:00", "18:00"]


def test_days_stand_where_the_local_ones_begin_and_those_that_are_not_whole_are_dashed() -> None:
    apia = Dates(date(2011, 12, 28), date(2012, 1, 2)).period(datetime(2012, 1, 2, 3, tzinfo=UTC), "Pacific/Apia")
    visitors = {date(2011, 12, 29): 7, date(2011, 12, 31): 9, date(2012, 1, 2): 2}
    drawn = charts.per_span(visitors, spans_of(apia, "day"), "visitors", apia, 860)
    texts = [element.text for element in ElementTree.fromstring(drawn).iter() if element.tag.endswith("text")]  # noqa: S314
    assert [text for text in texts if text and re.search("Dec|Jan", text)] == [
        "28 Dec", "29 Dec", "31 Dec", "1 Jan", "2 Jan"
    ]  # fmt: skip
    assert drawn.count("stroke-dasharray") == 1
    whole = Dates(date(2011, 12, 28), date(2011, 12, 29)).period(datetime(2012, 1, 2, 3, tzinfo=UTC), "Pacific/Apia")
    assert "stroke-dasharray" not in charts.per_span(visitors, spans_of(whole, "day"), "visitors", whole, 860)


def test_what_is_not_whole_is_said_below_the_heading() -> None:
    assert "2026-11-16 is not whole: it counts from 10:30 on. 2026-11-23 is not whole" in render(gathered())
    october = in_berlin("2026-10-01", "2026-10-31")
    assert "The first week is not whole: it counts from Thursday, 2026-10-01, on. Weeks begin on Monday." in render(
        october
    )
    assert "dashed outline are not whole" not in render(october)


def test_the_page_names_what_it_is_compared_with() -> None:
    october = replace(in_berlin("2026-10-01", "2026-10-31"), before={**NOTHING, "visitor-count": VISITORS})
    assert "compared with 2026-09-01 00:00 to 2026-10-01 00:00, Europe/Berlin." in render(october)
    weekdays = render(replace(october, comparison="weekday"))
    assert "compared with 2026-08-27 00:00 to 2026-09-27 00:00, Europe/Berlin." in weekdays
    alone = render(replace(october, comparison="none", answers={**NOTHING, "visitor-count": VISITORS}, before={}))
    assert "compared" not in alone
    assert 'class="change"' not in alone


def test_the_subject_stands_at_the_top() -> None:
    some = gathered(before={"visitor-count": VISITORS})
    page = render(replace(some, subject=Subject(30, "blog", include_bots=True)))
    assert "edgepixel, site blog" in page
    assert "compared with the 30 days before" in page
    assert "People and programs." in page


def test_estimated_visitors_are_said_to_be_so_and_the_command_asks_for_estimates() -> None:
    page = render(replace(gathered({"pages": listed("pages", 20)}), subject=Subject(30, approximate=True)))
    assert "Visitors are estimated (≈), with a standard error of 2.3 percent." in page
    ((_, command),) = endings(page)
    assert command == "edgepixel ask pages --days 30 --approximate"
    assert "≈" not in render(gathered({"pages": listed("pages", 20)}))


def test_chosen_steps_of_a_funnel_are_shown_though_nobody_took_the_second_one() -> None:
    nobody = ("view", 120), ("sign up", 0)
    funnel = table(
        "funnel", *((place, name, number, None, None, None) for place, (name, number) in enumerate(nobody, 1))
    )
    page = render(
        replace(
            gathered({"funnel": funnel, "pages": listed("pages", 20)}), subject=Subject(30, funnel=("view", "sign up"))
        )
    )
    assert ">Funnel</h2>" in page
    assert "sign up" in page
    assert [command for _, command in endings(page)] == ["edgepixel ask pages --days 30"]


def test_what_is_compared_is_also_asked() -> None:
    assert set(COMPARED) <= set(ANSWERS) <= set(NOTHING)


def test_coverage_shows_whole_days_the_last_one_first_and_nothing_without_counts() -> None:
    rows = table(
        "coverage",
        ("2026-11-21", None, 24, "invocations", 1000, 1000, 0, 100.0, 301, 902),
        ("2026-11-22", None, 24, "invocations", 5000, 4850, 150, 97.0, 300, 900),
        ("2026-11-22", "2026-11-22 10:00:00.000", 1, "invocations", 2000, 1850, 150, 92.5, 300, 900),
    )
    page = render(gathered({"coverage": rows}))
    assert "150 of 6,000 hits that CloudFront counted have no log line yet." in page
    assert page.index("2026-11-22</td>") < page.index("2026-11-21</td>")
    assert "92.5" not in page
    assert "hits that CloudFront counted" not in render(gathered())


def test_what_a_filter_leaves_out_of_sales_is_told_where_there_are_any() -> None:
    subject = Subject(filters=(parse_filter("country=DE"),))
    words = "purchases that the site&#39;s server sent have no country"
    assert words in render(replace(gathered({"campaign-revenue": REVENUE}), subject=subject))
    assert words not in render(replace(gathered(), subject=subject))
    assert words not in render(gathered({"campaign-revenue": REVENUE}))
