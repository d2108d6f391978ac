# SPDX-License-Identifier: Apache-2.0
"""Visits of pages that carry pixel.js, and the events that each of them must be, no more and no less."""

from playwright.sync_api import Page as Tab

from tests.conftest import ROOT
from tests.documented_tags import content_security_policy
from tests.e2e.browser.front import Page
from tests.e2e.browser.visits import POST, SEARCH, Visit, evaluate, from_search, page

_VIEW = {"event": "view", "page": POST, "title": "A post"}
_SIGNAL = "Object.defineProperty(Navigator.prototype, '{}', {{get: () => {}}})"
_APP = "https://app.example/"
_DEMO = "https://demo.example/"
_DEMO_VIEW = {"event": "view", "page": _DEMO, "site": "demo"}
_DEMO_AGAIN = {**_DEMO_VIEW, "referrer": f"{_DEMO}?page=2", "title": "Page 1 with a pixel"}
_PRICE = {"value": "49.9000", "currency": "EUR"}
_LAMP, _ORDER = {"item": "LAMP-01", **_PRICE}, {"order_id": "A-1001", **_PRICE}
_LONG = "京" * 2_000
_STRICT = {"Content-Security-Policy": content_security_policy(), "Cross-Origin-Embedder-Policy": "require-corp"}


def _buy(tab: Tab) -> None:
    tab.goto(POST)
    tab.click("button")


def _there_and_back(tab: Tab) -> None:
    tab.goto(POST)
    tab.evaluate("document.title = 'Kept in the cache'")
    tab.click("a")
    tab.wait_for_url("https://blog.example/next")  # until it is loaded: before, a slow one would go back unseen
    # A page out of the back/forward cache loads nothing that the tab's tool could wait for.
    tab.evaluate("setTimeout(() => history.back())")


def _use_the_demo_page(tab: Tab) -> None:
    problems: list[str] = []
    tab.on("pageerror", lambda error: problems.append(str(error)))
    tab.on("console", lambda message: problems.append(message.text))
    tab.goto(_DEMO)
    # Each line of the page's own table is a request that the browser made.
    for lines, button in enumerate(("next", "back", "product", "cart", "checkout", "buy"), start=1):
        tab.wait_for_function(f"document.querySelector('tbody').rows.length === {lines}")
        tab.click(f"#{button}")
    tab.wait_for_function("document.querySelector('tbody').rows.length === 7")
    assert not tab.is_visible("#failed")
    tab.click("#load")
    tab.wait_for_function("document.querySelector('tbody').rows.length === 1")
    assert problems == []


