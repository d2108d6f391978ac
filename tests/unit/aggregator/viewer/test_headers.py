# SPDX-License-Identifier: Apache-2.0
"""Of the viewer's headers, the words of a short list are stored and nothing else, whatever the viewer sends."""

import base64
import re
from dataclasses import replace
from ipaddress import ip_address
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from localcloud.cloudfront.log_line import encode_field
from tests.fakes.client import FakeClient
from tests.unit.aggregator.raw_stream import FIELDS, event, line, lines_of

SETTINGS = ("full", "truncated", "removed")


def stored(aggregator: SimpleNamespace, block: str, ip_addresses: str = "truncated") -> str:
    """What is stored of a field `cs-headers`."""
    privacy = aggregator.privacy.Privacy(("cs-headers",), aggregator.settings.IpAddresses(ip_addresses), True)
    fields = [block.encode()]
    privacy.protect(fields)
    kept: str = fields[0].decode()
    return kept


@pytest.mark.parametrize("ip_addresses", SETTINGS)
@pytest.mark.parametrize(
    ("block", "kept"),
    [
        ("Host:a%0ASec-Purpose:prefetch%0AAccept:*/*%0A", "sec-purpose:prefetch"),
        ("Sec-Purpose:prefetch;prerender%0A", "sec-purpose:prefetch"),
        ("Sec-Purpose:prefetch;anonymous-client-ip%0A", "sec-purpose:prefetch"),
        ("purpose:%20PREFETCH%0A", "purpose:prefetch"),
        ("X-Purpose:preview%0a", "x-purpose:preview"),
        ("X-Moz:prefetch", "x-moz:prefetch"),
        ("Purpose:research%0aX-Moz:prefetch%0a", "x-moz:prefetch"),
        ("x-purpose:prerender%0D%0A", "x-purpose:prerender"),
        ("Purpose:research%0A", "-"),
        ("Purpose:pre", "-"),  # the field is cut after 800 bytes
        ("X-My-Purpose:prefetch%0A", "-"),
        ("Purpose%20:prefetch%0A", "-"),
        ("Accept:x%250APurpose:prefetch%0A", "-"),
        ("Accept:purpose:prefetch%0A", "-"),
        ("Via:1.1%20d1.cloudfront.net%20(CloudFront)%0A", "via:(CloudFront)"),
        ("via:1.1%20192.0.2.77%20(cloudfront),%201.1%20squid%0A", "via:(CloudFront)"),
        ("Via:1.1%20squid%0AX:(CloudFront)%0A", "-"),
        ("Via:1.1%20d1.cloudfront.net%20(CloudFro", "-"),
        (
            "via:(CloudFront)%0Apurpose:prefetch%0AVia:(CloudFront)%0APurpose:preview%0A",
            "via:(CloudFront)%0Apurpose:prefetch%0Apurpose:preview",
        ),
        ("x-vercel-forwarded-for:203.0.113.77%0Ax-azure-clientip:203.0.113.77%0A", "-"),
        ("x-api-key:SECRET%0ACookie:a=b%0AAuthorization:Basic%20YTpi%0AX-Geo:52.5,13.4%0A", "-"),
        ("-", "-"),
        ("", ""),
    ],
)
def test_a_listed_header_is_stored_as_its_word(
    aggregator: SimpleNamespace, block: str, kept: str, ip_addresses: str
) -> None:
    assert stored(aggregator, block, ip_addresses) == kept


CUT = "A:" + "a" * 800 + "%0AX-Forwarded-For:198.51.100.9,192.0.2.7"


@pytest.mark.parametrize(
    ("block", "kept"),
    [
        ("X-Forwarded-For:192.0.2.77%0A", "x-forwarded-for:192.0.2.77"),
        ("X-Forwarded-For:192.0.2.77,%20[2001:DB8::1%25secret]:443%0A", "x-forwarded-for:192.0.2.77,2001:db8::1"),
        ("x-forwarded-for:unknown,,token,%20192.0.2.77:80%0A", "x-forwarded-for:192.0.2.77"),
        ("X-Forwarded-For:192.0.2.77%0ASec-GPC:1%0A", "-"),
        ("X-Forwarded-For:secret%0A", "-"),
        ("X-Forwarded-For:192.0.2.7", "x-forwarded-for:192.0.2.7"),
        (CUT, "x-forwarded-for:198.51.100.9"),
        (f"{CUT}7%0", "x-forwarded-for:198.51.100.9"),
        (f"{CUT}7%0A", "x-forwarded-for:198.51.100.9,192.0.2.77"),
        ("Forwarded:for=192.0.2.77%0AX-Real-IP:192.0.2.77%0A", "-"),
    ],
)
def test_forwarded_addresses_stay_only_where_addresses_stay_full(
    aggregator: SimpleNamespace, block: str, kept: str
) -> None:
    assert stored(aggregator, block, "full") == kept
    assert stored(aggregator, block, "truncated") == stored(aggregator, block, "removed") == "-"


