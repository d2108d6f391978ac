# SPDX-License-Identifier: Apache-2.0
"""Links as they are really sent: padded, escaped twice, with what is missing in the pixel's query in the page's URL."""

from urllib.parse import quote

import pytest

from tests.unit.view.event_view import Row, events

# name: (the query string as the viewer sent it, what the columns must be)
QUERIES: dict[str, tuple[str, Row]] = {
    "amp": ("e=purchase&amp;o=A-1&amp;v=49.90&amp;c=EUR", {
        "event": "purchase", "order_id": "A-1", "value": "49.9000", "currency": "EUR",
    }),
    "amp twice": ("e=cart&amp;amp;i=x&amp;amp;s=y", {"event": "cart", "item": "x", "site": "y"}),
    "amp in capitals": ("e=cart&AMP;i=x", {"item": "x"}),
    "amp with an encoded semicolon": ("e=cart&amp%3Bi=x&amp%3bs=y", {"item": "x", "site": "y"}),
    "amp by number": ("e=cart&%23038;i=x&%23x26;s=y", {"item": "x", "site": "y"}),
    "amp first": ("amp;e=cart", {"event": "cart"}),
    "amp in a value stays": ("t=Q%26amp%3BA&i=amp;x", {"title": "Q&amp;A", "item": "amp;x"}),
    "a name that begins so": ("amplifier=1&ampe=2&i=x", {"item": "x", "event": "view"}),
    "trailing space": ("e=purchase%20&o=+A-1%09", {"event": "purchase", "order_id": "A-1"}),
    "other white space": ("i=%C2%A0x%E3%80%80&t=%EF%BB%BFx&s=%E2%80%8Bx%0D%0A", {
        "item": "x", "title": "x", "site": "x",
    }),
    "an event of spaces": ("e=%20+%20", {"event": "view"}),
    "spaces within": ("t=+a+b%20%20c+", {"title": "a b  c"}),
    "a plus that is one": ("t=C%2B%2B+", {"title": "C++"}),
    "null": ("r=null&u=undefined&i=NaN&s=None&t=nil&o=NULL", {
        "referrer": None, "page": "https://blog.example/a", "item": None, "site": None, "title": None, "order_id": None,
    }),
    "null with its brackets": ("i=(null)&s=%28not%20set%29&t=%5Bobject+Object%5D&o=[object%20Event]", {
        "item": None, "site": None, "title": None, "order_id": None,
    }),
    "null with spaces": ("e=+undefined+&i=%22null%22", {"event": "view", "item": None}),
    "null within": ("t=null+and+void&i=nullable&s=undefined-1&o=a%3Dnull", {
        "title": "null and void", "item": "nullable", "site": "undefined-1", "order_id": "a=null",
    }),
    "null in all campaigns": ("utm_source=undefined&utm_medium=null&utm_campaign=(not+set)", {
        "utm_source": None, "utm_medium": None, "utm_campaign": None, "channel": "direct",
    }),
}  # fmt: skip

_MAY = {"utm_source": "nl", "utm_medium": "email", "utm_campaign": "may"}
_NONE: Row = dict.fromkeys(_MAY)
# the page: what the columns must be
PAGES: dict[str, Row] = {
    "https://shop.example/?utm_source=nl&utm_campaign=may&utm_medium=email": {**_MAY, "page_path": "/"},
    "https://shop.example/?a=1&amp;utm_source=nl&amp;utm_medium=email&amp;utm_campaign=may": {**_MAY},
    "https://shop.example/?utm_source=nl&#038;utm_medium=email&#038;utm_campaign=may": {**_MAY},
    "https://shop.example/a?utm_source=+nl%20&utm_medium=email&utm_campaign=may#top": {**_MAY, "page_path": "/a"},
    "https://shop.example/#/a?utm_source=nl&utm_medium=email&utm_campaign=may": {**_MAY, "page_path": "/#/a"},
    "https://shop.example/#utm_source=nl&utm_medium=email&utm_campaign=may": {**_MAY, "page_path": "/"},
    "https://shop.example/?utm_campaign=Li%C5%A1%C3%A1ck%C3%A9+p%26r": {
        "utm_campaign": "Lišácké p&r",
        "utm_source": None,
    },
    "https://shop.example/?utm_source=null&utm_medium=%20": _NONE,
    "https://shop.example/?xutm_source=nl&next=utm_medium": _NONE,
    "https://shop.example/?next=https%3A%2F%2Fx.example%2F%3Futm_source%3Dnl": _NONE,
    "https://blog.example/?p=123": {"page_path": "/?p=123"},
    "https://blog.example?utm_source=nl&p=7&x=1#top": {"page_path": "/?p=7", "utm_source": "nl"},
    "https://blog.example/de/index.php?page_id=2": {"page_path": "/de/index.php?page_id=2"},
    "/?p=123": {"page_path": "/?p=123"},
    "https://shop.example/list?p=2": {"page_path": "/list"},
    "https://shop.example/?p=x": {"page_path": "/"},
    "https://shop.example/?xp=1&next=p=1": {"page_path": "/"},
    "https://shop.example/?a=1#?p=2": {"page_path": "/"},
    "mailto:a@b.example?p=1": {"page_path": None},
    "https://app.example/#/cart": {"page_path": "/#/cart"},
    "https://app.example/#!/cart": {"page_path": "/#!/cart"},
    "https://app.example#/": {"page_path": "/#/"},
    "https://app.example/app/?x=1#/caf%C3%A9/7?y=2": {"page_path": "/app/#/caf%C3%A9/7"},
    "https://app.example/#/cart#top": {"page_path": "/#/cart"},
    "https://app.example/#/cart:~:text=light": {"page_path": "/#/cart"},
    "/a#/b": {"page_path": "/a#/b"},
    "https://app.example/a#section": {"page_path": "/a"},
    "https://app.example/a#:~:text=a/b": {"page_path": "/a"},
    "https://app.example/a#!section": {"page_path": "/a"},
    "https://app.example/a?b=#c": {"page_path": "/a"},
    "https://WWW.Shop.example.:443/": {"page_host": "www.shop.example"},
    "https://shop.example../": {"page_host": "shop.example"},
}