SCRIPTS = {
    "the script, from a search": Visit(
        {"blog.example/post": page("A post", "The script")},
        from_search(f"{POST}#comments"),
        [{**_VIEW, "referrer": SEARCH, "site": "blog"}],
    ),
    "the script, on a page that also has the image for those without": Visit(
        {"blog.example/post": page("A post", "The script, and an image where scripts are off")},
        from_search(POST),
        [{**_VIEW, "referrer": SEARCH}],
    ),
    "the script twice": Visit(
        {"blog.example/post": page("A post", "The script", "The script, and an image where scripts are off")},
        evaluate(POST, "history.pushState({}, '', '/next')"),
        [
            {**_VIEW, "site": "blog"},
            {"event": "view", "page": "https://blog.example/next", "referrer": POST, "title": "A post", "site": "blog"},
        ],
    ),
    "a campaign": Visit(
        {"blog.example/post": page("A post", "The script")},
        evaluate("https://blog.example/post?utm_source=a+b&utm_medium=e-mail&utm_campaign=gr%C3%BCn%26blau&i=7"),
        [
            {
                **_VIEW,
                "page": "https://blog.example/post?utm_source=a+b&utm_medium=e-mail&utm_campaign=gr%C3%BCn%26blau&i=7",
                "site": "blog",
                "utm_source": "a b",
                "utm_medium": "e-mail",
                "utm_campaign": "grün&blau",
            }
        ],
    ),
    "an event of the page": Visit(
        {"blog.example/post": page("A post", "The script", "Events of the page")},
        _buy,
        [
            {**_VIEW, "site": "blog"},
            {**_VIEW, "event": "purchase", "site": "blog", "order_id": "A-1001", "value": "49.9000", "currency": "EUR"},
        ],
    ),
    "the same event three times": Visit(
        {"blog.example/post": page("A post", "The script")},
        evaluate(POST, "for (const _ of [1, 2, 3]) edgepixel('vote', {i: 'yes'})"),
        [{**_VIEW, "site": "blog"}] + 3 * [{**_VIEW, "event": "vote", "site": "blog", "item": "yes"}],
    ),
    "an event before the script is there": Visit(
        {"blog.example/post": page("A post", "Events before the script is there")},
        from_search(POST),
        [{**_VIEW, "referrer": SEARCH}, {**_VIEW, "referrer": SEARCH, "event": "experiment", "item": "blue-button"}],
    ),
    "strange values": Visit(
        {"blog.example/post": page("A post", "The script")},
        evaluate(
            POST,
            "edgepixel('strange', {v: 0, i: '100% & +1 =\\u00fc\\u{1f338}', o: null, c: '', t: '\\ud83c', s: 'more'})",
        ),
        [
            {**_VIEW, "site": "blog"},
            {
                "event": "strange",
                "page": POST,
                "site": "more",
                "title": "\ufffd",
                "value": "0.0000",
                "item": "100% & +1 =ü🌸",
            },
        ],
    ),
    "more than a URL can hold": Visit(
        {"blog.example/post": page("A post", "The script")},
        evaluate(POST, f"edgepixel('long', {{t: '{_LONG}', unknown: '{_LONG}'}})"),
        [
            {**_VIEW, "site": "blog"},
            {"event": "long", "page": POST, "site": "blog", "title": "京" * 500},
        ],
    ),
    "a single-page application": Visit(
        {"app.example/": page("Home", "A single-page application")},
        evaluate(
            _APP,
            "history.pushState({}, '', '/list'); document.title = 'List'",
            "history.pushState({}, '', '/list')",
            "history.replaceState({}, '', '/list#third')",
            "history.pushState({}, '', '/gone'); history.replaceState({}, '', '/list?page=2')",
            "history.replaceState({}, '', '/list?page=3')",
            "history.go(-3)",
        ),
        [
            {"event": "view", "page": _APP, "title": "Home", "site": "app"},
            {"event": "view", "page": f"{_APP}list", "referrer": _APP, "title": "List", "site": "app"},
            {"event": "view", "page": f"{_APP}list?page=2", "referrer": f"{_APP}list", "title": "List", "site": "app"},
            {
                "event": "view",
                "page": f"{_APP}list?page=3",
                "referrer": f"{_APP}list?page=2",
                "title": "List",
                "site": "app",
            },
            {"event": "view", "page": _APP, "referrer": f"{_APP}list?page=3", "title": "List", "site": "app"},
        ],
    ),
    "back from the back/forward cache": Visit(
        {
            "blog.example/post": page("A post", "The script", rest="<a href=/next>Next</a>"),
            "blog.example/next": page("Next", "The script"),
        },
        _there_and_back,
        [
            {**_VIEW, "site": "blog"},
            {"event": "view", "page": "https://blog.example/next", "referrer": POST, "title": "Next", "site": "blog"},
            {**_VIEW, "title": "Kept in the cache", "site": "blog"},
        ],
    ),
    "the strictest page": Visit(
        {"blog.example/post": page("A post", "The script", "A page", headers=_STRICT)},
        from_search(POST),
        [{**_VIEW, "referrer": SEARCH, "site": "blog"}, {"event": "view", "page": POST}],
    ),
    "Global Privacy Control": Visit(
        {"blog.example/post": page("A post", "The script", "Events of the page")},
        _buy,
        [],
        options={"extra_http_headers": {"Sec-GPC": "1"}},
        before=_SIGNAL.format("globalPrivacyControl", "true"),
    ),
    "Do Not Track": Visit(
        {"blog.example/post": page("A post", "The script", "Events of the page")},
        _buy,
        [],
        options={"extra_http_headers": {"DNT": "1"}},
        before=_SIGNAL.format("doNotTrack", "'1'"),
    ),
    "tracking allowed": Visit(
        {"blog.example/post": page("A post", "The script")},
        evaluate(POST),
        [{**_VIEW, "site": "blog"}],
        before=_SIGNAL.format("doNotTrack", "'0'") + ";" + _SIGNAL.format("globalPrivacyControl", "false"),
    ),
    "the demo page": Visit(
        {"demo.example/": Page((ROOT / "docs" / "demo.html").read_text(encoding="utf-8"))},
        _use_the_demo_page,
        [
            {**_DEMO_VIEW, "title": "Page 1 with a pixel"},
            {**_DEMO_VIEW, "page": f"{_DEMO}?page=2", "referrer": _DEMO, "title": "Page 2 with a pixel"},
            _DEMO_AGAIN,
            {**_DEMO_AGAIN, "event": "product", **_LAMP},
            {**_DEMO_AGAIN, "event": "cart", **_LAMP},
            {**_DEMO_AGAIN, "event": "checkout", **_ORDER},
            {**_DEMO_AGAIN, "event": "purchase", **_ORDER},
            {**_DEMO_VIEW, "page": f"{_DEMO}?page=2", "referrer": _DEMO, "title": "Page 2 with a pixel"},
        ],
    ),
}
