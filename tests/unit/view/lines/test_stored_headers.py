# SPDX-License-Identifier: Apache-2.0
"""The view reads the headers that the aggregator stores, and no others, and tells the same from them."""

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp, parse_one

from edgepixel.template.reader import parameter_default, view_sql
from localcloud.cloudfront.log_line import encode_field
from tests.unit.view.event_view import ask, line

# How a pattern of the view begins: with the header's name at the beginning of a pair.
_PIXEL_PATH = exp.Literal.string(parameter_default("PixelPath"))
_BEGIN = re.compile(r"[(][?]i[)][(][?]:\^[|]%0A[)](?:[(][?]:([a-z|-]+)[)]|([a-z-]+)):")


@pytest.fixture
def aggregator(load_function: Callable[[str, str, str, str], SimpleNamespace]) -> SimpleNamespace:
    return load_function("aggregator", "privacy", "settings", "viewer.headers")


def patterns_of(sql: str) -> list[str]:
    """The regular expressions that are looked for in the headers. Fails for any other use of them.

    But for one: in standard logs the pixel's path pattern stands in their place.
    """
    used = [
        column
        for column in parse_one(sql, dialect="trino").find_all(exp.Column)
        if column.name in ("headers", "cs_headers") and not isinstance(column.parent, exp.Alias)
    ]
    found = []
    for column in used:
        if isinstance(column.parent, exp.EQ) and column.parent.expression == _PIXEL_PATH:
            continue
        matched = column.find_ancestor(exp.RegexpLike)
        assert matched is not None, f"headers are used otherwise: {column.parent}"
        found.append(matched.expression.name)
    return found


def names_in(pattern: str) -> set[str]:
    begin = _BEGIN.match(pattern)
    assert begin, f"the names of the headers are not the beginning of {pattern}"
    return set((begin[1] or begin[2]).split("|"))


def test_the_view_reads_the_headers_that_the_aggregator_stores(aggregator: SimpleNamespace) -> None:
    read = {name: pattern for pattern in patterns_of(view_sql()) for name in names_in(pattern)}
    assert read.keys() == {header.name for header in aggregator.viewer.headers.VIEW_HEADERS}
    for header in aggregator.viewer.headers.VIEW_HEADERS:
        for word in header.words:
            assert re.match(read[header.name], f"{header.name}:{word}")
            assert re.match(read[header.name], f"{header.name}:x%20{word}") is None or header.anywhere


HEADERS = st.tuples(
    st.sampled_from(["purpose", "X-Purpose", "Sec-Purpose", "x-moz", "Via", "Host", "X-Via", "My-Purpose", "Sec-GPC"]),
    st.lists(
        st.sampled_from(
            [
                "prefetch",
                "PRERENDER",
                "preview",
                "(CloudFront)",
                "(cloudfront",
                "1.1 d1",
                " ",
                ",",
                ";",
                '"',
                "%0A",
                "via:",
            ]
        ),
        max_size=4,
    ).map("".join),
    st.sampled_from(["%0A", "%0A", "%0a", ""]),
)


# One block for each thing that the view finds out of the headers.
FOUND = {
    "prefetch_header": [("purpose", "prefetch", "%0A")],
    "browser": [("Via", "(CloudFront)", "")],
    "datacenter_network": [],
}


@given(st.lists(st.lists(HEADERS, max_size=4), min_size=40, max_size=40))
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_view_tells_the_same_from_what_is_stored(
    aggregator: SimpleNamespace, blocks: list[list[tuple[str, str, str]]]
) -> None:
    privacy = aggregator.privacy.Privacy(("cs-headers",), aggregator.settings.IpAddresses.TRUNCATED, True)
    # From a data centre, so that a distribution in front makes a difference.
    form = line("REQUEST", asn="16509", cs_headers="HEADERS")
    sent = [
        "".join(f"{name}:{encode_field(value)}{end}" for name, value, end in block)[:800]
        for block in (*FOUND.values(), *blocks)
    ]
    lines = []
    for number, block in enumerate(sent):
        fields = [block.encode() or b"-"]
        privacy.protect(fields)
        for kind, headers in (("sent", block or "-"), ("stored", fields[0].decode())):
            lines.append(form.replace("HEADERS", headers).replace("REQUEST", f"{kind}-{number}"))
    outcome = ask("SELECT request_id, traffic_reason FROM events", lines)
    reasons = {str(request): reason for request, reason in outcome.rows}
    for number, block in enumerate(sent):
        assert reasons[f"sent-{number}"] == reasons[f"stored-{number}"], block
    assert [reasons[f"stored-{number}"] for number in range(len(FOUND))] == list(FOUND)
