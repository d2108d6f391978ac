# SPDX-License-Identifier: Apache-2.0
"""The report of a deployed stack, in a real browser: the numbers of the answers, and no request to anywhere."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from edgepixel.answers.countries import country_name
from edgepixel.answers.registry import answer, known_answer
from edgepixel.answers.shown import shown_table
from edgepixel.answers.subject.conditions import Subject
from edgepixel.report.command import write_page
from edgepixel.report.gather import Gathered, gather
from edgepixel.report.panels import Rows, cell, panels_of
from tests.e2e.browser import chromium
from tests.e2e.conftest import Answered
from tests.waiting import PATIENCE_SECONDS

SHOWN = {
    "events-per-hour": None, "visitor-count": None, "traffic-quality": None, "funnel": None, "campaign-revenue": 15,
    "abandoned-carts": 15, "abnormal-events": 25, "mistakes": 15, "recent-events": 25,
}  # fmt: skip


@pytest.fixture(scope="module")
def gathered(answered: dict[str, Answered]) -> Gathered:
    """Of the answers that the ledger was compared with, and of the period before them."""
    result = answered["enabled"]
    end = datetime.fromtimestamp(result.now_ms / 1000, UTC)
    return gather(result.stack, Subject(), end, known=result.answers)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as tool:
        started = tool.chromium.launch(
            executable_path=chromium.executable(), args=chromium.arguments(9), timeout=PATIENCE_SECONDS * 1000
        )
        yield started
        started.close()


@pytest.fixture(scope="module")
def page(gathered: Gathered, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    path = tmp_path_factory.mktemp("report") / "report.html"
    write_page(gathered, path)
    with browser.new_context() as context:
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        opened = context.new_page()
        asked: list[str] = []
        said: list[str] = []
        opened.on("request", lambda request: asked.append(request.url))
        opened.on("console", lambda message: said.append(message.text))
        opened.on("pageerror", lambda error: said.append(str(error)))
        opened.goto(path.as_uri())
        assert asked == [path.as_uri()], "the page loads something"
        assert said == []
        yield opened


def test_all_answers_can_be_asked_for_the_period_before_too(gathered: Gathered) -> None:
    assert all(table.scanned_bytes for table in gathered.answers.values())
    assert gathered.before["visitor-count"].rows == ((None, 0, 0),)


def columns_of(name: str, gathered: Gathered) -> tuple[str, ...]:
    """Those of an answer that the page has: all, if its panel does not choose."""
    tables = [one.table for one in panels_of(answer(name), gathered.answers, gathered.period) if isinstance(one, Rows)]
    return tables[0].columns if tables else gathered.answers[name].columns


@pytest.mark.parametrize("name", SHOWN)
def test_a_table_holds_the_rows_of_its_answer(name: str, gathered: Gathered, page: Page) -> None:
    table = shown_table(gathered.answers[name], known_answer(name))
    rows = page.locator(f"#answer-{name} tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
    )
    shown = columns_of(name, gathered)
    expected = [[cell(record[column], column) for column in shown] for record in table.records()]
    if name == "campaign-revenue":  # one currency after the other, most revenue first
        assert all(row in expected for row in rows)
        assert len(rows) == min(len(expected), 15)
    else:
        assert rows == expected[: SHOWN[name]]
    assert rows


def test_the_headline_is_the_answers_own(gathered: Gathered, page: Page) -> None:
    shown = dict(
        zip(page.locator(".figures dt").all_text_contents(), page.locator(".value").all_text_contents(), strict=True)
    )
    whole = gathered.answers["visitor-count"].rows[0]
    assert (shown["Visitors"], shown["Events"]) == (f"{whole[1]:,}", f"{whole[2]:,}")
    quality = gathered.answers["traffic-quality"].rows
    people = sum(int(row[2] or 0) for row in quality if row[0] == "human")
    assert people == whole[2]
    assert "Revenue, EUR" in shown


def test_rankings_are_the_answers_first_rows(gathered: Gathered, page: Page) -> None:
    shown = page.locator("section:has(> h2:text-is('Countries')) tbody tr").all_inner_texts()
    countries = [row for row in gathered.answers["audience"].rows if row[0] == "country"][:15]
    assert [text.split("\t") for text in shown] == [[country_name(str(row[1])), f"{row[2]:,}"] for row in countries]


def test_abnormal_hours_are_marked_on_the_chart(gathered: Gathered, page: Page) -> None:
    hours = [row for row in gathered.answers["abnormal-events"].rows if row[0] == "hour"]
    assert hours
    assert page.locator(".wide svg [aria-roledescription=point]").count() == len(hours)


@pytest.mark.parametrize(("width", "shown", "hidden"), [(1000, "wide", "narrow"), (360, "narrow", "wide")])
def test_it_fits_a_desk_and_a_phone(page: Page, width: int, shown: str, hidden: str) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(f".{shown}").first.is_visible()
    assert not page.locator(f".{hidden}").first.is_visible()


def test_light_and_dark_follow_the_reader_and_paper_is_light(page: Page) -> None:
    def paper() -> str:
        return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    page.emulate_media(color_scheme="light")
    light = paper()
    page.emulate_media(color_scheme="dark")
    assert paper() != light
    page.emulate_media(color_scheme="dark", media="print")
    assert paper() == light
    page.emulate_media(color_scheme="light", media="screen")


def test_it_can_be_read_by_ear_and_by_keyboard(page: Page) -> None:
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("h1").count() == 1
    assert page.locator("figure").count() == page.locator("figure[aria-labelledby] details table").count()
    assert page.locator("svg:not([aria-hidden=true])").count() == 0
    assert page.locator("th:not([scope])").count() == 0
    summary = page.locator("summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("details").first.get_attribute("open") is not None


def test_nothing_is_left_half_written(gathered: Gathered, tmp_path: Path) -> None:
    write_page(gathered, tmp_path / "new" / "report.html")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["report.html"]
