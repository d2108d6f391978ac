# SPDX-License-Identifier: Apache-2.0
"""The fast path gives what handling it field by field gives, and is really taken."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.unit.aggregator.raw_stream import FIELDS, line
from tests.unit.aggregator.viewer.log_data import ORDINARY_LOG_DATA, WRITINGS

SETTINGS = ("full", "truncated", "removed")
LONGEST_BYTES = 1000


def fast_path(aggregator: SimpleNamespace, fields: tuple[str, ...], ip_addresses: str, record: bytes) -> bytes | None:
    privacy = aggregator.privacy.Privacy(fields, aggregator.settings.IpAddresses(ip_addresses), True)
    stored: bytes | None = aggregator.fast_path.FastPath(fields, privacy, LONGEST_BYTES).line(record)
    return stored


def field_by_field(
    aggregator: SimpleNamespace, fields: tuple[str, ...], ip_addresses: str, record: bytes
) -> list[bytes]:
    """The lines that are stored, and what is rejected as it came."""
    check = aggregator.log_lines.LineCheck(fields, LONGEST_BYTES)
    privacy = aggregator.privacy.Privacy(fields, aggregator.settings.IpAddresses(ip_addresses), True)
    stored = []
    for text in aggregator.log_lines.split_record(record):
        try:
            values = check.fields(text)
        except aggregator.quarantine.Rejected:
            return []
        privacy.protect(values)
        stored.append(b"\t".join(values))
    return stored


@pytest.mark.parametrize("ip_addresses", SETTINGS)
@pytest.mark.parametrize("address", ["198.51.100.77", "2001:db8:1:2::3", "::ffff:1.2.3.4", "999.1.1.1", "2001:db8"])
def test_an_ordinary_record_takes_the_fast_path(aggregator: SimpleNamespace, ip_addresses: str, address: str) -> None:
    record = line(address=address, headers="Host:a%0AAccept:*/*%0A%0A-%0a") + b"\n"
    if "." in address and ":" in address:
        assert fast_path(aggregator, FIELDS, ip_addresses, record) is None  # rare, and both kinds at once
    else:
        assert [fast_path(aggregator, FIELDS, ip_addresses, record)] == field_by_field(
            aggregator, FIELDS, ip_addresses, record
        )


@pytest.mark.parametrize("ip_addresses", SETTINGS)
@pytest.mark.parametrize(
    "headers",
    ["Sec-GPC:1%0A", "Host:a%0aSEC-GPC:1%0A", "Host:a%0AVia:(CloudFront)%0APurpose:prefetch%0A", "Cookie:a%0A", ""],
)
def test_headers_do_not_matter(aggregator: SimpleNamespace, ip_addresses: str, headers: str) -> None:
    record = line(address="198.51.100.77", headers=headers) + b"\n"
    stored = fast_path(aggregator, FIELDS, ip_addresses, record)
    assert [stored] == field_by_field(aggregator, FIELDS, ip_addresses, record)


@pytest.mark.parametrize("write", WRITINGS)
@pytest.mark.parametrize("data", ORDINARY_LOG_DATA)
def test_what_the_edge_function_writes_takes_the_fast_path(
    aggregator: SimpleNamespace, data: str, write: Callable[[str], str]
) -> None:
    record = line(address="0.001", headers="/pixel.gif", log_data=write(data)) + b"\n"
    stored = fast_path(aggregator, FIELDS, "truncated", record)
    assert stored is not None
    assert [stored] == field_by_field(aggregator, FIELDS, "truncated", record)
    assert stored.split(b"\t")[-1] == write(data).encode()


@pytest.mark.parametrize(
    "record",
    [
        line(),
        line() + b"\r\n",
        line() + b"\n\n",
        line() + b"\n" + line() + b"\n",
        b"\n",
        b"",
        line().replace(b"\t-", b"\t\n", 1) + b"\n",
        line().replace(b"\t-", b"\t\r", 1) + b"\n",
        line(query="e=\xfc") + b"\n",
        line(query="e" * LONGEST_BYTES) + b"\n",
        line(address="-") + b"\n",
        line().replace(b"1773480413", b"1577836800") + b"\n",  # a log line, but not one of these years
        line().rpartition(b"\t")[0] + b"\n",
        line() + b"\t-\n",
    ],
)
def test_whatever_is_not_ordinary_takes_the_field_by_field(aggregator: SimpleNamespace, record: bytes) -> None:
    assert fast_path(aggregator, FIELDS, "truncated", record) is None


VALUE = st.text(st.sampled_from("a1.:-%0Aacookie\t\n\ré"), max_size=8) | st.sampled_from(
    [
        "Cookie:a",
        "%0ASec-GPC:1",
        "sec-gpc:1,%201",
        "%0aX-Real-IP:192.0.2.1%0A",
        "Via:x%20(CloudFront)%0Aa:b",
        "Host:a%0Ax-forwarded-for:192.0.2.1,192.0.2.2%0A",
        "purpose:prefetch%0APurpose:preview%0ASec-GPC:1",
        "x-moz:pre",
    ]
)
ADDRESS = st.ip_addresses().map(str) | st.sampled_from(["0.001", "12.000", "0.001.1", "0.0011111"]) | VALUE
LOG_DATA = st.sampled_from(ORDINARY_LOG_DATA).flatmap(
    lambda data: st.sampled_from([data, *(write(data) for write in WRITINGS), data[:-1], f"{data}&x=1"])
)
TIMESTAMP = st.sampled_from(["1773480413.123", "1773480413", "1600000000.0", "3999999999.9"]) | VALUE
FIELD_SETS = st.sampled_from(
    [
        ("timestamp", "c-ip", "cs-headers", "asn"),
        ("timestamp", "asn", "cs-headers"),
        ("c-ip", "x-forwarded-for", "timestamp"),
        ("asn", "c-ip", "timestamp"),
        ("cs-headers", "timestamp", "c-ip"),
        ("timestamp", "c-ip", "cs-headers", "viewer-request-log-data"),
        ("timestamp", "viewer-request-log-data", "c-ip"),
    ]
)


@st.composite
def records(draw: st.DrawFn) -> tuple[tuple[str, ...], bytes]:
    """Log fields, and a record of them that may be broken in one field or in its end."""
    fields = draw(FIELD_SETS)
    ordinary = {"timestamp": "1773480413.123", "c-ip": "192.0.2.77", "cs-headers": "Host:a%0A"}
    hostile = {"timestamp": TIMESTAMP, "c-ip": ADDRESS, "viewer-request-log-data": LOG_DATA | VALUE}
    odd = draw(st.sets(st.sampled_from(fields), max_size=2))
    values = [draw(hostile.get(name, VALUE)) if name in odd else ordinary.get(name, "-") for name in fields]
    more = draw(st.sampled_from(["", "", "\t", "\t192.0.2.77", "\tCookie:a\t-"]))
    return fields, ("\t".join(values) + more + draw(st.sampled_from(["\n", "", "\r\n", "\n\n"]))).encode()


@given(records(), st.sampled_from(SETTINGS))
@example((("c-ip", "x-forwarded-for", "timestamp"), b"192.0.2.77\t-\t1773480413.123\n"), "truncated")
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=400, deadline=None
)
def test_the_fast_path_never_gives_anything_else(
    aggregator: SimpleNamespace, made: tuple[tuple[str, ...], bytes], ip_addresses: str
) -> None:
    fields, record = made
    stored = fast_path(aggregator, fields, ip_addresses, record)
    assert stored is None or [stored] == field_by_field(aggregator, fields, ip_addresses, record)
