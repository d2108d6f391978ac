# SPDX-License-Identifier: Apache-2.0
"""Every answer over a month of events in the local Athena: time, memory, and the bytes that Athena would bill.

    python -m benchmarks.answers [--events N ...] [--days N ...] [--format json]

Each answer is asked alone, in a process of its own, as `edgepixel ask` would ask it. The times are the local engine's
on this machine and say nothing of Athena's; a query that reads too much, or that grows faster than its events, shows
all the same. The tables are printed, and written into docs/architecture.md. As JSON, what was measured is printed only,
one record for each number of events, days and answer, with the machine's load before it.
"""

import argparse
import json
import logging
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.lake import DAYS, NOW, fill
from benchmarks.machine import machine
from edgepixel.answers.conditions import answer_sql
from edgepixel.ask.in_process import ask_in_process
from edgepixel.cost.prices import athena_usd
from edgepixel.paths import ROOT
from edgepixel.rendering.blocks import markdown, rewritten
from edgepixel.template import answer_queries
from localcloud.in_process_lake import empty_lake

PAGE = ROOT / "docs" / "architecture.md"
COMMAND = "python -m benchmarks.answers"
EVENTS = (1_000_000, 10_000_000)


@dataclass(frozen=True)
class Asked:
    """One answer: seconds on the clock, megabytes that its process had more than before, bytes scanned, rows."""

    seconds: float
    megabytes: float
    scanned_bytes: int
    rows: int


def measure(name: str, days: int) -> Asked:
    """Ask in a process of its own, which sees the lake of this one."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=_ask, args=(name, days, theirs))
    process.start()
    theirs.close()
    try:
        asked: Asked = ours.recv()
    except EOFError:
        raise SystemExit(f"{name} could not be asked: see above") from None
    finally:
        process.join()
    return asked


def _ask(name: str, days: int, result: Connection) -> None:
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak of the process that this one was copied from
    before = _peak_kilobytes()
    started = time.monotonic()
    table = ask_in_process(answer_sql(answer_queries(), name, days), NOW)
    seconds = time.monotonic() - started
    more = (_peak_kilobytes() - before) / 1024
    result.send(Asked(seconds, more, table.scanned_bytes, len(table.rows)))


def _peak_kilobytes() -> int:
    """The most memory that this process has had (proc(5); Linux only)."""
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1])


def table(events: int) -> str:
    """The answers about a lake of so many events."""
    print(f"{events:,} events: filling the lake ...", file=sys.stderr)
    lines, size = fill(events)
    rows = []
    for name in answer_queries():
        print(f"  {name} ...", file=sys.stderr)
        asked = measure(name, DAYS)
        rows.append(
            [
                f"`{name}`",
                f"{asked.seconds:.0f}",
                f"{asked.megabytes:,.0f}",
                f"{asked.scanned_bytes / 2**20:,.0f}",
                f"{100 * athena_usd(asked.scanned_bytes):.3f}",
                f"{asked.rows:,}",
            ]
        )
    day = measure("visitor-count", 1)
    empty_lake()
    heads = ("answer", "local seconds", "local MB", "MB read", "US cents, in Athena", "rows")
    return (
        f"{lines:,} lines of {size // lines} bytes in {DAYS} days, asked about all of them:\n\n"
        f"{markdown(heads, rows)}\n"
        f"`visitor-count` about the last day reads {day.scanned_bytes / 2**20:,.1f} MB in {day.seconds:.1f} seconds.\n"
    )


def records(events: int, periods: list[int]) -> Iterator[dict[str, str | int | float]]:
    """Every answer about the last days of a lake of so many events: what was measured, by name."""
    lines, size = fill(events)
    for days in periods:
        for name in answer_queries():
            load = os.getloadavg()[0]
            asked = measure(name, days)
            yield {"events": lines, "bytes": size, "days": days, "answer": name, "load": load, **asdict(asked)}
    empty_lake()


def main() -> None:
    """Print what is measured; tables are written, too."""
    parser = argparse.ArgumentParser(description="Measure every answer over a month of events.")
    parser.add_argument("--events", type=int, nargs="+", default=EVENTS, help="events in the lake, a table for each")
    parser.add_argument("--days", type=int, nargs="+", default=[DAYS], help="with JSON: how far back, for each answer")
    parser.add_argument("--format", choices=("tables", "json"), default="tables", help="form of the output")
    options = parser.parse_args()
    logging.disable(logging.INFO)  # MiniStack's go to the standard output
    if options.format == "json":
        for events in options.events:
            for record in records(events, options.days):
                print(json.dumps(record), flush=True)
        return
    text = "\n".join((f"Measured on {machine()}.\n", *map(table, options.events)))
    print(text)
    PAGE.write_text(rewritten(PAGE.read_text(encoding="utf-8"), COMMAND, text), encoding="utf-8")
    print(f"Written into {PAGE.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