ADDRESSES = (
    "203.0.113.77",
    "2001:db8:5ec:7e7::77",
    "[2001:db8:5ec:7e7::77]:443",
    "::ffff:203.0.113.77",
    "203.0.113.77:80",
)
SECRET = "s3cr3t-T0ken"
_SECRETS = (SECRET, f"session={SECRET}", base64.b64encode(SECRET.encode()).decode(), SECRET.encode().hex())
_NAMES = (
    "Host", "Cookie", "Authorization", "X-Api-Key", "X-Real-IP", "x-vercel-forwarded-for", "X-Forwarded-For", "via",
    "Via", "Purpose", "sec-purpose", "X-PURPOSE", "x-moz", "x-moz-purpose", "xpurpose", "sec-gpc", "Sec-GPC", "",
    SECRET,
)  # fmt: skip
_LISTED = ("Purpose", "x-purpose", "Sec-Purpose", "X-Moz", "Via", "X-Forwarded-For", "Sec-GPC")
_SAID = ("prefetch", "PRERENDER;", " preview", "1.1 d (CloudFront)", "1", "203.0.113.77,", "2001:db8:5ec:7e7::77,")
_WORDS = ("prefetch", "prerender;x=1", " preview", "1.1 d.cloudfront.net (CloudFront)", "1", "1, 1", "0", "", "-")
_BETWEEN = ("", " ", ",", ", ", ";", "=", ":", "%0A", "%0D%0A", "\n", "\r\n ", "%250A", "%", "%0", "(CloudFront)", "é")
_ENDS = ("%0A", "%0A", "%0A", "%0a", "%0D%0A", "%0A%20", "%250A", "%0A%0A", "")
_ENCODINGS = (
    encode_field,
    lambda text: encode_field(encode_field(text)),
    lambda text: re.sub("%[0-9A-F]{2}", lambda escape: escape[0].lower(), encode_field(text)),
    lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    lambda text: quote(quote(text)),
    lambda text: re.sub(r"[\r\n]", "", text),
)


@st.composite
def blocks(draw: st.DrawFn) -> str:
    """A field `cs-headers` of any headers, in any encoding, perhaps cut."""
    pieces = st.sampled_from((*ADDRESSES, *_SECRETS, *_WORDS, *_BETWEEN))
    rest = st.lists(pieces | st.text(max_size=6) | st.ip_addresses().map(str), max_size=4).map("".join)
    ends = st.sampled_from(_ENDS)
    anything = st.tuples(st.sampled_from(_NAMES) | st.text(max_size=6), rest, st.sampled_from(_ENCODINGS), ends)
    listed = st.tuples(
        st.sampled_from(_LISTED), st.tuples(st.sampled_from(_SAID), rest).map("".join), st.just(encode_field), ends
    )
    made = draw(st.lists(listed | anything, max_size=6))
    block = "".join(encode_field(name) + ":" + encoding(value) + end for name, value, encoding, end in made)
    block = re.sub(r"[\t\r\n]", "", block)
    filled = draw(st.sampled_from(("", "Accept:" + "x" * 700 + "%0A")))
    return (filled + block)[: draw(st.sampled_from((800, 800, len(block), max(0, len(block) - 1), 40)))] or "-"


# Written out, not taken from the aggregator: this is the promise of docs/privacy.md.
_STORED = re.compile(
    r"(?:x-|sec-)?purpose:(?:prefetch|prerender|preview)|x-moz:(?:prefetch|prerender|preview)|via:[(]CloudFront[)]"
)


def assert_harmless(kept: str, ip_addresses: str) -> None:
    """Nothing but words of the list and, with full addresses, addresses by name."""
    if kept == "-":
        return
    for pair in kept.split("%0A"):
        name, _, value = pair.partition(":")
        if name == "x-forwarded-for" and ip_addresses == "full":
            assert all(ip_address(part) for part in value.split(","))
        else:
            assert _STORED.fullmatch(pair), pair


@given(blocks(), st.sampled_from(SETTINGS))
@example("Host:a%0ASec-Purpose:prefetch%0ACookie:s3cr3t-T0ken%0A", "full")
@example("x-forwarded-for:fe80::1%25s3cr3t-T0ken%0A", "full")
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=500, deadline=None
)
def test_whatever_the_viewer_sends_only_words_of_the_list_are_stored(
    aggregator: SimpleNamespace, block: str, ip_addresses: str
) -> None:
    kept = stored(aggregator, block, ip_addresses)
    assert_harmless(kept, ip_addresses)
    assert 0 < len(kept) <= len(block)
    if len(kept) < 800:  # a longer one counts as cut
        assert stored(aggregator, kept, ip_addresses) == kept  # nothing is left to take out


@given(st.lists(blocks(), min_size=1, max_size=4), st.sampled_from(SETTINGS))
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=150, deadline=None
)
def test_nothing_else_gets_into_the_aggregated_stream(
    aggregator: SimpleNamespace, kinesis: FakeClient, sent: list[str], ip_addresses: str
) -> None:
    """The handler's own way: one line a record and many, the fast path and the other."""
    app = aggregator.app
    chosen = replace(app.settings, ip_addresses=aggregator.settings.IpAddresses(ip_addresses))
    configured = aggregator.batch.Aggregator(chosen, app.aggregator._stream, app.aggregator._quarantine)
    made = [line(number, headers=block) for number, block in enumerate(sent)]
    kinesis.service.taken.clear()
    batch = event(*(one + b"\n" for one in made), b"\n".join(made))
    outcome = configured.aggregate(batch["Records"], lambda: 60_000)
    assert (outcome.lines_out, outcome.first_unsent) == (2 * len(sent), None)
    out = lines_of(kinesis.service.taken)
    assert out[: len(sent)] == out[len(sent) :]
    for one in out:
        assert_harmless(one.split(b"\t")[FIELDS.index("cs-headers")].decode(), ip_addresses)
        assert not any(secret.encode() in one for secret in _SECRETS)
        assert ip_addresses == "full" or not any(address.encode() in one for address in ADDRESSES)
