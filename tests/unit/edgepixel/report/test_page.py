# SPDX-License-Identifier: Apache-2.0
"""The report's page: its numbers, its charts, and what viewers sent as text and nothing else."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any
from xml.etree import ElementTree

import pytest

from edgepixel.answers.conditions import Subject
from edgepixel.answers.periods import Dates
from edgepixel.console.table import Table
from edgepixel.report import charts
from edgepixel.report.gather import ANSWERS, COMPARED, Gathered
from edgepixel.report.page import headline, render
from edgepixel.report.panels import moments
from edgepixel.truth.events import facts_of
from edgepixel.truth.expected import TRUTHS

END = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
NOTHING = {name: TRUTHS[name](facts_of([], 0)) for name in ANSWERS}
HOSTILE = "</td></table><script>alert(1)</script>\u202e\x1b[2J"


def table(name: str, *rows: tuple[Any, ...]) -> Table:
    return Table(NOTHING[name].columns, rows)


def gathered(answers: Mapping[str, Table] = {}, before: Mapping[str, Table] = {}) -> Gathered:
    return Gathered("edgepixel", Subject(), END, {**NOTHING, **answers}, {**NOTHING, **before})


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


def test_without_a_period_before_nothing_is_compared() -> None:
    answers = {**NOTHING, "visitor-count": VISITORS, "traffic-quality": QUALITY}
    assert {one.change for one in headline(gathered(answers))} == {"no data before"}


def test_a_site_without_events_gets_a_page_that_says_so() -> None:
    page = render(gathered())
    assert page.count("Nothing in this period.") >= len(ANSWERS)
    assert "<svg" not in page
    assert "2026-11-16 10:30 UTC to 2026-11-23 10:30 UTC" in page


@pytest.mark.parametrize("name", ["pages", "referrers", "audience", "recent-events", "abandoned-carts", "topics"])
def test_what_viewers_sent_is_text_and_nothing_else(name: str) -> None:
    columns = NOTHING[name].columns
    numbers = {"events", "visitors", "entries", "bounces", "carts", "abandoned"}
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
    events = {first + timedelta(hours=2): 40, first + timedelta(hours=3): 10}
    drawn = charts.per_hour(events, [(first + timedelta(hours=2), 40)], first, first + timedelta(hours=6), 400)
    assert drawn.count('aria-roledescription="point"') == 1
    assert "var(--bad)" in drawn
    ElementTree.fromstring(drawn)  # noqa: S314 (our own)
    assert drawn == charts.per_hour(events, [(first + timedelta(hours=2), 40)], first, first + timedelta(hours=6), 400)


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
    drawn = charts.per_hour(events, [(begins[2], 10)], period.begin, period.end, 860, "Europe/Berlin")
    texts = [element.text for element in ElementTree.fromstring(drawn).iter() if element.tag.endswith("text")]  # noqa: S314
    assert [text for text in texts if text and ":" in text] == ["00:00", "06:00", "12:00", "18:00"]


def test_days_stand_where_the_local_ones_begin_and_those_that_are_not_whole_are_dashed() -> None:
    apia = Dates(date(2011, 12, 28), date(2012, 1, 2)).period(datetime(2012, 1, 2, 3, tzinfo=UTC), "Pacific/Apia")
    visitors = {date(2011, 12, 29): 7, date(2011, 12, 31): 9, date(2012, 1, 2): 2}
    drawn = charts.per_day(visitors, apia, 860)
    texts = [element.text for element in ElementTree.fromstring(drawn).iter() if element.tag.endswith("text")]  # noqa: S314
    assert [text for text in texts if text and re.search("Dec|Jan", text)] == [
        "28 Dec", "29 Dec", "31 Dec", "1 Jan", "2 Jan"
    ]  # fmt: skip
    assert drawn.count("stroke-dasharray") == 1
    whole = Dates(date(2011, 12, 28), date(2011, 12, 29)).period(datetime(2012, 1, 2, 3, tzinfo=UTC), "Pacific/Apia")
    assert "stroke-dasharray" not in charts.per_day(visitors, whole, 860)


def test_what_is_not_whole_is_said_below_the_heading() -> None:
    assert "2026-11-16 is not whole: it counts from 10:30 on. 2026-11-23 is not whole" in render(gathered())
    october = in_berlin("2026-10-01", "2026-10-31")
    assert "The first week is not whole: it counts from Thursday, 2026-10-01, on. Weeks begin on Monday." in render(
        october
    )
    assert "dashed outline are not whole" not in render(october)


def test_the_page_names_what_it_is_compared_with() -> None:
    october = in_berlin("2026-10-01", "2026-10-31")
    assert "compared with 2026-09-01 00:00 to 2026-10-01 00:00, Europe/Berlin." in render(october)
    weekdays = render(replace(october, comparison="weekday"))
    assert "compared with 2026-08-27 00:00 to 2026-09-27 00:00, Europe/Berlin." in weekdays
    alone = render(replace(october, comparison="none", answers={**NOTHING, "visitor-count": VISITORS}, before={}))
    assert "compared" not in alone
    assert 'class="change"' not in alone


def test_the_subject_stands_at_the_top() -> None:
    page = render(replace(gathered(), subject=Subject(30, "blog", include_bots=True)))
    assert "edgepixel, site blog" in page
    assert "compared with the 30 days before" in page
    assert "People and programs." in page


def test_what_is_compared_is_also_asked() -> None:
    assert set(COMPARED) <= set(ANSWERS) <= set(TRUTHS)
