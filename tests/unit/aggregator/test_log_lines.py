# SPDX-License-Identifier: Apache-2.0
"""Kinesis records become log lines, and what is none is told from them."""

import base64
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.aggregator.raw_stream import FIELDS, line


@pytest.mark.parametrize(
    ("record", "lines"),
    [
        (b"a", [b"a"]),
        (b"a\n", [b"a"]),
        (b"a\r\n", [b"a"]),
        (b"a\nb\r\nc", [b"a", b"b", b"c"]),
        (b"\n\na\n\r\n\nb\n\n", [b"a", b"b"]),
        (b"", []),
        (b"\n", []),
    ],
)
def test_a_newline_ends_a_line_and_empty_lines_are_none(
    aggregator: SimpleNamespace, record: bytes, lines: list[bytes]
) -> None:
    assert aggregator.log_lines.split_record(record) == lines


@pytest.mark.parametrize("separator", ["\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"])
def test_nothing_else_ends_a_line(aggregator: SimpleNamespace, separator: str) -> None:
    record = f"a{separator}b".encode()
    assert aggregator.log_lines.split_record(record) == [record]


@given(st.lists(st.binary(min_size=1, max_size=20).filter(lambda text: b"\n" not in text and text[-1:] != b"\r")))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_no_byte_of_a_record_is_lost(aggregator: SimpleNamespace, lines: list[bytes]) -> None:
    assert aggregator.log_lines.split_record(b"\n".join(lines)) == lines


def test_the_data_of_a_record_is_base64(aggregator: SimpleNamespace) -> None:
    assert aggregator.log_lines.decode_record(base64.b64encode(bytes(range(256))).decode()) == bytes(range(256))
    assert aggregator.log_lines.decode_record("") == b""


@pytest.mark.parametrize("data", ["%%%", "YQ", "YQ==YQ==", "é", "\ud800"])
def test_a_record_that_is_not_base64_is_rejected_whole(aggregator: SimpleNamespace, data: str) -> None:
    with pytest.raises(aggregator.quarantine.Rejected) as rejected:
        aggregator.log_lines.decode_record(data)
    assert rejected.value.reason == "not_base64"
    assert rejected.value.original == data.encode("utf-8", "surrogatepass")


@pytest.fixture
def check(aggregator: SimpleNamespace) -> Any:
    return aggregator.log_lines.LineCheck(FIELDS, 1000)


@pytest.mark.parametrize("timestamp", [b"1773480413.123", b"1773480413", b"1577836800.000", b"4102444799.999"])
def test_a_log_line_is_split_into_its_fields(check: Any, timestamp: bytes) -> None:
    good = line().replace(b"1773480413.123", timestamp)
    assert check.fields(good) == good.split(b"\t")


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"\t".join(line().split(b"\t")[:16]), "field_count"),
        (b" ", "field_count"),
        (line() + b"\xff", "not_utf8"),
        (line() + b"\r-", "carriage_return"),
        (line(query="x" * 1000), "too_long"),
        *(
            (line().replace(b"1773480413.123", timestamp), "timestamp")
            for timestamp in (
                b"-", b"", b"0", b"-1773480413", b"+1773480413", b" 1773480413", b"1773480413.", b"1773480413123",
                b"1773480413123.5", b"177348041", b"1.773480413e9", b"nan", b"1_773_480_41", b"1577836799.999",
                b"4102444800.000", "١٧٧٣٤٨٠٤١٣".encode(),
            )
        ),
    ],
)  # fmt: skip
def test_what_is_no_log_line_is_rejected_with_its_reason(
    aggregator: SimpleNamespace, check: Any, bad: bytes, reason: str
) -> None:
    with pytest.raises(aggregator.quarantine.Rejected) as rejected:
        check.fields(bad)
    assert (rejected.value.reason, rejected.value.original) == (reason, bad)


@pytest.mark.parametrize("more", [b"", b"-", b"198.51.100.7\tx", b"\xff", b"\r-", b"x" * 2000])
def test_what_is_behind_the_known_fields_is_cut_off_whatever_it_is(check: Any, more: bytes) -> None:
    assert check.fields(line() + b"\t" + more) == line().split(b"\t")
    assert check.has_more(line() + b"\t" + more)
    assert not check.has_more(line())


def test_known_fields_are_checked_although_there_are_more(aggregator: SimpleNamespace, check: Any) -> None:
    bad = line(query="x" * 1000) + b"\t-"
    with pytest.raises(aggregator.quarantine.Rejected) as rejected:
        check.fields(bad)
    assert (rejected.value.reason, rejected.value.original) == ("too_long", bad)


@pytest.mark.parametrize("missing", [0, 1, 5])
def test_a_line_of_an_older_version_lacks_only_the_last_fields(aggregator: SimpleNamespace, missing: int) -> None:
    first = aggregator.log_lines.FIRST_VERSION_FIELDS
    fields = ("timestamp", *(f"field-{number}" for number in range(2, first + 1)), *(f"new-{n}" for n in range(5)))
    check = aggregator.log_lines.LineCheck(fields, 1000)
    values = [b"1773480413.123", *[b"-"] * (len(fields) - 1)]
    older = values[: len(values) - missing]
    assert check.fields(b"\t".join(older)) == older
    with pytest.raises(aggregator.quarantine.Rejected, match=f"{first - 1} fields, expected at least {first}"):
        check.fields(b"\t".join(values[: first - 1]))


def test_the_first_version_s_fields_are_the_first_of_the_template(aggregator: SimpleNamespace) -> None:
    """Their number and places never change, or objects that were written before cannot be read."""
    first = (
        "timestamp,c-ip,sc-status,cs-method,cs-protocol,cs-host,cs-uri-stem,x-edge-location,x-edge-request-id,"
        "time-taken,cs-user-agent,cs-referer,cs-uri-query,x-edge-result-type,c-country,cs-headers,asn"
    )
    assert ",".join(FIELDS[: aggregator.log_lines.FIRST_VERSION_FIELDS]) == first


def test_fields_are_found_by_name(aggregator: SimpleNamespace) -> None:
    check = aggregator.log_lines.LineCheck(("c-ip", "timestamp"), 1000)
    assert check.fields(b"192.0.2.1\t1773480413.123") == [b"192.0.2.1", b"1773480413.123"]
    with pytest.raises(aggregator.quarantine.Rejected):
        check.fields(b"1773480413.123\t192.0.2.1")


@pytest.mark.parametrize(
    "bad", [b"\t".join(line().split(b"\t")[:16]), line().replace(b"1773480413", b"secret"), line() + b"\xff\xfe"]
)
def test_a_detail_shows_nothing_of_the_line(aggregator: SimpleNamespace, check: Any, bad: bytes) -> None:
    with pytest.raises(aggregator.quarantine.Rejected) as rejected:
        check.fields(bad)
    assert not any(secret in rejected.value.detail for secret in ("198.51", "Secret", "secret", "view"))