# what is sent: the host
HOSTS: dict[str, str | None] = {
    "http://xn--e1afmkfd.xn--p1ai/": "пример.рф",
    "http://пример.рф/": "пример.рф",
    "http://ПРИМЕР.РФ.:80/": "пример.рф",
    "http://%D0%BF%D1%80%D0%B8%D0%BC%D0%B5%D1%80.%D1%80%D1%84/": "пример.рф",
    "https://XN--BCHER-KVA.example/": "bücher.example",
    "https://www.xn--strae-oqa.example/": "www.straße.example",
    "https://xn--ihqwcrb4cv8a8dqg056pqjye.example/": "他们为什么不说中文.example",
    "https://xn---with-super-monkeys-pc58ag80a8qai00g7n9n.example/": "安室奈美恵-with-super-monkeys.example",
    "https://xn--zckzah.xn--wgv71a119e.example/": "テスト.日本語.example",
    # What no letters come of stays: nothing to decode, a number without its end, a dot, an emoji, too long.
    "https://xn--google-.com/": "xn--google-.com",
    "https://xn--bcher-kv.example/": "xn--bcher-kv.example",
    "https://xn--a.example/": "xn--a.example",
    "https://xn--e28h.example/": "xn--e28h.example",
    "https://xn--" + "9" * 70 + ".example/": "xn--" + "9" * 70 + ".example",
    "https://good.example%2F@evil.example/": "evil.example",
    "https://good.example%2Fevil.example/": "good.example%2fevil.example",
    "android-app://com.google.android.gm/": "com.google.android.gm",
    "android-app://com.Slack/http/x": "com.Slack",
    "ios-app://544007664/youtube/watch": "544007664",
    "https://news.example./a": "news.example",
}

# (page, referrer): whether the referrer is a page of the same site
SITES: dict[tuple[str, str], bool] = {
    ("https://shop.example/b", "https://www.shop.example/a"): True,
    ("https://www.shop.example/b", "https://shop.example./a"): True,
    ("https://shop.example/b", "http://SHOP.example:443/"): True,
    ("https://www.bücher.example/", "https://xn--bcher-kva.example/"): True,
    ("https://shop.example/b", "https://blog.shop.example/"): False,
    ("https://shop.example/b", "https://www.www.shop.example/"): False,
    ("https://shop.example/b", "https://wwwshop.example/"): False,
    ("/b", "https://shop.example/"): False,
}


@pytest.fixture(scope="module")
def found() -> dict[str, Row]:
    lines = {f"query {name}": {"cs_uri_query": query} for name, (query, _) in QUERIES.items()}
    lines |= {f"page {page}": {"cs_uri_query": f"u={quote(page, safe='')}"} for page in PAGES}
    lines |= {f"referrer {url}": {"cs_uri_query": f"r={quote(url, safe='')}"} for url in HOSTS}
    lines |= {f"u={a} r={b}": {"cs_uri_query": f"u={quote(a, safe='')}&r={quote(b, safe='')}"} for a, b in SITES}
    lines["own campaign"] = {"cs_uri_query": "utm_term=x&u=https%3A%2F%2Fa.example%2F%3Futm_source%3Dnl%26utm_term%3Dy"}
    lines["empty campaign"] = {
        "cs_uri_query": "utm_term=&u=https%3A%2F%2Fa.example%2F%3Futm_source%3Dnl%26utm_term%3Dy"
    }
    lines["campaign of the header"] = {
        "cs_uri_query": "",
        "cs_referer": "https://a.example/?utm_source=nl&utm_term=a%2Fb",
    }
    return events({name: {"cs_referer": "https://blog.example/a"} | line for name, line in lines.items()})


@pytest.mark.parametrize("name", QUERIES)
def test_query(name: str, found: dict[str, Row]) -> None:
    query, expected = QUERIES[name]
    row = found[f"query {name}"]
    assert {column: row[column] for column in expected} == expected
    assert row["query"] == query


@pytest.mark.parametrize("page", PAGES)
def test_page(page: str, found: dict[str, Row]) -> None:
    row, expected = found[f"page {page}"], PAGES[page]
    assert {column: row[column] for column in expected} == expected
    assert row["page"] == page


@pytest.mark.parametrize("url", HOSTS, ids=lambda url: url[:50])
def test_referrer_host(url: str, found: dict[str, Row]) -> None:
    assert found[f"referrer {url}"]["referrer_host"] == HOSTS[url]


@pytest.mark.parametrize("urls", SITES, ids=" ".join)
def test_same_site(urls: tuple[str, str], found: dict[str, Row]) -> None:
    page, referrer = urls
    assert (found[f"u={page} r={referrer}"]["channel"] == "internal") == SITES[urls]


def test_the_page_s_campaign_counts_only_where_the_pixel_has_none(found: dict[str, Row]) -> None:
    told = {
        name: (found[name]["utm_source"], found[name]["utm_term"])
        for name in ("own campaign", "empty campaign", "campaign of the header")
    }
    assert told == {
        "own campaign": (None, "x"), "empty campaign": ("nl", "y"), "campaign of the header": ("nl", "a/b"),
    }  # fmt: skip
