# SPDX-License-Identifier: Apache-2.0
"""Visits of pages that carry the image, and the events that each of them must be, no more and no less."""

from tests.documented_tags import tags
from tests.e2e.browser.front import Page
from tests.e2e.browser.visits import POST, Visit, evaluate, from_search, page

_TAG = tags()["A page"]

IMAGES = {
    "a page, from a search": Visit(
        {"blog.example/post": page("Not told", "A page")},
        from_search(POST),
        [{"event": "view", "page": POST}],
    ),
    "a page that hides where it is": Visit(
        {"blog.example/post": Page(_TAG.replace('"no-referrer-when-downgrade"', '"no-referrer"'))},
        from_search(POST),
        [{"event": "view"}],
    ),
    "a page whose tag leaves the referrer policy to the browser": Visit(
        {"blog.example/post": Page(_TAG.replace(' referrerpolicy="no-referrer-when-downgrade"', ""))},
        from_search(POST),
        [{"event": "view", "page": "https://blog.example/"}],
    ),
    "a page whose server fills in what it knows": Visit(
        {"shop.example/thanks": page("Not told", "A page whose server fills in what it knows")},
        from_search("https://shop.example/thanks?token=not-told"),
        [
            {
                "event": "purchase",
                "page": "https://shop.example/thanks",
                "site": "shop",
                "order_id": "A-1001",
                "value": "49.9000",
                "currency": "EUR",
            }
        ],
    ),
    "an e-mail": Visit(
        {"mail.example/show": page("Webmail", "An e-mail", headers={"Referrer-Policy": "no-referrer"})},
        evaluate("https://mail.example/show"),
        [
            {
                "event": "open",
                "site": "newsletter",
                "item": "2026-11",
                "utm_source": "newsletter",
                "utm_medium": "email",
            }
        ],
    ),
    "an entry of a feed": Visit(
        {"reader.example/entry": page("Reader", "An entry of a feed", headers={"Referrer-Policy": "no-referrer"})},
        evaluate("https://reader.example/entry"),
        [{"event": "read", "site": "feed", "page": "https://blog.example/post/"}],
    ),
    "scripts are off": Visit(
        {"blog.example/post": page("Not told", "The script, and an image where scripts are off")},
        from_search(POST),
        [{"event": "view", "page": POST}],
        options={"java_script_enabled": False},
    ),
    "an image, and Global Privacy Control": Visit(
        {"blog.example/post": page("Not told", "A page")},
        from_search(POST),
        [{"event": "view", "page": POST}],
        options={"extra_http_headers": {"Sec-GPC": "1"}},
        known_visitor=False,
    ),
}
