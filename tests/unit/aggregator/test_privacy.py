# SPDX-License-Identifier: Apache-2.0
"""Addresses and credentials do not get past the aggregator."""

from ipaddress import IPv4Address, IPv6Address
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

FIELDS = ("timestamp", "c-ip", "cs-headers", "asn")


def protect(
    aggregator: SimpleNamespace,
    headers: str,
    address: str = "192.0.2.77",
    ip_addresses: str = "truncated",
    gpc: bool = True,
) -> tuple[str, str]:
    """The address and the headers that stay."""
    privacy = aggregator.privacy.Privacy(FIELDS, aggregator.settings.IpAddresses(ip_addresses), gpc)
    fields = [b"1773480413.123", address.encode(), headers.encode(), b"64496"]
    privacy.protect(fields)
    assert (fields[0], fields[3]) == (b"1773480413.123", b"64496")
    return fields[1].decode(), fields[2].decode()


@pytest.mark.parametrize(
    ("address", "truncated"),
    [
        ("192.0.2.77", "192.0.2.0"),
        ("255.255.255.255", "255.255.255.0"),
        ("192.0.2.77:8080", "192.0.2.0"),
        ("2001:db8:1234:5678::9", "2001:db8:1234::"),
        ("2001:DB8:1234:5678:9:a:b:c", "2001:db8:1234::"),
        ("[2001:db8:1234:5678::9]", "2001:db8:1234::"),
        ("[2001:db8:1234:5678::9]:443", "2001:db8:1234::"),
        ("::1", "::"),
        ("fe80::1%eth0", "fe80::"),
        ("::ffff:192.0.2.77", "192.0.2.0"),
        ("[::ffff:192.0.2.77]:80", "192.0.2.0"),
        ("::ffff:c000:24d", "192.0.2.0"),
        ("2002:c000:024d:1::1", "2002:c000:200::"),  # 6to4 of 192.0.2.77
        ("-", "-"),
        ("", "-"),
        ("unknown", "-"),
        ("192.0.2.256", "-"),
        ("192.0.2.077", "-"),
        ("192.0.2", "-"),
        ("192.0.2.77.1", "-"),
        ("192.0.2.77\n", "-"),
        ("2001:db8", "-"),
        ("é", "-"),
    ],
)
def test_an_address_is_cut_to_its_network(aggregator: SimpleNamespace, address: str, truncated: str) -> None:
    assert aggregator.viewer.addresses.truncate(address.encode()) == truncated.encode()


