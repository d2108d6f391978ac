# SPDX-License-Identifier: Apache-2.0
"""Lines come out of aggregates as they went in, and no size limit is crossed."""

import base64
from types import SimpleNamespace
from typing import Any

import pytest
from aws_kinesis_agg.deaggregator import deaggregate_records
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

STEP = 5120


def _user_records(aggregate: Any) -> list[bytes]:
    """By the library that consumers use."""
    event = {
        "eventVersion": "1.0", "eventID": "shard:1", "eventName": "aws:kinesis:record", "eventSource": "aws:kinesis",
        "invokeIdentityArn": "", "awsRegion": "", "eventSourceARN": "",
        "kinesis": {
            "kinesisSchemaVersion": "1.0", "sequenceNumber": "1", "approximateArrivalTimestamp": 1.0,
            "partitionKey": aggregate.partition_key, "data": base64.b64encode(aggregate.data).decode(),
        },
    }  # fmt: skip
    records = deaggregate_records(event)
    assert {record["kinesis"]["partitionKey"] for record in records} == {aggregate.partition_key}
    return [base64.b64decode(record["kinesis"]["data"]) for record in records]


@given(
    st.lists(st.integers(1, 12_000), max_size=60),
    st.sampled_from([STEP, 2 * STEP, 10 * STEP]),
    st.sampled_from([10 * STEP, 20 * STEP]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_lines_in_are_lines_out_in_order_and_within_the_limits(
    aggregator: SimpleNamespace, sizes: list[int], user_record_bytes: int, aggregate_bytes: int
) -> None:
    lines = [bytes([97 + number % 26]) * size for number, size in enumerate(sizes)]
    aggregates = aggregator.packing.pack(lines, user_record_bytes, aggregate_bytes, "abcd")
    blocks = [block for aggregate in aggregates for block in _user_records(aggregate)]
    assert b"".join(blocks) == b"".join(line + b"\n" for line in lines)
    for block in blocks:
        assert block.endswith(b"\n")
        assert len(block) < user_record_bytes or block.count(b"\n") == 1
    for aggregate in aggregates:
        assert len(aggregate.data) <= aggregate_bytes or aggregate.lines == 1
    assert [aggregate.first_line for aggregate in aggregates] == [
        sum(earlier.lines for earlier in aggregates[:number]) for number in range(len(aggregates))
    ]


def test_a_line_longer_than_a_user_record_travels_alone(aggregator: SimpleNamespace) -> None:
    lines = [b"a" * 100, b"b" * 3 * STEP, b"c" * 100]
    records = list(aggregator.packing.make_user_records(lines, STEP))
    assert [(record.first_line, record.lines) for record in records] == [(0, 1), (1, 1), (2, 1)]


def test_the_longest_line_still_fits_a_kinesis_record_with_its_key(aggregator: SimpleNamespace) -> None:
    line = b"x" * aggregator.packing.LONGEST_LINE
    (aggregate,) = aggregator.packing.pack([line], STEP, 10 * STEP, "abcd")
    assert len(aggregate.data) + len(aggregate.partition_key) <= 1_048_576
    assert _user_records(aggregate) == [line + b"\n"]


def test_the_frames_are_counted_exactly_for_full_records(aggregator: SimpleNamespace) -> None:
    packing = aggregator.packing
    record = packing.UserRecord(b"x" * 100_000, 0, 1)
    for number in (1, 2, 9):
        size = len(packing.make_aggregate([record] * number, "abcd").data)
        assert size == packing.AGGREGATE_FRAME + number * (100_000 + packing.USER_RECORD_FRAME)


def test_a_retry_makes_the_same_aggregates(aggregator: SimpleNamespace) -> None:
    lines = [b"x" * 400] * 500
    key = aggregator.packing.partition_key("49590338271490256608559692538361571095921575989136588898")
    assert len(key) == 4
    assert aggregator.packing.pack(lines, STEP, STEP, key) == aggregator.packing.pack(lines, STEP, STEP, key)


@pytest.mark.parametrize(("line_bytes", "lines", "least"), [(493, 5105, 99.0), (1159, 2970, 98.5)])
def test_full_batches_waste_little_under_both_readings_of_the_billing_rule(
    aggregator: SimpleNamespace, line_bytes: int, lines: int, least: float
) -> None:
    batch = [b"x" * (line_bytes - 100 + number * 37 % 200) for number in range(lines)]
    raw = sum(len(line) + 1 for line in batch)
    records = aggregator.packing.make_user_records(batch, 102_400)
    aggregates = aggregator.packing.pack(batch, 102_400, 921_600, "abcd")
    for billed in (records, aggregates):
        assert 100 * raw / sum(-(-len(each.data) // STEP) * STEP for each in billed) >= least
