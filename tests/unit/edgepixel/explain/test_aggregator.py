# SPDX-License-Identifier: Apache-2.0
"""Explained lines are checked and protected by the aggregator's own code."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from edgepixel.explain.aggregator import Quarantined, aggregator
from edgepixel.template.reader import log_fields
from tests.log_lines import field, log_line

FIELDS = log_fields()
LINE = log_line(c_ip="192.0.2.77", cs_headers="Host:a\nCookie:secret\nSec-Purpose:prefetch\n").removesuffix(b"\n")
REJECTED = {
    "not_utf8": LINE.replace(b"GET", b"G\xffT"),
    "too_long": LINE.replace(b"GET", b"G" * 1_100_000),
    "carriage_return": LINE.replace(b"GET", b"G\rT"),
    "field_count": b"GET /pixel.gif",
    "timestamp": LINE.replace(b"1763888400", b"yesterday"),
}


@pytest.mark.parametrize("reason", REJECTED)
def test_a_rejected_line_has_the_aggregator_s_reason(reason: str) -> None:
    with pytest.raises(Quarantined) as rejected:
        aggregator(FIELDS, "truncated", True)(REJECTED[reason])
    assert rejected.value.reason == reason


def test_these_are_all_reasons_that_a_line_can_have(load_function: Callable[[str, str], SimpleNamespace]) -> None:
    reasons = {reason.value for reason in load_function("aggregator", "quarantine").quarantine.Reason}
    assert reasons - REJECTED.keys() == {"not_base64"}  # of a record of the raw stream, before it is lines


@pytest.mark.parametrize(
    ("ip_addresses", "address"), [("full", "192.0.2.77"), ("truncated", "192.0.2.0"), ("removed", "-")]
)
@pytest.mark.parametrize("line", [LINE, LINE.replace(b"e=view", "e=é".encode())])  # the second one is not ordinary
def test_privacy_is_that_of_the_setting(ip_addresses: str, address: str, line: bytes) -> None:
    stored = aggregator(FIELDS, ip_addresses, True)(line)
    assert field(stored.replace("é".encode(), b"e"), "c-ip") == address
    assert field(stored.replace("é".encode(), b"e"), "cs-headers") == "sec-purpose:prefetch"


@pytest.mark.parametrize(("honored", "address"), [(True, "-"), (False, "192.0.2.77")])
def test_global_privacy_control_is_honored_if_the_setting_says_so(honored: bool, address: str) -> None:
    line = log_line(c_ip="192.0.2.77", cs_headers="Sec-GPC:1\n").removesuffix(b"\n")
    assert field(aggregator(FIELDS, "full", honored)(line), "c-ip") == address


def test_fields_behind_the_known_ones_are_cut_off_and_missing_new_ones_stay_missing() -> None:
    stored = aggregator(FIELDS, "full", True)
    assert stored(LINE + b"\tmore\tand more") == stored(LINE)


def test_a_line_of_the_edge_function_is_protected_by_the_setting_too() -> None:
    line = log_line(
        c_ip="0.001", cs_headers="/pixel.gif", viewer_request_log_data="v=1&a=192.0.2.77&l=de&ip=192.0.2.77"
    ).removesuffix(b"\n")
    stored = aggregator(FIELDS, "truncated", True)(line)
    assert [field(stored, name) for name in ("c-ip", "cs-headers")] == ["0.001", "-"]
    assert field(stored, "viewer-request-log-data") == "v%3D1%26a%3D192.0.2.0%26l%3Dde"
    assert field(aggregator(FIELDS, "removed", True)(line), "viewer-request-log-data") == "v%3D1%26l%3Dde"
