# SPDX-License-Identifier: Apache-2.0
"""Columns that come from the query string: two layers of percent-encoding, and whatever else people send."""

from urllib.parse import quote

import pytest

from tests.unit.view.event_view import Row, events

_KILOBYTES = "ä&=%+" * 1000

# name: (the query string as the viewer sent it, what the columns must be)
QUERIES: dict[str, tuple[str, Row]] = {
    "nothing": ("", {"query": None, "event": "view", "page": None, "title": None, "value": None}),
    "no pairs": ("&&==&", {"query": "&&==&", "event": "view", "title": None}),
    "encoded once": ("t=Caf%C3%A9%20%E2%82%AC", {"title": "Café €"}),
    "encoded twice by the page": ("t=Caf%25C3%25A9", {"title": "Caf%C3%A9"}),
    "not encoded": ("t=a b<c>\"d\"|e^f`g{h}\\i~j'k[l]", {"title": "a b<c>\"d\"|e^f`g{h}\\i~j'k[l]"}),
    "plus is a space": ("t=a+b%2Bc", {"title": "a b+c", "query": "t=a+b%2Bc"}),
    "lower case hex": ("t=%c3%a9%2f", {"title": "é/"}),
    "lone percent": ("t=100%", {"title": "100%"}),
    "percent and a digit": ("t=a%2", {"title": "a%2"}),
    "percent and letters": ("t=%ZZ%20", {"title": "%ZZ"}),
    "a chain of %25": ("t=%25%25%2525", {"title": "%%%25"}),
    "old escape()": ("t=%u20AC", {"title": "%u20AC"}),
    "a broken escape elsewhere": ("e=cart&x=%&t=ok%21", {"event": "cart", "title": "ok!"}),
    "bytes that are no UTF-8": ("t=%FF%C3%28", {"title": "\ufffd\ufffd("}),
    "a character cut off": ("t=a%E2%82", {"title": "a\ufffd"}),
    "a surrogate": ("t=%ED%A0%80x", {"title": "\ufffdx"}),
    "NUL and newline": ("t=a%00b%0Ac%09d", {"title": "a\x00b\nc\td"}),
    "beyond the BMP": ("t=%F0%9F%9B%92", {"title": "🛒"}),
    "empty": ("e=&t=&s=&i=&o=&v=&c=&u=&r=", {
        "event": "view", "title": None, "site": None, "item": None, "order_id": None, "value": None, "currency": None,
        "page": None, "referrer": None,
    }),
    "no equals sign": ("e&t", {"event": "view", "title": None}),
    "equals signs in the value": ("i=a=b==", {"item": "a=b=="}),
    "twice: the first": ("t=one&t=two&e=cart&e=purchase", {"title": "one", "event": "cart"}),
    "twice, the first empty": ("t=&t=two&e=&e=cart", {"title": None, "event": "view"}),
    "names that end in a name": ("ue=1&xu=2&author=3&utm_source_x=4&at=5", {
        "event": "view", "page": None, "referrer": None, "utm_source": None, "title": None,
    }),
    "names are case-sensitive": ("E=cart&T=x&UTM_SOURCE=y", {"event": "view", "title": None, "utm_source": None}),
    "names are not decoded": ("%65=cart", {"event": "view"}),
    "all names": ("e=cart&u=https://a.example/&r=https://b.example/&t=T&s=S&i=I&o=O&v=1&c=EUR&n=9", {
        "event": "cart", "page": "https://a.example/", "referrer": "https://b.example/", "title": "T", "site": "S",
        "item": "I", "order_id": "O", "value": "1.0000", "currency": "EUR",
    }),
    "campaign": ("utm_source=a+b&utm_medium=%C3%A9&utm_campaign=c%26d&utm_term=%&utm_content=", {
        "utm_source": "a b", "utm_medium": "é", "utm_campaign": "c&d", "utm_term": "%", "utm_content": None,
    }),
    "an address that was not encoded": ("u=https://a.example/?x=1&e=cart", {
        "page": "https://a.example/?x=1", "event": "cart",
    }),
    "kilobytes": (f"t={quote(_KILOBYTES)}&s=S", {"title": _KILOBYTES, "site": "S"}),
    "a dash": ("t=-&i=%2D", {"title": "-", "item": "-"}),
}  # fmt: skip


@pytest.fixture(scope="module")
def found() -> dict[str, Row]:
    sent = {f"query {name}": query for name, (query, _) in QUERIES.items()}
    return events({name: {"cs_uri_query": query} for name, query in sent.items()})


@pytest.mark.parametrize("name", QUERIES)
def test_query_string(name: str, found: dict[str, Row]) -> None:
    row, expected = found[f"query {name}"], QUERIES[name][1]
    assert {column: row[column] for column in expected} == expected
