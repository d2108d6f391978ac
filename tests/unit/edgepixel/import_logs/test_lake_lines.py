# SPDX-License-Identifier: Apache-2.0
"""Lines of the lake from rows of standard logs."""

from collections.abc import Sequence
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgepixel.import_logs.lake_lines import LakeLine, LakeLines
from edgepixel.import_logs.log_rows import BadRowError, Row, field_names
from edgepixel.import_logs.viewer_privacy import protection
from edgepixel.import_logs.wanted_requests import PageRequests, PixelRequests, Wanted
from edgepixel.template.reader import log_fields
from localcloud.cloudfront.log_line import format_line
from tests.unit.edgepixel.import_logs.standard_logs import LEGACY_FIELDS, USUAL, Request, encoded

FIELDS = log_fields()
LOG_DATA = "viewer-request-log-data"
NOON_HOUR = 1740787200 // 3600 + 12  # 2025-03-01 12:00 UTC
V2_FIELDS = [*LEGACY_FIELDS, "timestamp(ms)", "c-country", "asn", "cache-behavior-path-pattern"]


def made(
    request: Request,
    fields: Sequence[str] = LEGACY_FIELDS,
    ip_addresses: str = "truncated",
    wanted: Wanted | None = None,
) -> LakeLine:
    return made_of([value.encode() for value in encoded(request, fields)], fields, ip_addresses, wanted)


def made_of(
    values: list[bytes],
    fields: Sequence[str] = LEGACY_FIELDS,
    ip_addresses: str = "truncated",
    wanted: Wanted | None = None,
) -> LakeLine:
    lines = LakeLines(FIELDS, wanted or PixelRequests("/pixel.gif"), protection(FIELDS, ip_addresses, True))
    line = lines.line(Row(3, field_names(",".join(fields)), values))
    assert line is not None
    return line


def by_field(line: LakeLine) -> dict[str, str]:
    return dict(zip(FIELDS, line.text.decode().removesuffix("\n").split("\t"), strict=True))


def test_a_line_is_as_the_real_time_log_would_have_it() -> None:
    request = {**USUAL, "timestamp(ms)": "1740832259123", "c-country": "DE", "asn": "64496", "cs-uri-query": "e=a b"}
    expected = {
        "timestamp": "1740832259.123",
        "c-ip": "203.0.113.0",
        "cs-host": "www.example.org",  # what the viewer asked for
        "cs-user-agent": USUAL["cs(User-Agent)"],
        **{name: request[name] for name in request if name in FIELDS and name != "c-ip"},
    }
    line = made(request, V2_FIELDS)
    assert line == (NOON_HOUR, format_line(expected, FIELDS).encode())


def test_date_and_time_are_utc_and_have_no_milliseconds() -> None:
    line = made({})
    assert (line.hour, by_field(line)["timestamp"]) == (NOON_HOUR, "1740832259.000")


def test_without_the_viewer_s_host_the_distribution_s_name_is_logged() -> None:
    assert by_field(made({"x-host-header": ""}))["cs-host"] == "d111111abcdef8.cloudfront.net"
    fields = [name for name in LEGACY_FIELDS if name != "x-host-header"]
    assert by_field(made({}, fields))["cs-host"] == "d111111abcdef8.cloudfront.net"


@pytest.mark.parametrize(
    ("ip_addresses", "address", "stored"),
    [
        ("truncated", "2001:db8:1:2::3", "2001:db8:1::"),
        ("truncated", "::ffff:203.0.113.77", "203.0.113.0"),
        ("truncated", "nonsense", "-"),
        ("removed", "203.0.113.77", "-"),
        ("full", "203.0.113.77", "203.0.113.77"),
    ],
)
def test_addresses_are_stored_as_the_stack_stores_them(ip_addresses: str, address: str, stored: str) -> None:
    assert by_field(made({"c-ip": address}, ip_addresses=ip_addresses))["c-ip"] == stored


def test_what_the_pixel_s_function_said_is_protected_too() -> None:
    def stored(text: str, ip_addresses: str = "truncated") -> tuple[str, str]:
        line = by_field(made({LOG_DATA: text}, [*LEGACY_FIELDS, LOG_DATA], ip_addresses))
        return line["c-ip"], unquote(line[LOG_DATA])

    assert stored("v=1&a=203.0.113.0&l=de") == ("203.0.113.0", "v=1&a=203.0.113.0&l=de")
    assert stored("v=1&a=203.0.113.0&l=de", "removed") == ("-", "v=1&l=de")
    assert stored("v=1&g=1") == ("-", "v=1&g=1")
    assert "secret" not in stored("secret of another function")[1]


