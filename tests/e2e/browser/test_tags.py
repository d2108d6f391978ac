# SPDX-License-Identifier: Apache-2.0
"""The tags of docs/pixel.md in a real browser: each visit is exactly the events that it should be."""

import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, sync_playwright

from edgepixel.ask.athena import run_query
from edgepixel.ask.wait_for_events import wait_until_queryable
from edgepixel.aws.cloud import Cloud
from edgepixel.aws.stack import Stack
from tests.e2e.browser import chromium
from tests.e2e.browser.certificate import self_signed
from tests.e2e.browser.front import Answered, Front, front
from tests.e2e.browser.image_visits import IMAGES
from tests.e2e.browser.prerendering import HOST, Prerendered, visit_prerendered
from tests.e2e.browser.script_visits import SCRIPTS
from tests.e2e.browser.visits import Event, Visit, unused_tags
from tests.e2e.conftest import QUERYABLE_SECONDS
from tests.waiting import PATIENCE_SECONDS

VISITS = IMAGES | SCRIPTS
COLUMNS = (
    "request_id", "visitor_key", "traffic", "event", "page", "referrer", "title", "site", "item", "order_id", "value",
    "currency", "utm_source", "utm_medium", "utm_campaign",
)  # fmt: skip
ANSWER_SECONDS = 150.0
# Whatever a visit sends beyond what it should comes with the rest of it, or a little later: then this is when.
GRACE_SECONDS = 0.2


@pytest.fixture(scope="module")
def executable() -> str:
    return chromium.executable()


@pytest.fixture(scope="module")
def tagged(executable: str, deploy_stack: Callable[[str, dict[str, str]], Stack]) -> Stack:
    """A stack of its own, so that nobody else's views are in it."""
    return deploy_stack("tagged", {})


@pytest.fixture(scope="module")
def internet(tagged: Stack, cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    tls = self_signed(tmp_path_factory.mktemp("tls"))
    with front(tls, urlsplit(tagged.pixel_url).netloc, int(cloud.local_port or 0)) as server:
        yield server


@pytest.fixture(scope="module")
def prerendered(executable: str, internet: Front, tmp_path_factory: pytest.TempPathFactory) -> Prerendered:
    return visit_prerendered(executable, internet, tmp_path_factory.mktemp("profile"))


@pytest.fixture(scope="module")
def requests(executable: str, internet: Front, prerendered: Prerendered) -> dict[str, list[Answered]]:
    """The requests for the pixel that each visit made."""
    with sync_playwright() as tool:
        browser = tool.chromium.launch(
            executable_path=executable,
            timeout=PATIENCE_SECONDS * 1000,
            args=chromium.arguments(internet.server_port),
            ignore_default_args=["--disable-back-forward-cache"],
        )
        made = {name: _make(visit, browser, internet) for name, visit in VISITS.items()}
        browser.close()
    return made | {"a prerendered page": _pixels([*prerendered.before, *prerendered.after])}


@pytest.fixture(scope="module")
def events(requests: dict[str, list[Answered]], tagged: Stack) -> dict[str, dict[str, str]]:
    """Every event that Athena finds, by its request id: the columns that are not empty, as text."""
    wait_until_queryable(tagged, sum(map(len, requests.values())), QUERYABLE_SECONDS, lambda found: None)
    rows = run_query(tagged, f"SELECT {', '.join(COLUMNS)} FROM events").rows  # noqa: S608 (our own names)
    found = [{name: str(value) for name, value in zip(COLUMNS, row, strict=True) if value is not None} for row in rows]
    return {event.pop("request_id"): event for event in found}


def _make(visit: Visit, browser: Browser, internet: Front) -> list[Answered]:
    """Make a visit. Gives the requests for the pixel, when there are as many as there should be, or the time is up."""
    first = len(internet.answered)
    deadline = time.monotonic() + ANSWER_SECONDS
    internet.pages = dict(visit.pages)
    with browser.new_context(**visit.options) as context:
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        context.add_init_script(visit.before)
        visit.act(context.new_page())
        while len(made := _pixels(internet.answered[first:])) < len(visit.events) and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(GRACE_SECONDS)
    return _pixels(internet.answered[first:]) or made


def _pixels(answered: list[Answered]) -> list[Answered]:
    return [answer for answer in answered if answer.path.endswith(".gif")]


def _unordered(events: list[Event]) -> list[Event]:
    """Two images of one page travel on connections of their own, and either may be first."""
    return sorted(events, key=lambda event: sorted(event.items()))


@pytest.mark.parametrize("name", VISITS)
def test_visit_is_exactly_these_events(
    name: str, requests: dict[str, list[Answered]], events: dict[str, dict[str, str]]
) -> None:
    visit = VISITS[name]
    found = [dict(events[request.request_id]) for request in requests[name]]
    assert {event.pop("traffic") for event in found} <= {"human"}
    assert {event.pop("visitor_key", None) is not None for event in found} <= {visit.known_visitor}
    assert _unordered(found) == _unordered(visit.events)


def test_on_a_prerendered_page_the_script_waits_for_somebody_and_the_image_says_that_nobody_looks(
    prerendered: Prerendered, events: dict[str, dict[str, str]], internet: Front
) -> None:
    assert sorted(answer.path for answer in prerendered.before) == ["/pixel.gif", "/pixel.js"]
    (image,) = _pixels(prerendered.before)
    assert (events[image.request_id]["page"], events[image.request_id]["traffic"]) == (
        f"https://{HOST}/next",
        "prefetch",
    )
    (view,) = prerendered.after
    event = events[view.request_id]
    assert (event["page"], event["referrer"], event["title"]) == (f"https://{HOST}/next", f"https://{HOST}/", "Next")
    assert event["traffic"] == "human"
    assert internet.shown.count(f"{HOST}/next") == 1, "it was loaded anew: this proves nothing"


def test_nothing_but_the_visits_pixels_is_an_event(
    requests: dict[str, list[Answered]], events: dict[str, dict[str, str]], internet: Front
) -> None:
    made = [request.request_id for visit in requests.values() for request in visit]
    assert set(events) == set(made)
    assert len(events) == len(made)
    assert {answer.status for answer in internet.answered} == {200}
    assert internet.strangers == []


def test_no_url_is_longer_than_cloudfront_takes(requests: dict[str, list[Answered]], tagged: Stack) -> None:
    lengths = {
        name: max((len(f"{tagged.pixel_url}?{request.query}") for request in made), default=0)
        for name, made in requests.items()
    }
    assert max(lengths.values()) == lengths["more than a URL can hold"] == 8000


def test_every_documented_tag_is_on_a_page_that_was_visited() -> None:
    assert unused_tags() == set()
