# SPDX-License-Identifier: Apache-2.0
"""The aggregator against the obvious one: CPU per line, import, memory, and what Firehose would bill.

    python -m benchmarks.aggregator [--processes N] [--rounds N]

Each handler runs in processes of its own, the two in turns, and the medians are compared.
"""

import argparse
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from random import Random
from statistics import median
from typing import Any

from benchmarks.payloads import kinesis_event, log_fields
from benchmarks.worker import ENVIRONMENT
from tests.conftest import FUNCTIONS, ROOT

CASES = ((500, "full"), (1200, "full"), (500, "100"))
STEP = 5120


def measure(name: str, line_bytes: int, lines: str, rounds: int) -> dict[str, Any]:
    """One process of one handler."""
    command = [sys.executable, "-m", "benchmarks.worker", name, str(line_bytes), lines, str(rounds)]
    result = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603
    measured: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return measured


def efficiency(line_bytes: int, lines: str) -> tuple[float, float]:
    """Percent of billed bytes that are log lines: if Firehose rounds up user records, and if aggregates."""
    sys.path.insert(0, str(FUNCTIONS / "aggregator"))
    log_lines, packing = importlib.import_module("log_lines"), importlib.import_module("packing")

    event = kinesis_event(Random(1), line_bytes, None if lines == "full" else int(lines))  # noqa: S311
    sourced = [
        (position, line)
        for position, record in enumerate(event["Records"])
        for line in log_lines.split_record(record["kinesis"]["data"])
    ]
    numbers = [record["kinesis"]["sequenceNumber"] for record in event["Records"]]
    sizes = int(ENVIRONMENT["USER_RECORD_BYTES"]), int(ENVIRONMENT["AGGREGATE_BYTES"])
    aggregates = packing.pack(sourced, numbers, *sizes)
    raw = sum(len(line) + 1 for _, line in sourced)
    user_records = [record for aggregate in aggregates for record in aggregate.user_records]
    return 100 * raw / _billed(user_records), 100 * raw / _billed(aggregates)


def _billed(records: Iterable[Any]) -> int:
    return sum(-(-len(record.data) // STEP) * STEP for record in records)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Measure the aggregator against the obvious one.")
    parser.add_argument("--processes", type=int, default=5, help="processes for each handler and case (default 5)")
    parser.add_argument("--rounds", type=int, default=7, help="batches in each process (default 7)")
    options = parser.parse_args()
    print(f"log fields: {len(log_fields())}; {os.cpu_count()} cores; Python {sys.version.split()[0]}")
    print("| lines | batch | handler | CPU-s per million lines | ratio | import s | peak MB | efficiency % |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for line_bytes, lines in CASES:
        runs: dict[str, list[dict[str, Any]]] = {"obvious": [], "aggregator": []}
        for _ in range(options.processes):
            for name, measured in runs.items():
                measured.append(measure(name, line_bytes, lines, options.rounds))
        by_user_record, by_aggregate = efficiency(line_bytes, lines)
        baseline = _per_million(runs["obvious"])
        for name, measured in runs.items():
            cpu = _per_million(measured)
            packed = f"{by_user_record:.2f} / {by_aggregate:.2f}" if name == "aggregator" else ""
            print(
                f"| {line_bytes} B | {measured[0]['lines']:,} | {name} | {cpu:.1f} | {cpu / baseline:.2f} | "
                f"{median(run['import_seconds'] for run in measured):.2f} | "
                f"{max(run['peak_megabytes'] for run in measured):.0f} | {packed} |",
                flush=True,
            )


def _per_million(measured: list[dict[str, Any]]) -> float:
    """CPU seconds per million lines: the median of the processes' medians."""
    per_line: list[float] = [median(run["cpu_seconds"]) / run["lines"] for run in measured]
    return median(per_line) * 1_000_000


if __name__ == "__main__":
    main()
