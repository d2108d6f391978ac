# SPDX-License-Identifier: Apache-2.0
"""Kinesis records become lines; what is no line is told apart, with its reason."""

from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.aggregator.conftest import kinesis_event, log_line

FIELD_COUNT = 17


def _read(aggregator: SimpleNamespace, *payloads: bytes | str) -> SimpleNamespace:
    read: SimpleNamespace = aggregator.log_lines.read_log_lines(kinesis_event(payloads)["Records"], FIELD_COUNT)
    return read


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\n\n", b"\n \n"])
def test_a_record_of_one_line_works_with_any_line_end(aggregator: SimpleNamespace, end: bytes) -> None:
    read = _read(aggregator, log_line() + end)
    assert (read.lines, read.bad) == ([log_line()], [])


def test_a_record_of_many_lines_keeps_their_order_and_their_record(aggregator: SimpleNamespace) -> None:
    lines = [log_line(number) for number in range(5)]
    read = _read(aggregator, b"\n".join(lines[:3]), b"\n".join(lines[3:]) + b"\n")
    assert read.lines == lines
    assert read.records == [0, 0, 0, 1, 1]


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"1763888400.000\tnot\tenough\tfields", "field_count"),
        (log_line() + b"\textra", "field_count"),
        (b"x", "field_count"),
        (log_line().replace(b"1763888400.000", b"yesterday"), "timestamp"),
        (log_line().replace(b"1763888400.000", b"-"), "timestamp"),
        (log_line().replace(b"1763888400.000", b"0"), "timestamp"),
        (log_line().replace(b"Mozilla", b"\xff\xfe"), "not_utf8"),
        ("not base64!", "not_base64"),
        (log_line(padding=1_048_576), "too_long"),
    ],
)
def test_a_bad_line_has_its_reason_and_its_bytes(
    aggregator: SimpleNamespace, payload: bytes | str, reason: str
) -> None:
    read = _read(aggregator, payload)
    assert read.lines == []
    assert [(bad.reason, bad.line) for bad in read.bad] == [
        (reason, payload if isinstance(payload, bytes) else payload.encode())
    ]


def test_a_bad_line_does_not_touch_its_neighbours_in_the_same_record(aggregator: SimpleNamespace) -> None:
    read = _read(aggregator, b"\n".join([log_line(1), b"bad", log_line(2)]))
    assert read.lines == [log_line(1), log_line(2)]
    assert [bad.line for bad in read.bad] == [b"bad"]


def test_the_detail_of_a_bad_line_holds_nothing_of_it(aggregator: SimpleNamespace) -> None:
    read = _read(aggregator, b"203.0.113.9\tsecret", log_line().replace(b"1763888400.000", b"secret"))
    assert [bad for bad in read.bad if "secret" in bad.detail or "203" in bad.detail] == []


@given(st.lists(st.one_of(st.binary(max_size=50), st.just(log_line()), st.text(max_size=20)), max_size=20))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)
def test_nothing_raises_and_nothing_is_dropped(aggregator: SimpleNamespace, payloads: list[bytes | str]) -> None:
    read = _read(aggregator, *payloads)
    kept = b"".join(read.lines) + b"".join(bad.line for bad in read.bad)
    for payload in payloads:
        if isinstance(payload, bytes):
            assert all(line.strip() in kept for line in payload.split(b"\n"))
