# SPDX-License-Identifier: Apache-2.0
"""What lines are billed as, alone and packed by the aggregator's packer."""

from statistics import mean, stdev

import pytest

from edgepixel.cost.packing import batch_limit, line_sizes, measure_batch, measure_lines, measure_packing


def test_lines_have_the_length_that_was_asked_for_and_differ() -> None:
    sizes = line_sizes(1_000, 900)
    assert mean(sizes) == pytest.approx(900, rel=1e-3)
    assert stdev(sizes) == pytest.approx(0.2 * 900, rel=0.05)
    assert line_sizes(10, 900) == sizes[:10]


def test_a_line_alone_is_rounded_up_by_every_service() -> None:
    billed = measure_lines(600)
    assert (billed.records, billed.firehose_bytes, billed.put_units, billed.on_demand_bytes) == pytest.approx(
        (1, 5_120, 1, 1_024)
    )
    assert billed.stream_bytes == pytest.approx(600, rel=1e-3)


def test_a_long_line_takes_more_steps() -> None:
    # From 13,000 to 27,000 bytes: a tenth is longer than 25 KB.
    assert 1.05 < measure_lines(20_000).put_units < 1.15


@pytest.mark.parametrize(("lines", "firehose_bytes"), [(1, 5_120), (8, 5_120), (10, 10_240), (100, 61_440)])
def test_a_batch_is_rounded_up_as_a_whole(lines: int, firehose_bytes: int) -> None:
    """Lines of 600 bytes: 600, 4,800, 6,000 and 60,000, each in one user record in one aggregate."""
    billed = measure_batch(lines, 600)
    assert (billed.records, billed.firehose_bytes) == (1, firehose_bytes)
    assert billed.put_units == -(-lines * 600 // 25_600)


def test_a_full_batch_wastes_next_to_nothing() -> None:
    lines = batch_limit(493)
    assert lines == 5_098  # 6 MiB by 660 bytes of base64 and 574 around them
    assert measure_batch(lines, 493).firehose_bytes < 1.01 * lines * 493


def test_hardly_any_traffic_is_one_line_in_an_aggregate() -> None:
    packed = measure_packing(0.001, 600, 600)
    assert packed.invocations == pytest.approx(1, rel=1e-3)
    assert packed.aggregates.firehose_bytes == pytest.approx(5_120, rel=1e-3)


def test_a_window_with_six_lines_on_average_has_sometimes_more() -> None:
    """An invocation in all windows but those without a line; 3,600 bytes fit 5 KB, but often there are more."""
    packed = measure_packing(6, 600, 600)
    assert packed.invocations == pytest.approx((1 - 0.00248) / 6, rel=1e-3)
    assert 5_120 / 6 < packed.aggregates.firehose_bytes < 1.3 * 5_120 / 6
    assert packed.aggregates.stream_bytes == pytest.approx(600 + 36 / 6, rel=0.01)


def test_chance_and_average_agree_where_they_meet() -> None:
    by_chance, on_average = measure_packing(199.9, 600, 600), measure_packing(200, 600, 600)
    assert by_chance.invocations == pytest.approx(on_average.invocations, rel=1e-2)
    assert by_chance.aggregates.firehose_bytes == pytest.approx(on_average.aggregates.firehose_bytes, rel=0.03)


def test_a_window_that_overflows_makes_full_batches() -> None:
    assert measure_packing(1_000_000, 493, 493).invocations == 1 / 5_098


def test_as_many_lines_make_a_batch_as_arrive_however_short_they_are_packed() -> None:
    short, long = measure_packing(1_000_000, 600, 600), measure_packing(1_000_000, 600, 1_000)
    assert (short.invocations, long.invocations) == (1 / batch_limit(600), 1 / batch_limit(1_000))
    assert long.aggregates.stream_bytes == pytest.approx(short.aggregates.stream_bytes, rel=0.01)
