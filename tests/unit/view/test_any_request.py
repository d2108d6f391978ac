# SPDX-License-Identifier: Apache-2.0
"""Whatever a viewer sends, the view gives a row; what a browser encodes comes back, but for white space around it."""

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edgepixel.answers.view.link_values import NOTHING
from edgepixel.traffic.simulation.query_and_headers import Encoder, encode_component, encode_form
from tests.unit.view.event_view import events

# Text of a URL or a header: what a lone surrogate stands for cannot be sent.
_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
_escapes = st.text(st.sampled_from("%%%0123456789abcdefABCDEFzZ+&= eutrvc-/:?#@[]."), max_size=60)
# Header lines of standard logs, and their lines with milliseconds, are for the pixel only if they say so.
_times = st.one_of(_text, st.floats().map(str), st.integers().map(str)).filter(
    lambda time: not re.match(r"#|[0-9]{13}$", time)
)
_names = st.sampled_from(("e", "u", "r", "t", "s", "i", "o", "v", "c", "utm_source", "n", "E", ""))
_queries = st.one_of(
    _text,
    _escapes,
    st.lists(st.tuples(_names, _escapes), max_size=6).map(lambda pairs: "&".join("=".join(pair) for pair in pairs)),
)
_lines = st.fixed_dictionaries(
    {},
    optional={
        "cs_uri_query": _queries,
        "cs_referer": st.one_of(_text, _escapes),
        "cs_user_agent": st.one_of(_text, _escapes),
        "cs_headers": st.one_of(_text, st.just("Sec-Purpose:prefetch\n")),
        "timestamp": _times,
        "c_ip": _text,
        "cs_host": _text,
        "sc_status": st.one_of(_text, st.integers().map(str)),
        "asn": st.one_of(_text, st.integers().map(str)),
    },
)
_parameters = {
    "e": "event", "u": "page", "r": "referrer", "t": "title", "s": "site", "i": "item", "o": "order_id",
    "utm_source": "utm_source", "utm_medium": "utm_medium", "utm_campaign": "utm_campaign", "utm_term": "utm_term",
    "utm_content": "utm_content",
}  # fmt: skip
# Unicode's White_Space, the zero width space and the byte order mark: what cannot be seen at an end.
_WHITE_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b"
_WHITE_SPACE += "\u2028\u2029\u202f\u205f\u3000\ufeff"
# A query costs far more than a line, so that an example is a batch of lines.
_profile = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@_profile
@given(st.lists(_lines, min_size=20, max_size=50))
def test_no_line_fails_the_query(lines: list[dict[str, str]]) -> None:
    found = events({str(number): fields for number, fields in enumerate(lines)})
    assert len(found) == len(lines)
    assert all(row["event"] and row["traffic"] and row["traffic_reason"] for row in found.values())


@_profile
@given(
    st.lists(
        st.tuples(
            st.dictionaries(st.sampled_from(sorted(_parameters)), _text.filter(bool)),
            st.sampled_from((encode_component, encode_form)),
        ),
        min_size=20,
        max_size=50,
    )
)
def test_what_a_browser_encodes_comes_back(sent: list[tuple[dict[str, str], Encoder]]) -> None:
    queries = ["&".join(f"{name}={encode(text)}" for name, text in pairs.items()) for pairs, encode in sent]
    found = events({str(number): {"cs_uri_query": query} for number, query in enumerate(queries)})
    for number, (pairs, _) in enumerate(sent):
        row = found[str(number)]
        expected = {column: _come_back(pairs.get(name, "")) for name, column in _parameters.items()}
        expected["event"] = expected["event"] or "view"
        assert {column: row[column] for column in expected} == expected
        assert row["query"] == (queries[number] or None)


def _come_back(text: str) -> str | None:
    text = text.strip(_WHITE_SPACE)
    return None if text in NOTHING else text or None


@_profile
@given(st.lists(_text.filter(lambda text: text not in ("", "-")), min_size=20, max_size=50))
def test_headers_come_back(texts: list[str]) -> None:
    found = events({str(n): {"cs_user_agent": text, "cs_referer": text} for n, text in enumerate(texts)})
    assert [(row["user_agent"], row["page"]) for row in found.values()] == [(text, text) for text in texts]


@_profile
@given(st.lists(st.decimals(-(10**13), 10**13, allow_nan=False, places=4), min_size=20, max_size=50))
def test_values_come_back(values: list[object]) -> None:
    found = events({str(n): {"cs_uri_query": f"v={value:f}"} for n, value in enumerate(values)})
    assert [row["value"] for row in found.values()] == [f"{value:f}".replace("-0.0000", "0.0000") for value in values]
