# SPDX-License-Identifier: Apache-2.0
"""The dashboard of a deployed stack, in a real browser: its links, its keys, and what axe-core says of it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from edgepixel.answers.subject.conditions import Subject, subject_sql
from edgepixel.answers.subject.filters import parse_filter
from edgepixel.ask.athena import find_answers, run_query
from edgepixel.console.table import Record
from edgepixel.dashboard.asking import Asker
from edgepixel.dashboard.cache import Cache
from edgepixel.dashboard.serving import served
from edgepixel.report.panels import whole
from tests.e2e.browser import chromium
from tests.e2e.conftest import Answered
from tests.waiting import PATIENCE_SECONDS

PAGES = (
    "/?period=7d",
    "/?period=7d&by=day&compare=year",
    "/?period=7d&funnel=view,/",
    "/live?renew=no",
    "/details?answer=pages&period=7d",
    "/sql?answer=pages&period=7d",
)
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
WAIT_MS = PATIENCE_SECONDS * 1000


@pytest.fixture(scope="module")
def first_address(answered: dict[str, Answered], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    result = answered["enabled"]
    asked = datetime.fromtimestamp(result.now_ms / 1000, UTC)
    with served(Asker(result.stack, Cache(tmp_path_factory.mktemp("kept"))), lambda: asked) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as tool:
        arguments = [one for one in chromium.arguments(9) if not one.startswith("--host-resolver")]
        started = tool.chromium.launch(executable_path=chromium.executable(), args=arguments, timeout=WAIT_MS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def context(browser: Browser, first_address: str) -> Iterator[BrowserContext]:
    """A browser that has the cookie."""
    with browser.new_context() as opened:
        opened.set_default_timeout(WAIT_MS)
        opened.new_page().goto(f"{first_address}&period=7d")
        yield opened


@pytest.fixture
def page(context: BrowserContext, first_address: str) -> Iterator[Page]:
    """The first page again; whatever it asks for and says is looked at in the end."""
    opened, asked, said = context.new_page(), list[str](), list[str]()
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.goto(_at(first_address, "/?period=7d"))
    yield opened
    assert {urlsplit(url).netloc for url in asked if not url.startswith("data:")} == {urlsplit(first_address).netloc}
    assert said == []
    opened.close()


def test_the_first_address_leaves_no_token_behind(page: Page) -> None:
    assert "token" not in page.url
    assert page.locator(".failed").count() == 0


def test_a_row_filters_its_chip_removes_the_filter_and_back_goes_back(
    page: Page, answered: dict[str, Answered]
) -> None:
    everyone = _figures(page)
    row = page.locator("section:has(> h2:text-is('Countries')) a.label").filter(has_text="Germany")
    name = row.inner_text()
    row.click()
    page.wait_for_load_state("load")
    (country,) = parse_qs(urlsplit(page.url).query)["country"]
    chip = page.locator("[aria-label=Filters] li")
    assert chip.locator("span").inner_text() == f"Country is {name}"
    record = _asked(answered["enabled"], "visitor-count", Subject(7, filters=(parse_filter(f"country={country}"),)))[0]
    filtered = _figures(page)
    assert filtered["Events"] == f"{whole(record, 'events'):,}"
    assert filtered["Visitors"] == f"{whole(record, 'visitors'):,}"
    assert filtered["Events"] != everyone["Events"]
    page.go_back()
    assert _figures(page) == everyone
    page.go_forward()
    chip.locator("a").click()
    page.wait_for_load_state("load")
    assert urlsplit(page.url).query == "period=7d"
    assert _figures(page) == everyone


def test_a_filter_can_be_typed(page: Page) -> None:
    page.keyboard.press("f")
    page.locator("select[name=dimension]").select_option("country")
    page.locator("select[name=operator]").select_option("=")
    page.locator("input[name=value]").fill("DE")
    page.get_by_role("button", name="Add").click()
    page.wait_for_load_state("load")
    assert page.locator("[aria-label=Filters] li span").all_inner_texts() == ["Country is Germany"]
    assert page.locator("section:has(> h2:text-is('Countries')) a.label").all_inner_texts() == ["Germany"]
    assert "period=7d" in page.url


def test_steps_of_the_funnel_can_be_typed(page: Page, answered: dict[str, Answered]) -> None:
    page.locator(".filters summary").filter(has_text="Funnel").click()
    page.locator("input[name=funnel]").fill("view, purchase")
    page.get_by_role("button", name="Show").last.click()
    page.wait_for_load_state("load")
    assert parse_qs(urlsplit(page.url).query) == {"period": ["7d"], "funnel": ["view, purchase"]}
    records = _asked(answered["enabled"], "funnel", Subject(7, funnel=("view", "purchase")))
    assert [record["event"] for record in records] == ["view", "purchase"]
    shown = page.locator("#answer-funnel tbody tr").all_text_contents()
    assert len(shown) == 2
    for text, record in zip(shown, records, strict=True):
        assert f"{whole(record, 'visitors'):,}" in text
    page.get_by_role("link", name="The usual steps").click()
    page.wait_for_load_state("load")
    assert urlsplit(page.url).query == "period=7d"


def test_keys_are_listed_and_lead_where_they_say(page: Page, first_address: str) -> None:
    page.keyboard.press("?")
    assert any(line.endswith("28 days") for line in page.locator("dialog p").all_inner_texts())
    page.keyboard.press("Escape")
    assert page.locator("dialog").count() == 0
    page.goto(_at(first_address, "/sql?answer=pages&period=7d"))
    page.keyboard.press("b")
    page.wait_for_url(_at(first_address, "/?period=7d"))
    assert page.locator("[aria-label=Period] [aria-current]").inner_text() == "7 days"


@pytest.mark.parametrize("width", [1280, 640, 390])
def test_it_fits(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_paper_clips_no_table_and_says_what_was_chosen(page: Page) -> None:
    page.set_viewport_size({"width": 700, "height": 1000})  # A4 without margins of 12 mm
    page.emulate_media(media="print")
    widths = "tables => tables.map(one => [one.scrollWidth, one.clientWidth])"
    tables = page.locator(".scroll:visible").evaluate_all(widths)
    assert tables
    assert all(scrolled <= shown for scrolled, shown in tables)
    assert page.locator(".choices a:visible").all_inner_texts()[0] == "7 days"
    assert page.locator(".choices a:visible").count() == 2, "the period, and whose events count"
    assert page.locator(".actions:visible, .offered:visible").count() == 0
    page.emulate_media(media="screen")


def test_charts_are_drawn_by_what_is_chosen(page: Page) -> None:
    assert page.locator("figure h2").all_inner_texts()[:2] == ["Events per hour", "Visitors per day"]
    page.get_by_role("link", name="by day").click()
    page.wait_for_load_state("load")
    assert page.locator("figure h2").all_inner_texts()[:2] == ["Events per day", "Visitors per day"]
    sums = page.locator("#answer-events-per-hour td.number").all_text_contents()
    assert sum(int(number.replace(",", "")) for number in sums) == int(_figures(page)["Events"].replace(",", ""))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(page: Page, first_address: str, path: str, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    response = page.goto(_at(first_address, path))
    assert response is not None
    found = Axe().run(page, options={"runOnly": [*RULES]})
    assert [f"{one['id']}: {one['nodes'][0]['html']}" for one in found.response["violations"]] == []


def _asked(answered: Answered, name: str, subject: Subject) -> list[Record]:
    """An answer of the stack, as of the moment at which the pages' periods end."""
    moment = datetime.fromtimestamp(answered.now_ms / 1000, UTC)
    moment = moment.replace(minute=moment.minute // 5 * 5, second=0, microsecond=0)
    sql = subject_sql(find_answers(answered.stack), name, subject, subject.period(moment, "UTC"))
    return run_query(answered.stack, sql).records()


def _figures(page: Page) -> dict[str, str]:
    names, values = page.locator(".figures dt").all_inner_texts(), page.locator(".value").all_inner_texts()
    return dict(zip(names, values, strict=True))


def _at(first_address: str, path: str) -> str:
    parts = urlsplit(first_address)
    return f"{parts.scheme}://{parts.netloc}{path}"
