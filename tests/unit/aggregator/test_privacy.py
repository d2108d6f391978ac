# SPDX-License-Identifier: Apache-2.0
"""No address that must not be stored gets past."""

from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.aggregator.conftest import FIELDS, log_line

HEADERS = FIELDS.split(",").index("cs-headers")


def _protect(aggregator: SimpleNamespace, line: bytes, keep: str = "truncated", honor: bool = True) -> list[str]:
    protected: bytes = aggregator.privacy.protector(FIELDS.split(","), keep, honor)(line)
    return protected.decode().split("\t")


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("192.0.2.77", "192.0.2.0"), ("2001:db8:1:2:3::4", "2001:db8:1::"), ("::1", "::"),
        ("::ffff:192.0.2.77", "192.0.2.0"), ("fe80::1%25eth0", "fe80::"), ("-", "-"), ("nonsense", "-"), ("", "-"),
    ],
)  # fmt: skip
def test_addresses_are_truncated(aggregator: SimpleNamespace, address: str, kept: str) -> None:
    assert _protect(aggregator, log_line(address=address))[1] == kept


def test_nothing_else_changes(aggregator: SimpleNamespace) -> None:
    before, after = log_line().decode().split("\t"), _protect(aggregator, log_line())
    assert [number for number, (a, b) in enumerate(zip(before, after, strict=True)) if a != b] == [1]


def test_full_keeps_the_line_as_it_is(aggregator: SimpleNamespace) -> None:
    line = log_line(headers="x-forwarded-for:203.0.113.9%0Acookie:a=b%0A")
    assert "\t".join(_protect(aggregator, line, "full")).encode() == line


def test_removed_leaves_no_address(aggregator: SimpleNamespace) -> None:
    after = _protect(aggregator, log_line(headers="X-Forwarded-For:203.0.113.9%0Ahost:x%0A"), "removed")
    assert after[1] == "-"
    assert after[HEADERS] == "host:x%0A"


def test_every_forwarded_address_is_truncated(aggregator: SimpleNamespace) -> None:
    headers = "host:x%0AX-Forwarded-For:203.0.113.9,%20%5B2001:db8:1:2::3%5D:443,%20198.51.100.7:8080,%20bad%0Adnt:1%0A"
    after = _protect(aggregator, log_line(headers=headers))[HEADERS]
    assert after == "host:x%0AX-Forwarded-For:203.0.113.0,%202001:db8:1::,%20198.51.100.0,%20-%0Adnt:1%0A"


@pytest.mark.parametrize("name", ["Cookie", "authorization", "Forwarded", "True-Client-IP", "X-Real-IP"])
def test_headers_with_secrets_and_addresses_are_taken_out(aggregator: SimpleNamespace, name: str) -> None:
    after = _protect(aggregator, log_line(headers=f"a:1%0A{name}:203.0.113.9%0Ab:2%0A"))[HEADERS]
    assert after == "a:1%0Ab:2%0A"


@pytest.mark.parametrize("headers", ["Sec-GPC:1%0A", "host:x%0Asec-gpc:1%0Ab:2%0A", "a:b%0ASEC-GPC:%201"])
@pytest.mark.parametrize("keep", ["full", "truncated", "removed"])
def test_global_privacy_control_removes_the_address_whatever_the_setting(
    aggregator: SimpleNamespace, headers: str, keep: str
) -> None:
    assert _protect(aggregator, log_line(headers=headers), keep)[1] == "-"


@pytest.mark.parametrize("headers", ["x:sec-gpc:1%0A", "Sec-GPC:0%0A", "Sec-GPC:10%0A", "a:b%250ASec-GPC:1%0A"])
def test_only_the_header_itself_is_global_privacy_control(aggregator: SimpleNamespace, headers: str) -> None:
    assert _protect(aggregator, log_line(headers=headers))[1] == "192.0.2.0"


def test_global_privacy_control_can_be_ignored(aggregator: SimpleNamespace) -> None:
    assert _protect(aggregator, log_line(headers="Sec-GPC:1%0A"), honor=False)[1] == "192.0.2.0"


@given(st.ip_addresses().map(str), st.ip_addresses().map(str))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_full_address_survives(aggregator: SimpleNamespace, viewer: str, proxy: str) -> None:
    line = log_line(address=viewer, headers=f"x-forwarded-for:{viewer},%20{proxy}%0A")
    after = _protect(aggregator, line)
    for address in (viewer, proxy):
        masked = aggregator.privacy.mask(address.encode(), "truncated").decode()
        assert masked == address or address not in (after[1], *after[HEADERS].replace("%0A", ",%20").split(",%20"))


@given(st.text(st.characters(codec="ascii", exclude_characters="\t\n"), max_size=80))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_headers_make_it_raise(aggregator: SimpleNamespace, headers: str) -> None:
    assert len(_protect(aggregator, log_line(headers=headers))) == 17
