# SPDX-License-Identifier: Apache-2.0
"""The aggregator against the obvious one: CPU per line, import, memory, and what Firehose would bill.

    python -m benchmarks.aggregator [--processes N] [--rounds N]

Each handler runs in processes of its own, the two in turns, and the medians are compared. The table is printed, and
written into docs/cost.md.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from benchmarks.aggregator import package
from benchmarks.aggregator.payloads import kinesis_event
from benchmarks.machine import machine
from benchmarks.packing_sizes import AGGREGATE_BYTES, USER_RECORD_BYTES, efficiency
from edgepixel.paths import ROOT
from edgepixel.rendering.blocks import markdown, rewritten
from edgepixel.template.function_environment import function_environment

PAGE = ROOT / "docs" / "cost.md"
COMMAND = "make bench"
HEADS = (
    "line", "lines in the batch", "handler", "CPU-s per million lines", "ratio", "import, CPU-s", "peak MB",
    "efficiency %",
)  # fmt: skip
HANDLERS = {"obvious": "obvious", "aggregator": "app"}

_ENVIRONMENT = {
    **function_environment(
        "AggregatorFunction",
        AGGREGATED_STREAM_NAME="aggregated",
        USER_RECORD_BYTES=str(USER_RECORD_BYTES),
        AGGREGATE_BYTES=str(AGGREGATE_BYTES),
        QUARANTINE_BUCKET="lake",
        POWERTOOLS_METRICS_NAMESPACE="EdgePixel",
    ),
    "POWERTOOLS_TRACE_DISABLED": "true",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
}


@dataclass(frozen=True)
class Case:
    """A batch: the mean length of its lines, and how many there are; None for as many as Lambda's payload holds."""

    line_bytes: int
    lines: int | None


CASES = (Case(500, None), Case(1200, None), Case(500, 100), Case(1200, 100))


def rows(case: Case, processes: int, rounds: int) -> Iterator[list[str]]:
    """A row of the table for each handler."""
    event = kinesis_event(Random(1), case.line_bytes, case.lines)  # noqa: S311 (the same lines in every run)
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in HANDLERS}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(event, file)
        file.flush()
        for _ in range(processes):
            for name, measured in runs.items():
                measured.append(_measure(HANDLERS[name], file.name, rounds))
    baseline = _per_million(runs["obvious"])
    by_user_record, by_aggregate = efficiency(event, USER_RECORD_BYTES, AGGREGATE_BYTES)
    for name, measured in runs.items():
        cpu = _per_million(measured)
        yield [
            f"{case.line_bytes} B",
            f"{measured[0]['lines']:,}",
            name,
            f"{cpu:.1f}",
            f"{cpu / baseline:.2f}",
            f"{median(run['import_seconds'] for run in measured):.2f}",
            f"{max(run['peak_megabytes'] for run in measured):.0f}",
            f"{by_user_record:.2f} / {by_aggregate:.2f}" if name == "aggregator" else "",
        ]


def _measure(module: str, event_file: str, rounds: int) -> dict[str, Any]:
    """One process of one handler."""
    here = Path(__file__).parent
    paths = map(str, (package.FUNCTION, package.installed()))
    result = subprocess.run(  # noqa: S603
        [sys.executable, "-S", str(here / "worker.py"), module, event_file, str(rounds)],
        env=os.environ | _ENVIRONMENT | {"PYTHONPATH": os.pathsep.join(paths)},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    measured: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return measured


def _per_million(measured: list[dict[str, Any]]) -> float:
    """CPU seconds per million lines: the median of the processes' medians."""
    per_line: list[float] = [median(run["cpu_seconds"]) / run["lines"] for run in measured]
    return median(per_line) * 1_000_000


def main() -> None:
    """Print the table, and write it."""
    parser = argparse.ArgumentParser(description="Measure the aggregator against the obvious one.")
    parser.add_argument("--processes", type=int, default=5, help="processes for each handler and case (default 5)")
    parser.add_argument("--rounds", type=int, default=9, help="batches in each process (default 9)")
    options = parser.parse_args()
    package.installed()
    table: list[list[str]] = []
    for number, case in enumerate(CASES, start=1):
        print(f"{number} of {len(CASES)}: lines of {case.line_bytes} B ...", file=sys.stderr)
        table += rows(case, options.processes, options.rounds)
    text = f"Measured on {machine()}.\n\n{markdown(HEADS, table)}"
    print(text)
    PAGE.write_text(rewritten(PAGE.read_text(encoding="utf-8"), COMMAND, text), encoding="utf-8")
    print(f"Written into {PAGE.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
