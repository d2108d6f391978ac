# SPDX-License-Identifier: Apache-2.0
"""Every line comes out as it went in, in order, and no record is larger than it may be."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.aggregator.raw_stream import lines_of, user_records_of

STEP = 5120
SEQUENCE_NUMBERS = [str(49_671_268_540_000 + number) for number in range(10_000)]


def sent(aggregates: list[Any]) -> list[dict[str, Any]]:
    return [{"Data": aggregate.data, "PartitionKey": aggregate.partition_key} for aggregate in aggregates]


def lines_of_sizes(sizes: list[int]) -> list[tuple[int, bytes]]:
    """Lines that differ, one Kinesis record each."""
    return [(position, (b"%d" % position).ljust(size, b"x")[:size]) for position, size in enumerate(sizes)]


@given(
    st.lists(st.integers(1, 3 * STEP) | st.integers(300, 700), max_size=60),
    st.sampled_from([STEP, 2 * STEP, 10 * STEP]),
    st.sampled_from([1, 2, 3, 7]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
def test_lines_come_out_as_they_went_in_and_limits_hold(
    aggregator: SimpleNamespace, sizes: list[int], user_record_bytes: int, times: int
) -> None:
    lines, aggregate_bytes = lines_of_sizes(sizes), times * user_record_bytes
    aggregates = aggregator.packing.pack(lines, SEQUENCE_NUMBERS, user_record_bytes, aggregate_bytes)
    assert lines_of(sent(aggregates)) == [data for _, data in lines]
    for aggregate in aggregates:
        blocks = user_records_of(sent([aggregate])[0])
        assert blocks == [record.data for record in aggregate.user_records]
        assert aggregate.lines == sum(block.count(b"\n") for block in blocks)
        assert len(aggregate.data) <= aggregate_bytes or aggregate.lines == 1
        assert all(len(block) < user_record_bytes or block.count(b"\n") == 1 for block in blocks)


@given(st.lists(st.lists(st.integers(1, 2000), max_size=6), max_size=20))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
def test_an_aggregate_knows_the_record_of_its_first_line(aggregator: SimpleNamespace, records: list[list[int]]) -> None:
    lines = [(position, b"x" * size) for position, sizes in enumerate(records) for size in sizes]
    aggregates = aggregator.packing.pack(lines, SEQUENCE_NUMBERS, STEP, 2 * STEP)
    before = 0
    for aggregate in aggregates:
        assert aggregate.first_record == lines[before][0]
        assert aggregate.partition_key == aggregator.packing.partition_key(SEQUENCE_NUMBERS[lines[before][0]])
        before += aggregate.lines


def test_any_number_of_full_user_records_needs_no_more_steps_in_its_container_than_alone(
    aggregator: SimpleNamespace,
) -> None:
    packing = aggregator.packing
    full = b"x" * (STEP - packing.ENVELOPE_BYTES - 1)
    for count in (1, 2, 9, 20):
        (aggregate,) = packing.pack([(0, full)] * count, SEQUENCE_NUMBERS, STEP, count * STEP)
        assert [len(record.data) for record in aggregate.user_records] == [STEP - packing.ENVELOPE_BYTES] * count
        assert (count - 1) * STEP < len(aggregate.data) <= count * STEP


@pytest.mark.parametrize(
    ("extra", "user_records"), [([0, 0, 0, 0], 2), ([0, -1, 0, -1], 2), ([0, 0, 0, 1], 3), ([0, 1, 0, 1], 4)]
)
def test_a_user_record_is_filled_to_its_last_byte(
    aggregator: SimpleNamespace, extra: list[int], user_records: int
) -> None:
    half = (STEP - aggregator.packing.ENVELOPE_BYTES) // 2 - len(b"\n")
    lines = lines_of_sizes([half + bytes_more for bytes_more in extra])
    (aggregate,) = aggregator.packing.pack(lines, SEQUENCE_NUMBERS, STEP, 10 * STEP)
    assert len(aggregate.user_records) == user_records


@pytest.mark.parametrize(("spare", "aggregates"), [(0, 2), (1, 2), (-1, 4)])
def test_an_aggregate_is_filled_to_its_last_byte(aggregator: SimpleNamespace, spare: int, aggregates: int) -> None:
    # A line that is as long as a user record travels alone in one; two of them fill an aggregate of seven steps.
    line_bytes = (7 * STEP - 26 - 2 * 10) // 2 - len(b"\n")
    lines = lines_of_sizes([line_bytes, line_bytes - spare] * 2)
    packed = aggregator.packing.pack(lines, SEQUENCE_NUMBERS, STEP, 7 * STEP)
    assert len(packed) == aggregates
    assert spare or {len(aggregate.data) for aggregate in packed} == {7 * STEP}


def test_the_envelope_is_as_large_as_it_is_said_to_be(aggregator: SimpleNamespace) -> None:
    (aggregate,) = aggregator.packing.pack([(0, b"x" * 20_000)], SEQUENCE_NUMBERS, STEP, STEP)
    assert len(aggregate.data) - 20_001 == aggregator.packing.ENVELOPE_BYTES


def test_a_line_that_is_too_long_for_a_user_record_travels_alone(aggregator: SimpleNamespace) -> None:
    lines = lines_of_sizes([100, 100, 2 * STEP, 100, 100])
    (aggregate,) = aggregator.packing.pack(lines, SEQUENCE_NUMBERS, STEP, 10 * STEP)
    assert [record.lines for record in aggregate.user_records] == [2, 1, 2]
    apart = aggregator.packing.pack(lines, SEQUENCE_NUMBERS, STEP, STEP)
    assert [len(aggregate.user_records) for aggregate in apart] == [1, 1, 1]


def test_the_longest_line_fits_into_a_kinesis_record_with_its_key(aggregator: SimpleNamespace) -> None:
    packing = aggregator.packing
    longest = b"x" * packing.LONGEST_LINE_BYTES
    (aggregate,) = packing.pack([(0, longest)], SEQUENCE_NUMBERS, STEP, STEP)
    assert len(aggregate.data) + len(aggregate.partition_key) == 1024 * 1024
    assert lines_of(sent([aggregate])) == [longest]


def test_the_largest_settings_fit_into_a_kinesis_record(aggregator: SimpleNamespace) -> None:
    largest = aggregator.settings.LARGEST_BYTES
    assert largest % STEP == 0
    assert largest + aggregator.packing.PARTITION_KEY_BYTES <= 1024 * 1024 < largest + STEP


def test_a_retry_makes_the_same_aggregates(aggregator: SimpleNamespace) -> None:
    lines = lines_of_sizes([500] * 100)
    first, again = (aggregator.packing.pack(lines, SEQUENCE_NUMBERS, STEP, 2 * STEP) for _ in range(2))
    assert first == again
    assert len({aggregate.partition_key for aggregate in first}) > 1  # other aggregates may go to other shards
    assert {len(aggregate.partition_key) for aggregate in first} == {aggregator.packing.PARTITION_KEY_BYTES}


def test_nothing_makes_no_aggregate_and_has_no_efficiency(aggregator: SimpleNamespace) -> None:
    assert aggregator.packing.pack([], [], STEP, STEP) == []
    assert aggregator.packing.packing_efficiency([]) is None


def test_efficiency_is_that_of_the_worse_reading_of_the_billing_rule(aggregator: SimpleNamespace) -> None:
    packing = aggregator.packing
    small = packing.UserRecord(b"x" * 1000, 1, 0)
    by_user_record = packing.Aggregate(b"x" * 3000, "aaaa", (small, small))
    assert packing.packing_efficiency([by_user_record]) == pytest.approx(100 * 2000 / (2 * STEP))
    by_aggregate = packing.Aggregate(b"x" * (STEP + 1), "aaaa", (packing.UserRecord(b"x" * STEP, 1, 0),))
    assert packing.packing_efficiency([by_aggregate]) == pytest.approx(50)


@pytest.mark.parametrize(("size", "lines", "goal"), [(493, 5105, 99.0), (1159, 2970, 98.5)])
def test_full_payloads_are_billed_for_little_more_than_they_hold(
    aggregator: SimpleNamespace, size: int, lines: int, goal: float
) -> None:
    sizes = [size - 120 + (position * 97) % 241 for position in range(lines)]
    aggregates = aggregator.packing.pack(lines_of_sizes(sizes), SEQUENCE_NUMBERS, 20 * STEP, 180 * STEP)
    assert aggregator.packing.packing_efficiency(aggregates) >= goal
