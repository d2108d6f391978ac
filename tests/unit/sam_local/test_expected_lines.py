# SPDX-License-Identifier: Apache-2.0
"""What the aggregator should make of a sample."""

import base64
from typing import Any

import pytest

from tests.sam_local.expected_lines import Expected, differences, expected_of, truncated

FIELDS = ["timestamp", "c-ip", "cs-headers"]


def event(*data: bytes) -> dict[str, Any]:
    return {"Records": [{"kinesis": {"data": base64.b64encode(each).decode()}} for each in data]}


@pytest.mark.parametrize(
    ("address", "stored"),
    [("203.0.113.87", "203.0.113.0"), ("2001:db8:42:1::7", "2001:db8:42::"), ("2001:db8:0:1::7", "2001:db8::")],
)
def test_addresses_are_shortened(address: str, stored: str) -> None:
    assert truncated(address) == stored


def test_lines_come_in_order_with_shortened_addresses() -> None:
    records = event(b"1.5\t192.0.2.7\tA:1%0ASec-Purpose:prefetch%0A\n\n2\t192.0.2.8\t-\n", b"3\t198.51.100.9\t-\n")
    assert expected_of(records, FIELDS) == Expected(
        ["1.5\t192.0.2.0\tsec-purpose:prefetch", "2\t192.0.2.0\t-", "3\t198.51.100.0\t-"], 0
    )


def test_a_viewer_who_wants_privacy_has_no_address() -> None:
    assert expected_of(event(b"1\t192.0.2.7\tSec-GPC:1%0A\n"), FIELDS).lines == ["1\t-\t-"]


_LINE = b"1\t%b\t" + b"\t".join(b"x" for _ in range(14)) + b"\t%b"
_ALL_FIELDS = ["timestamp", "c-ip", *(f"x{number}" for number in range(14)), "cs-headers", "viewer-request-log-data"]


@pytest.mark.parametrize(
    ("address", "headers", "said", "stored_address"),
    [
        (b"0.001", b"/pixel.gif", b"\tv%3D1%26a%3D203.0.113.0", "0.001"),
        (b"203.0.113.87", b"-", b"\tv%3D1%26g%3D1", "-"),
        (b"203.0.113.87", b"-", b"\t-", "203.0.113.0"),
        (b"203.0.113.87", b"-", b"", "203.0.113.0"),
    ],
    ids=["of the edge function", "which saw Sec-GPC", "without it", "of 17 fields"],
)
def test_lines_of_the_edge_function_and_of_17_fields_are_stored_too(
    address: bytes, headers: bytes, said: bytes, stored_address: str
) -> None:
    sent = _LINE % (address, headers) + said
    (line,) = expected_of(event(sent + b"\n"), _ALL_FIELDS).lines
    fields = line.split("\t")
    assert (fields[1], fields[16], fields[17:]) == (stored_address, "-", said.decode().split("\t")[1:])


def test_what_is_no_log_line_belongs_into_quarantine() -> None:
    records = event(b"1\t192.0.2.7\n", b"yesterday\t192.0.2.7\t-\n", b"\xff\xfe1\t192.0.2.7\t-\n", b"")
    records["Records"].append({"kinesis": {"data": "%%% not base64 %%%"}})
    assert expected_of(records, FIELDS) == Expected([], 4)


def test_the_same_lines_are_no_difference() -> None:
    assert differences(Expected(["1", "2"], 3), ["1", "2"], 3) is None


@pytest.mark.parametrize(
    ("sent", "quarantined", "problem"),
    [
        (["1"], 3, "1 lines in the aggregated stream instead of 2"),
        (["2", "1"], 3, "line 1 of the aggregated stream is '2' instead of '1'"),
        (["1", "2"], 0, "0 lines in quarantine instead of 3"),
    ],
)
def test_other_lines_are_told(sent: list[str], quarantined: int, problem: str) -> None:
    assert differences(Expected(["1", "2"], 3), sent, quarantined) == problem