def test_neither_cookies_nor_other_addresses_are_stored() -> None:
    line = made({"cs(Cookie)": "secret=1", "x-forwarded-for": "198.51.100.9"}, ip_addresses="full")
    assert b"secret" not in line.text
    assert b"198.51.100" not in line.text


def test_an_agent_that_was_encoded_twice_is_encoded_once() -> None:
    values = [value.encode() for value in encoded({}, LEGACY_FIELDS)]
    place = LEGACY_FIELDS.index("cs(User-Agent)")
    once = values[place]
    values[place] = once.replace(b"%", b"%25")
    assert by_field(made_of(values))["cs-user-agent"] == once.decode()


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (b"Mozilla/5.0 (X11) 100%", b"Mozilla/5.0%20(X11)%20100%25"),  # not encoded at all
        ("ä\t%20".encode(), b"%C3%A4%09%2520"),
        (b"\xff\x00", b"%FF%00"),
        (b"it's%20[1]", b"it%27s%20%5B1%5D"),  # encoded by a shorter list
        (b"a\tb", b"a%09b"),
        (b"", b"-"),
    ],
)
def test_what_json_and_parquet_have_unencoded_is_encoded(value: bytes, stored: bytes) -> None:
    values = [value.encode() for value in encoded({}, LEGACY_FIELDS)]
    values[LEGACY_FIELDS.index("cs(User-Agent)")] = value
    assert by_field(made_of(values))["cs-user-agent"] == stored.decode()


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        ({"date": "2025-02-29"}, "date and time are none"),
        ({"date": "1.3.2025"}, "not like"),
        ({"time": "25:00:00"}, "date and time are none"),
        ({"date": "1999-01-01"}, "before CloudFront"),
        ({"date": "2100-01-01"}, "after 2100"),
    ],
)
def test_a_time_that_is_none_is_a_bad_row(request_: Request, reason: str) -> None:
    with pytest.raises(BadRowError, match=reason):
        made(request_)


@pytest.mark.parametrize("milliseconds", ["-", "1740832259", "1e12", "99999999999999", "999999999999"])
def test_milliseconds_that_are_none_are_a_bad_row(milliseconds: str) -> None:
    with pytest.raises(BadRowError):
        made({"timestamp(ms)": milliseconds}, V2_FIELDS)


def test_a_log_without_a_time_is_refused() -> None:
    with pytest.raises(BadRowError, match="neither timestamp"):
        made({}, [name for name in LEGACY_FIELDS if name != "date"])


def test_a_request_without_id_gets_the_same_one_wherever_it_is_found() -> None:
    older = LEGACY_FIELDS[:12]
    ids = [by_field(made(request, older))["x-edge-request-id"] for request in ({}, {}, {"cs-uri-query": "a"})]
    assert ids[0] == ids[1] != ids[2]
    assert by_field(made({"x-edge-request-id": ""}))["x-edge-request-id"].startswith("import-")
    # Nobody can try all addresses to find the one that makes the id.
    assert by_field(made({"c-ip": "203.0.113.1"}, older)) == by_field(made({"c-ip": "203.0.113.2"}, older))


_VALUES = st.text(st.characters(codec="utf-8"), max_size=40)


@given(query=_VALUES, agent=_VALUES, referer=_VALUES, host=_VALUES, address=_VALUES)
def test_whatever_a_viewer_sends_is_stored_in_its_field(
    query: str, agent: str, referer: str, host: str, address: str
) -> None:
    sent = {"cs-uri-query": query, "cs(User-Agent)": agent, "cs(Referer)": referer, "x-host-header": host}
    stored = by_field(made({**sent, "cs(Host)": "", "c-ip": address}))
    for name, field in (("cs-uri-query",) * 2, ("cs(Referer)", "cs-referer"), ("x-host-header", "cs-host")):
        assert stored[field] == ("-" if sent[name] in ("", "-") else stored[field])
        assert unquote(stored[field], errors="surrogateescape") == (sent[name] or "-")
    if "%" not in agent:  # else it may look as if it was encoded twice
        assert unquote(stored["cs-user-agent"], errors="surrogateescape") == (agent or "-")


@given(path=_VALUES.map(lambda text: f"/{text}"), query=_VALUES, referer=_VALUES)
def test_whatever_page_is_requested_its_line_is_one_line(path: str, query: str, referer: str) -> None:
    request = {
        "cs-uri-stem": path, "cs-uri-query": query, "cs(Referer)": referer, "sc-content-type": "text/html",
    }  # fmt: skip
    stored = by_field(made(request, wanted=PageRequests("a&b")))
    said = dict(pair.split("=", 1) for pair in unquote(stored["cs-uri-query"]).split("&"))
    assert unquote(said["s"]) == "a&b"
    assert unquote(said.get("r", "")) == ("" if referer == "-" else referer)
