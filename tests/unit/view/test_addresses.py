# SPDX-License-Identifier: Apache-2.0
"""Columns that come from URLs: the page and the referrer, their hosts, the page's path."""

from urllib.parse import quote

import pytest

from tests.unit.view.event_view import Row, events

# the URL: its host, its path
URLS: dict[str, tuple[str | None, str | None]] = {
    "https://shop.example/a/b.html": ("shop.example", "/a/b.html"),
    "https://shop.example": ("shop.example", "/"),
    "https://shop.example?x=/y": ("shop.example", "/"),
    "https://shop.example#top": ("shop.example", "/"),
    "https://shop.example/a?b=c/d#e": ("shop.example", "/a"),
    "https://shop.example/a#b?c": ("shop.example", "/a"),
    "https://shop.example//a//b": ("shop.example", "//a//b"),
    "HTTPS://Shop.EXAMPLE/Path": ("shop.example", "/Path"),
    "http://shop.example:8080/a": ("shop.example", "/a"),
    "http://shop.example:/a": ("shop.example", "/a"),
    "http://shop.example:80": ("shop.example", "/"),
    "https://user:pass@shop.example:444/a": ("shop.example", "/a"),
    "https://a@b@shop.example/": ("shop.example", "/"),
    "https://shop.example/@a:1": ("shop.example", "/@a:1"),
    "https://bank.example@evil.example/": ("evil.example", "/"),
    "http://[2001:db8::1]/a": ("[2001:db8::1]", "/a"),
    "http://[2001:DB8::1]:8080/a": ("[2001:db8::1]", "/a"),
    "http://u@[::1]:1": ("[::1]", "/"),
    "http://192.0.2.1:81/a": ("192.0.2.1", "/a"),
    "https://bücher.example/ä ö": ("bücher.example", "/ä ö"),
    "https://xn--bcher-kva.example/%C3%A4": ("bücher.example", "/%C3%A4"),
    "//cdn.example/a?b": ("cdn.example", "/a"),
    "//cdn.example": ("cdn.example", "/"),
    "android-app://com.example.app/path": ("com.example.app", "/path"),
    "/relative/path?x#y": (None, "/relative/path"),
    "/": (None, "/"),
    "/a?u=https://x.example/": (None, "/a"),
    "relative/path": (None, None),
    "?x=1": (None, None),
    "#top": (None, None),
    "shop.example/a": (None, None),
    "shop.example:80/a": (None, None),
    "file:///C:/Users/a.html": (None, "/C:/Users/a.html"),
    "http:///a": (None, "/a"),
    "http://": (None, "/"),
    "http://?": (None, "/"),
    "://shop.example/": (None, None),
    "1http://shop.example/": (None, None),
    "javascript:alert('http://x.example/')": (None, None),
    "data:text/html,<a href='//x.example'>": (None, None),
    "mailto:someone@x.example": (None, None),
    "about:blank": (None, None),
    "about:srcdoc": (None, None),
    "-": (None, None),
    "\x00": (None, None),
    "https://shop.example/" + "a" * 7000: ("shop.example", "/" + "a" * 7000),
    "https://" + "a" * 7000: ("a" * 7000, "/"),
    "https://" + ":" * 3000 + "@" * 3000: (None, "/"),
}


@pytest.fixture(scope="module")
def found() -> dict[str, Row]:
    lines = {f"page {url}": {"cs_uri_query": f"u={quote(url, safe='')}"} for url in URLS}
    lines |= {f"referrer {url}": {"cs_uri_query": f"r={quote(url, safe='')}"} for url in URLS}
    return events(lines)


@pytest.mark.parametrize("url", URLS, ids=lambda url: url[:60])
def test_page_host_and_path(url: str, found: dict[str, Row]) -> None:
    row = found[f"page {url}"]
    assert (row["page"], row["page_host"], row["page_path"]) == (url, *URLS[url])
    assert (row["referrer"], row["referrer_host"]) == (None, None)


@pytest.mark.parametrize("url", URLS, ids=lambda url: url[:60])
def test_referrer_host(url: str, found: dict[str, Row]) -> None:
    row = found[f"referrer {url}"]
    assert (row["referrer"], row["referrer_host"]) == (url, URLS[url][0])
    assert (row["page"], row["page_host"], row["page_path"]) == (None, None, None)


@pytest.mark.parametrize(
    ("referer", "query", "page"),
    [
        ("https://blog.example/a?b=c", "", "https://blog.example/a?b=c"),
        ("https://blog.example/a", "u=", "https://blog.example/a"),
        ("https://blog.example/a", "u", "https://blog.example/a"),
        ("https://blog.example/a", "u=%2Fb", "/b"),
        ("https://blog.example/%20+%C3%A4%zz%", "", "https://blog.example/%20+%C3%A4%zz%"),
        ("https://blog.example/ä", "", "https://blog.example/ä"),
        ("", "", None),
        ("-", "", None),
    ],
)
def test_the_referer_header_is_the_page_that_embeds_the_pixel(referer: str, query: str, page: str | None) -> None:
    row = events({"one": {"cs_referer": referer, "cs_uri_query": query}})["one"]
    assert (row["page"], row["referrer"]) == (page, None)