@given(st.ip_addresses(v=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_only_24_bits_of_an_ipv4_address_stay(aggregator: SimpleNamespace, address: IPv4Address) -> None:
    kept = IPv4Address(aggregator.viewer.addresses.truncate(str(address).encode()).decode())
    assert int(kept) == int(address) & 0xFFFFFF00


@given(st.ip_addresses(v=6))
@example(IPv6Address("2002:c000:024d::"))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_at_most_48_bits_of_an_ipv6_address_stay(aggregator: SimpleNamespace, address: IPv6Address) -> None:
    truncated = aggregator.viewer.addresses.truncate(str(address).encode())
    assert len(truncated) <= len(str(address))
    if address.ipv4_mapped is None:
        bits = 40 if address.sixtofour else 48
        assert int(IPv6Address(truncated.decode())) == int(address) >> (128 - bits) << (128 - bits)


@given(st.ip_addresses())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_a_whole_address_is_itself(aggregator: SimpleNamespace, address: IPv4Address | IPv6Address) -> None:
    text = str(address)
    for sent in (text, f"[{text}]:443" if address.version == 6 else f"{text}:443", text.upper()):
        assert aggregator.viewer.addresses.whole(sent.encode()).decode() == text
    assert aggregator.viewer.addresses.whole(f"{text}x".encode()) == b"-"


def test_a_zone_is_no_part_of_an_address(aggregator: SimpleNamespace) -> None:
    assert aggregator.viewer.addresses.whole(b"fe80::1%secret") == b"fe80::1"


@pytest.mark.parametrize(
    ("ip_addresses", "kept"), [("full", "192.0.2.77"), ("truncated", "192.0.2.0"), ("removed", "-")]
)
def test_the_setting_decides_about_the_viewer_s_address(
    aggregator: SimpleNamespace, ip_addresses: str, kept: str
) -> None:
    assert protect(aggregator, "Host:a%0A", ip_addresses=ip_addresses) == (kept, "-")


@pytest.mark.parametrize("ip_addresses", ["full", "truncated", "removed"])
@pytest.mark.parametrize("headers", ["/pixel.gif", "Sec-GPC:1%0A"])
@pytest.mark.parametrize("time", ["0.001", "0.0", "12.5", "9999.999"])
def test_a_time_in_the_place_of_the_address_is_none_and_stays(
    aggregator: SimpleNamespace, ip_addresses: str, headers: str, time: str
) -> None:
    assert protect(aggregator, headers, time, ip_addresses) == (time, "-")


@pytest.mark.parametrize("odd", ["1.2.3", "0.001 ", "0", ".5", "99999.1", "0.0000001", "0.001,192.0.2.77", "1e-3"])
def test_what_is_neither_an_address_nor_a_time_is_not_stored(aggregator: SimpleNamespace, odd: str) -> None:
    kept, _ = protect(aggregator, "-", odd)
    assert set(kept.split(",")) <= {"-", "192.0.2.0"}


@pytest.mark.parametrize("ip_addresses", ["full", "truncated", "removed"])
@pytest.mark.parametrize("gpc", [True, False])
@pytest.mark.parametrize("header", ["Sec-GPC:1", "sec-gpc:1", "SEC-GPC:%201%20", "sec-gpc:1,%201", "Sec-GPC:1%0D"])
def test_global_privacy_control_removes_all_addresses_whatever_the_setting(
    aggregator: SimpleNamespace, ip_addresses: str, gpc: bool, header: str
) -> None:
    headers = f"Host:a%0AX-Forwarded-For:192.0.2.77%0AX-Real-IP:192.0.2.77%0A{header}%0A"
    address, kept = protect(aggregator, headers, ip_addresses=ip_addresses, gpc=gpc)
    if gpc:
        assert (address, kept) == ("-", "-")
    else:
        assert address == {"full": "192.0.2.77", "truncated": "192.0.2.0", "removed": "-"}[ip_addresses]


@pytest.mark.parametrize(
    "headers",
    ["Sec-GPC:0%0A", "Sec-GPC:%0A", "Sec-GPC:11%0A", "X-Sec-GPC:1%0A", "Accept:a%250ASec-GPC:1%0A", "Sec-GPC", "-", ""],
)
def test_only_the_header_itself_asks_for_privacy(aggregator: SimpleNamespace, headers: str) -> None:
    assert protect(aggregator, headers, ip_addresses="full") == ("192.0.2.77", "-" if headers else "")


def test_a_line_that_lacks_the_last_fields_is_protected_too(aggregator: SimpleNamespace) -> None:
    fields = ("timestamp", "c-ip", "asn", "cs-headers", "x-forwarded-for")
    privacy = aggregator.privacy.Privacy(fields, aggregator.settings.IpAddresses.TRUNCATED, True)
    older = [b"1773480413.123", b"192.0.2.77", b"64496"]
    privacy.protect(older)
    assert older == [b"1773480413.123", b"192.0.2.0", b"64496"]


@pytest.mark.parametrize(
    ("ip_addresses", "kept"),
    [
        ("full", b"192.0.2.77,198.51.100.9,-"),
        ("truncated", b"192.0.2.0,198.51.100.0,-"),
        ("removed", b"-,-,-"),
    ],
)
def test_the_log_field_of_forwarded_addresses_is_masked_too(
    aggregator: SimpleNamespace, ip_addresses: str, kept: bytes
) -> None:
    privacy = aggregator.privacy.Privacy(
        ("timestamp", "c-ip", "x-forwarded-for"), aggregator.settings.IpAddresses(ip_addresses), False
    )
    fields = [b"1773480413.123", b"-", b"192.0.2.77,%20198.51.100.9,secret"]
    privacy.protect(fields)
    assert fields[2] == kept
