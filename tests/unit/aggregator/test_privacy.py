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
    assert aggregator.addresses.truncate(address.encode()) == truncated.encode()


@given(st.ip_addresses(v=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_only_24_bits_of_an_ipv4_address_stay(aggregator: SimpleNamespace, address: IPv4Address) -> None:
    kept = IPv4Address(aggregator.addresses.truncate(str(address).encode()).decode())
    assert int(kept) == int(address) & 0xFFFFFF00


@given(st.ip_addresses(v=6))
@example(IPv6Address("2002:c000:024d::"))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_at_most_48_bits_of_an_ipv6_address_stay(aggregator: SimpleNamespace, address: IPv6Address) -> None:
    truncated = aggregator.addresses.truncate(str(address).encode())
    assert len(truncated) <= len(str(address))
    if address.ipv4_mapped is None:
        bits = 40 if address.sixtofour else 48
        assert int(IPv6Address(truncated.decode())) == int(address) >> (128 - bits) << (128 - bits)


@pytest.mark.parametrize(
    ("ip_addresses", "kept"), [("full", "192.0.2.77"), ("truncated", "192.0.2.0"), ("removed", "-")]
)
def test_the_setting_decides_about_the_viewer_s_address(
    aggregator: SimpleNamespace, ip_addresses: str, kept: str
) -> None:
    assert protect(aggregator, "Host:a%0A", ip_addresses=ip_addresses) == (kept, "Host:a%0A")


@pytest.mark.parametrize(
    ("headers", "kept"),
    [
        ("Host:a%0AX-Forwarded-For:192.0.2.77%0AAccept:*/*%0A", "Host:a%0AX-Forwarded-For:192.0.2.0%0AAccept:*/*%0A"),
        ("x-forwarded-for:192.0.2.77,%20198.51.100.9%0A", "x-forwarded-for:192.0.2.0,198.51.100.0%0A"),
        ("X-FORWARDED-FOR:192.0.2.77:80,2001:db8:1:2::3%0A", "X-FORWARDED-FOR:192.0.2.0,2001:db8:1::%0A"),
        ("X-Forwarded-For:%5B2001:db8:1:2::3%5D:443%0A", "X-Forwarded-For:2001:db8:1::%0A"),
        ("X-Forwarded-For:%20192.0.2.77%20%0A", "X-Forwarded-For:192.0.2.0%0A"),
        ("X-Forwarded-For:unknown,,_hidden%0A", "X-Forwarded-For:-,-%0A"),
        ("X-Forwarded-For:192.0.2.77%250AX%0A", "X-Forwarded-For:-%0A"),
        ("X-Forwarded-For:192.0.2.7", "X-Forwarded-For:192.0.2.0"),  # the field is cut after 800 bytes
        ("X-Forwarded-For:192.0.2", "X-Forwarded-For:-"),
        ("X-Forwarded-For:%0A", "X-Forwarded-For:%0A"),
        ("Host:a%0aX-Forwarded-For:192.0.2.77%0A", "Host:a%0AX-Forwarded-For:192.0.2.0%0A"),
        ("X-Forwarded-For:192.0.2.77%0AX-Forwarded-For:192.0.2.78%0A", "X-Forwarded-For:192.0.2.0%0A" * 2),
    ],
)
def test_every_forwarded_address_is_cut(aggregator: SimpleNamespace, headers: str, kept: str) -> None:
    assert protect(aggregator, headers) == ("192.0.2.0", kept)


def test_forwarded_addresses_are_removed_where_addresses_are(aggregator: SimpleNamespace) -> None:
    headers = "Host:a%0AX-Forwarded-For:192.0.2.77,%20198.51.100.9%0A"
    assert protect(aggregator, headers, ip_addresses="removed") == ("-", "Host:a%0AX-Forwarded-For:-,-%0A")


def test_full_addresses_stay_as_they_are(aggregator: SimpleNamespace) -> None:
    headers = "X-Forwarded-For:192.0.2.77,%20198.51.100.9%0AForwarded:for=192.0.2.77%0A"
    assert protect(aggregator, headers, ip_addresses="full") == ("192.0.2.77", headers)


@pytest.mark.parametrize("ip_addresses", ["full", "truncated", "removed"])
@pytest.mark.parametrize("name", ["Cookie", "cookie", "Authorization", "Proxy-Authorization"])
def test_credentials_are_dropped_whatever_the_setting(
    aggregator: SimpleNamespace, ip_addresses: str, name: str
) -> None:
    _, headers = protect(aggregator, f"Host:a%0A{name}:secret%0AAccept:*/*%0A", ip_addresses=ip_addresses)
    assert headers == "Host:a%0AAccept:*/*%0A"


@pytest.mark.parametrize(
    "name", ["Forwarded", "CloudFront-Viewer-Address", "True-Client-IP", "X-Real-IP", "CF-Connecting-IP", "x-real-ip"]
)
@pytest.mark.parametrize("ip_addresses", ["truncated", "removed"])
def test_other_headers_that_tell_addresses_are_dropped(
    aggregator: SimpleNamespace, ip_addresses: str, name: str
) -> None:
    _, headers = protect(aggregator, f"Host:a%0A{name}:192.0.2.77%0A", ip_addresses=ip_addresses)
    assert headers == "Host:a%0A"


def test_a_field_of_which_nothing_stays_is_a_missing_value(aggregator: SimpleNamespace) -> None:
    assert protect(aggregator, "Cookie:a=b") == ("192.0.2.0", "-")


@pytest.mark.parametrize("ip_addresses", ["full", "truncated", "removed"])
@pytest.mark.parametrize("header", ["Sec-GPC:1", "sec-gpc:1", "SEC-GPC:%201%20"])
def test_global_privacy_control_removes_all_addresses_whatever_the_setting(
    aggregator: SimpleNamespace, ip_addresses: str, header: str
) -> None:
    headers = f"Host:a%0AX-Forwarded-For:192.0.2.77%0AX-Real-IP:192.0.2.77%0A{header}%0A"
    kept = f"Host:a%0AX-Forwarded-For:-%0A{header}%0A"
    assert protect(aggregator, headers, ip_addresses=ip_addresses) == ("-", kept)


@pytest.mark.parametrize(
    "headers", ["Sec-GPC:0%0A", "Sec-GPC:%0A", "Sec-GPC:11%0A", "X-Sec-GPC:1%0A", "Accept:a%250ASec-GPC:1%0A", "-"]
)
def test_only_the_header_itself_asks_for_privacy(aggregator: SimpleNamespace, headers: str) -> None:
    assert protect(aggregator, headers, ip_addresses="full") == ("192.0.2.77", headers)


def test_a_line_that_lacks_the_last_fields_is_protected_too(aggregator: SimpleNamespace) -> None:
    fields = ("timestamp", "c-ip", "asn", "cs-headers", "x-forwarded-for")
    privacy = aggregator.privacy.Privacy(fields, aggregator.settings.IpAddresses.TRUNCATED, True)
    older = [b"1773480413.123", b"192.0.2.77", b"64496"]
    privacy.protect(older)
    assert older == [b"1773480413.123", b"192.0.2.0", b"64496"]


def test_global_privacy_control_can_be_left_aside(aggregator: SimpleNamespace) -> None:
    assert protect(aggregator, "Sec-GPC:1%0A", gpc=False) == ("192.0.2.0", "Sec-GPC:1%0A")


def test_the_log_field_of_forwarded_addresses_is_masked_too(aggregator: SimpleNamespace) -> None:
    privacy = aggregator.privacy.Privacy(
        ("timestamp", "c-ip", "x-forwarded-for"), aggregator.settings.IpAddresses.TRUNCATED, False
    )
    fields = [b"1773480413.123", b"192.0.2.77", b"192.0.2.77,%20198.51.100.9"]
    privacy.protect(fields)
    assert fields == [b"1773480413.123", b"192.0.2.0", b"192.0.2.0,198.51.100.0"]


HEADER = st.tuples(
    st.sampled_from(["Host", "X-Forwarded-For", "Cookie", "Sec-GPC", "x-real-ip", "Accept", ""]),
    st.text(st.sampled_from("1.:a,%25[]F0A- "), max_size=20) | st.ip_addresses().map(str),
)


@given(st.lists(HEADER, max_size=5), st.sampled_from(["full", "truncated", "removed"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_whatever_the_headers_protection_holds_and_no_field_grows(
    aggregator: SimpleNamespace, pairs: list[tuple[str, str]], ip_addresses: str
) -> None:
    headers = "".join(f"{name}:{value}%0A" for name, value in pairs) or "-"
    address, kept = protect(aggregator, headers, ip_addresses=ip_addresses)
    assert len(address) <= len("192.0.2.77")
    assert 0 < len(kept) <= len(headers)
    assert protect(aggregator, kept, address, ip_addresses) == (address, kept)  # nothing is left to take out
    assert not any(pair.startswith("cookie:") for pair in kept.lower().split("%0a"))
