# SPDX-License-Identifier: Apache-2.0
"""What AWS bills for log lines, alone and packed: measured with the aggregator's own packer on made-up lines."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from math import ceil, exp, floor, sqrt
from typing import Any

from edgepixel.cost.defaults import MEBIBYTE, template_defaults
from edgepixel.paths import ROOT
from localcloud.in_process_function import function_loader

# Lambda's limit for an invocation, and what a Kinesis record adds in it to its base64 (measured on recorded events).
PAYLOAD_BYTES = 6 * MEBIBYTE
RECORD_ENVELOPE_BYTES = 574

FIREHOSE_STEP = 5 * 1024
PUT_UNIT_STEP = 25 * 1024
ON_DEMAND_STEP = 1024

SPREAD = 0.35  # line lengths lie evenly within so much of their mean: a deviation of 20 %, as among generated hits
_GOLDEN_RATIO = (sqrt(5) - 1) / 2  # its multiples, modulo 1, fill an interval evenly from the first few on
_SAMPLE_LINES = 1_000
SMALL_BATCH_LINES = 200  # on average; below, how many lines a window catches by chance matters for the rounding


@dataclass(frozen=True)
class Billed:
    """Records and what is billed for them. The sums may be means, so they are no whole numbers."""

    records: float
    stream_bytes: float  # data of the Kinesis records
    firehose_bytes: float  # each record rounded up to 5 KB, by the worse reading where that is open
    put_units: float  # of 25 KB, each record rounded up
    on_demand_bytes: float  # each record rounded up to 1 KB

    def __mul__(self, factor: float) -> "Billed":
        return Billed(
            self.records * factor,
            self.stream_bytes * factor,
            self.firehose_bytes * factor,
            self.put_units * factor,
            self.on_demand_bytes * factor,
        )

    def __add__(self, other: "Billed") -> "Billed":
        return Billed(
            self.records + other.records,
            self.stream_bytes + other.stream_bytes,
            self.firehose_bytes + other.firehose_bytes,
            self.put_units + other.put_units,
            self.on_demand_bytes + other.on_demand_bytes,
        )


@dataclass(frozen=True)
class Packed:
    """What one line costs when packed: its share of an invocation of the aggregator, and of the aggregates."""

    invocations: float
    aggregates: Billed


def line_sizes(count: int, mean_bytes: int) -> list[int]:
    """Lengths of `count` lines, newline included, around `mean_bytes`; the same ones in every call."""
    return [round(mean_bytes * (1 + SPREAD * (2 * ((0.5 + place * _GOLDEN_RATIO) % 1) - 1))) for place in range(count)]


@cache
def measure_lines(line_bytes: int) -> Billed:
    """What one log line is billed as when it is a Kinesis record of its own."""
    sizes = line_sizes(_SAMPLE_LINES, line_bytes)
    firehose = sum(_rounded_up(size, FIREHOSE_STEP) for size in sizes)
    return _billed(sizes, firehose) * (1 / len(sizes))


@cache
def measure_batch(lines: int, line_bytes: int) -> Billed:
    """What the aggregates of one batch are billed as."""
    packer, sizes = _packer(), template_defaults()
    sourced = [(place, b"x" * (size - 1)) for place, size in enumerate(line_sizes(lines, line_bytes))]
    sequence_numbers = [str(place) for place in range(lines)]
    aggregates = packer.pack(sourced, sequence_numbers, sizes.user_record_bytes, sizes.aggregate_bytes)
    return _billed([len(aggregate.data) for aggregate in aggregates], packer.billed_bytes(aggregates))


def measure_packing(lines_per_window: float, line_bytes: int, logged_bytes: int) -> Packed:
    """What one line costs when so many lines, on average, arrive within the batching window of one shard.

    Lines arrive independently of each other, and a window without lines invokes nothing. A batch is closed early when
    it fills an invocation's payload. `logged_bytes` arrive of a line, and `line_bytes` are packed.
    """
    if lines_per_window >= SMALL_BATCH_LINES:
        lines = min(round(lines_per_window), batch_limit(logged_bytes))
        return Packed(1 / lines, measure_batch(lines, line_bytes) * (1 / lines))
    probability = exp(-lines_per_window)
    invocations = 1 - probability
    aggregates = Billed(0, 0, 0, 0, 0)
    for lines in range(1, ceil(lines_per_window + 8 * sqrt(lines_per_window)) + 8):
        probability *= lines_per_window / lines
        aggregates += measure_batch(lines, line_bytes) * probability
    return Packed(invocations / lines_per_window, aggregates * (1 / lines_per_window))


def batch_limit(line_bytes: int) -> int:
    """Lines that one invocation of the aggregator can take."""
    record_bytes = 4 * ceil(line_bytes / 3) + RECORD_ENVELOPE_BYTES
    return min(template_defaults().batch_lines, floor(PAYLOAD_BYTES / record_bytes))


def _billed(sizes: Iterable[int], firehose_bytes: int) -> Billed:
    sizes = list(sizes)
    return Billed(
        records=len(sizes),
        stream_bytes=sum(sizes),
        firehose_bytes=firehose_bytes,
        put_units=sum(ceil(size / PUT_UNIT_STEP) for size in sizes),
        on_demand_bytes=sum(_rounded_up(size, ON_DEMAND_STEP) for size in sizes),
    )


def _rounded_up(size: int, step: int) -> int:
    return ceil(size / step) * step


@cache
def _packer() -> Any:
    """The aggregator's module `packing`."""
    with function_loader(ROOT / "functions") as load:
        return load("aggregator", "packing").packing
