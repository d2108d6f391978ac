# SPDX-License-Identifier: Apache-2.0
"""What the two sizes of the packing are worth: the table of docs/decisions/0005-packing-sizes.md.

python -m benchmarks.packing_sizes
"""

from base64 import b64decode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from random import Random
from statistics import mean
from typing import Any

from benchmarks.aggregator.payloads import kinesis_event
from edgepixel.cost.defaults import template_defaults
from edgepixel.cost.packing import FIREHOSE_STEP, PUT_UNIT_STEP
from edgepixel.paths import ROOT
from edgepixel.rendering.blocks import markdown, rewritten
from localcloud.in_process_function import function_loader

PAGE = ROOT / "docs" / "decisions" / "0005-packing-sizes.md"
COMMAND = "python -m benchmarks.packing_sizes"
LINE_BYTES = (500, 1200)
USER_RECORD_BYTES, AGGREGATE_BYTES = template_defaults().user_record_bytes, template_defaults().aggregate_bytes
# (UserRecordBytes, AggregateBytes): the smallest there are, user records of one billing step, KPL's own default of
# 51,200, and ever larger ones up to the limit of a Kinesis record.
SIZES = (
    (5_120, 5_120), (5_120, 921_600), (51_200, 51_200), (51_200, 921_600), (102_400, 921_600),
    (USER_RECORD_BYTES, AGGREGATE_BYTES), (460_800, 921_600), (1_044_480, 1_044_480),
)  # fmt: skip
_BATCHES = 6  # of different lengths, because the rounding of a batch's last records is a matter of chance


@dataclass(frozen=True)
class _Batch:
    """The lines of an event as the packer takes them, and the bytes that they are, newlines included."""

    lines: list[tuple[int, bytes]]
    sequence_numbers: list[str]
    raw_bytes: int


def efficiency(event: dict[str, Any], user_record_bytes: int, aggregate_bytes: int) -> tuple[float, float]:
    """Percent of billed bytes that are log lines: if Firehose rounds up user records, and if aggregates."""
    batch = _batch(event["Records"])
    return _efficiency(batch, _packer().pack(batch.lines, batch.sequence_numbers, user_record_bytes, aggregate_bytes))


def table() -> str:
    """The means over some nearly full batches of short and of long lines, for every pair of sizes."""
    batches = {size: _batches(size) for size in LINE_BYTES}
    heads = ["`UserRecordBytes`", "`AggregateBytes`"]
    for size in LINE_BYTES:
        heads += [f"{size:,} B lines: by user record, %", "by aggregate, %", "PUT units"]
    return markdown(heads, (_row(batches, *sizes) for sizes in SIZES), numbers=True)


def _batches(line_bytes: int) -> list[_Batch]:
    records = kinesis_event(Random(1), line_bytes)["Records"]  # noqa: S311 (the same lines in every run)
    return [_batch(records[: len(records) - len(records) * cut // 25]) for cut in range(_BATCHES)]


def _batch(records: list[dict[str, Any]]) -> _Batch:
    lines = [(place, b64decode(record["kinesis"]["data"]).removesuffix(b"\n")) for place, record in enumerate(records)]
    raw_bytes = sum(len(line) + 1 for _, line in lines)
    return _Batch(lines, [record["kinesis"]["sequenceNumber"] for record in records], raw_bytes)


def _row(batches: dict[int, list[_Batch]], user_record_bytes: int, aggregate_bytes: int) -> Iterator[str]:
    pack = _packer().pack
    chosen = (user_record_bytes, aggregate_bytes) == (USER_RECORD_BYTES, AGGREGATE_BYTES)
    yield from (f"**{size:,}**" if chosen else f"{size:,}" for size in (user_record_bytes, aggregate_bytes))
    for some in batches.values():
        packed = [pack(each.lines, each.sequence_numbers, user_record_bytes, aggregate_bytes) for each in some]
        percent = map(_efficiency, some, packed)
        yield from (f"{mean(reading):.1f}" for reading in zip(*percent, strict=True))
        yield f"{mean(_billed(aggregates, PUT_UNIT_STEP) // PUT_UNIT_STEP for aggregates in packed):.0f}"


@cache
def _packer() -> Any:
    """The aggregator's module."""
    with function_loader(ROOT / "functions") as load:
        return load("aggregator", "packing").packing


def _efficiency(batch: _Batch, aggregates: list[Any]) -> tuple[float, float]:
    user_records = [record for aggregate in aggregates for record in aggregate.user_records]
    raw = 100 * batch.raw_bytes
    return raw / _billed(user_records, FIREHOSE_STEP), raw / _billed(aggregates, FIREHOSE_STEP)


def _billed(records: Iterable[Any], step: int) -> int:
    return sum(-(-len(record.data) // step) * step for record in records)


if __name__ == "__main__":
    text = table()
    print(text)
    PAGE.write_text(rewritten(PAGE.read_text(encoding="utf-8"), COMMAND, text), encoding="utf-8")
