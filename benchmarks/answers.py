# SPDX-License-Identifier: Apache-2.0
"""Every answer over a month of events in the local Athena: time, memory, and the bytes that Athena would bill.

    python -m benchmarks.answers [--events N ...] [--copies N ...] [--days N ...] [--lake raw typed] [--format json]
    python -m benchmarks.answers --measured FILE ...

The lake is asked twice: as raw lines, and after each of its days was typed by the compactor's statement. Each answer is
asked alone in a process of its own, twice, and the second time is told: by then it has the memory and the files that
the local cloud's process has after a while. The times are the local engine's on this machine and say nothing of
Athena's; a query that reads too much, or that grows faster than its events, shows all the same. The tables are printed,
and written into docs/architecture.md. As JSON, what was measured is printed only, one record for each lake, number of
events, days and answer, with the machine's load before it, and one for the typing of the days. Such a file is measured
again by nobody: `--measured` writes the tables of one or several.

Ten million raw lines take more than an hour. So larger lakes are made of the typed one: every row is there so many
times, under other visitors and request ids, and then the rows of that lake so many times again.
"""

import argparse
import json
import logging
import multiprocessing
import os
import statistics
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TextIO

from benchmarks.lakes.raw import DAYS, NOW, fill
from benchmarks.lakes.typed import copy_days, type_lake
from benchmarks.machine import machine
from benchmarks.peak_memory import forget_peak, peak_megabytes
from edgepixel.answers.registry import answer
from edgepixel.answers.subject.conditions import answer_sql
from edgepixel.ask.in_process import ask_in_process
from edgepixel.cost.prices import athena_usd
from edgepixel.paths import ROOT
from edgepixel.rendering.blocks import markdown, rewritten
from edgepixel.template.reader import answer_queries

PAGE = ROOT / "docs" / "architecture.md"
COMMAND = "python -m benchmarks.answers"
EVENTS = (1_000_000,)
COPIES = (10, 10)
PERIODS = (1, 7, DAYS)
LAKES = ("raw", "typed")


@dataclass(frozen=True)
class Asked:
    """One answer: seconds on the clock and of the processor, megabytes that its process had more than before, bytes
    scanned, rows."""

    seconds: float
    cpu_seconds: float
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
    forget_peak()
    before = peak_megabytes()
    sql = answer_sql(answer_queries(), name, days)
    ask_in_process(sql, NOW)
    started, cpu = time.monotonic(), time.process_time()
    table = ask_in_process(sql, NOW)
    seconds, cpu_seconds = time.monotonic() - started, time.process_time() - cpu
    result.send(Asked(seconds, cpu_seconds, peak_megabytes() - before, table.scanned_bytes, len(table.rows)))


def _about_events() -> list[str]:
    """The answers about the lake's events; the others read tables that this lake has not."""
    return [name for name in answer_queries() if answer(name).about_events]


def ask_all(events: int, kinds: Sequence[str], periods: Sequence[int]) -> Iterator[dict[str, str | int | float]]:
    """Every answer about the last days of a lake of so many events, raw, then typed: what was measured, by name.

    Before the typed days are asked comes how they were made.
    """
    print(f"{events:,} events: filling the lake ...", file=sys.stderr)
    lines, size = fill(events)
    about: dict[str, str | int | float] = {"events": lines, "bytes": size}
    for kind in (one for one in LAKES if one in kinds):
        about["lake"] = kind
        if kind == "typed":
            print("  typing its days ...", file=sys.stderr)
            yield {**about, "load": os.getloadavg()[0], **asdict(type_lake())}
        for days in periods:
            yield from _ask_each({**about, "days": days})


def _ask_each(about: dict[str, str | int | float]) -> Iterator[dict[str, str | int | float]]:
    days = int(about["days"])
    for name in _about_events():
        print(f"  {name}, {days} days, {about['lake']} ...", file=sys.stderr)
        load = os.getloadavg()[0]
        yield {**about, "answer": name, "load": load, **asdict(measure(name, days))}


def ask_copies(
    lake: Mapping[str, str | int | float], more: int, periods: Sequence[int]
) -> Iterator[dict[str, str | int | float]]:
    """Every answer about the typed lake that is there, with each row so many times more."""
    print(f"  each typed row {more} times ...", file=sys.stderr)
    about: dict[str, str | int | float] = {name: int(lake[name]) * more for name in ("events", "bytes")}
    about |= {"lake": "typed", "copies": int(lake.get("copies", 1)) * more}
    yield {**about, "load": os.getloadavg()[0], "stored_bytes": copy_days(more)}
    for days in periods:
        yield from _ask_each({**about, "days": days})


def table(records: Sequence[Mapping[str, Any]]) -> str:
    """What was measured of the lakes of one number of events."""
    asked = {(one["answer"], one["lake"], one["days"]): one for one in records if "answer" in one}
    kinds = sorted({(kind, days) for _, kind, days in asked}, key=lambda one: (one[0], -one[1]))
    longest = max(days for _, days in kinds)
    heads = ["answer", "rows"]
    for kind, days in kinds:
        heads.append(f"{kind}, {days} days: s" if days > 1 else f"{kind}, 1 day: s")
        heads += ["MB", "MB read", "cents"] if days == longest else []
    rows = []
    for name in dict.fromkeys(name for name, _, _ in asked):
        row = [f"`{name}`", f"{max(one['rows'] for key, one in asked.items() if key[0] == name):,}"]
        for kind, days in kinds:
            one = asked[name, kind, days]
            row.append(f"{one['seconds']:.1f}")
            if days == longest:
                row += [f"{one['megabytes']:,.0f}", f"{one['scanned_bytes'] / 2**20:,.0f}"]
                row.append(f"{100 * athena_usd(one['scanned_bytes']):.3f}")
        rows.append(row)
    sittings = [
        _sitting(f"{kind}, {days} days", [one for key, one in asked.items() if key[1:] == (kind, days)])
        for kind, days in kinds
    ]
    lines, size = records[0]["events"], records[0]["bytes"]
    copies = f", each typed row {records[0]['copies']} times" if "copies" in records[0] else ""
    return (
        f"{lines:,} lines of {size // lines} bytes in {DAYS} days{copies}. MB: memory, beyond that of a process "
        "that has asked nothing; MB read, and what Athena bills for it in US cents.\n\n"
        f"{markdown(heads, rows)}\nAll answers one after the other: {'; '.join(sittings)}.\n"
        + "".join(_typing(one) for one in records if "typed_bytes" in one)
        + "".join(f"\nStored in {one['stored_bytes'] / 2**20:,.0f} MB.\n" for one in records if "stored_bytes" in one)
    )


def _sitting(name: str, asked: Sequence[Mapping[str, Any]]) -> str:
    seconds = [one["seconds"] for one in asked]
    median, most = statistics.median(seconds), max(seconds)
    return f"{name} {sum(seconds):.0f} s, median {median:.1f}, most {most:.1f}"


def _typing(one: Mapping[str, Any]) -> str:
    millions = one["events"] / 1e6
    return (
        f"\nTyping the days, each by one statement, took {one['seconds'] / millions:.1f} s for a million events, and "
        f"{one['megabytes']:,.0f} MB. Raw lines are stored in {one['raw_bytes'] / 2**20:,.0f} MB, typed days in "
        f"{one['typed_bytes'] / 2**20:,.0f} MB.\n"
    )


def _told(asked: Iterator[dict[str, str | int | float]], told: TextIO) -> list[dict[str, str | int | float]]:
    """Everything that is measured, each told at once."""
    records = []
    for record in asked:
        records.append(record)
        print(json.dumps(record), file=told, flush=True)
    return records


def main() -> None:
    """Print what is measured; tables are written, too."""
    parser = argparse.ArgumentParser(description="Measure every answer over a month of events.")
    parser.add_argument("--events", type=int, nargs="+", default=EVENTS, help="events in the lake, a table for each")
    parser.add_argument("--days", type=int, nargs="+", default=PERIODS, help="how far back, for each answer")
    parser.add_argument("--lake", choices=LAKES, nargs="+", default=LAKES, help="which lakes are asked")
    parser.add_argument(
        "--copies",
        type=int,
        nargs="*",
        metavar="N",
        help="ask the typed lake with so many times its rows, too; each number multiplies the last lake",
    )
    parser.add_argument(
        "--measured", type=Path, nargs="+", metavar="FILE", help="measure nothing: write the tables of such JSON lines"
    )
    parser.add_argument("--format", choices=("tables", "json"), default="tables", help="form of the output")
    options = parser.parse_args()
    if options.measured:
        _write([table(records) for records in _by_lake(options.measured)])
        return
    if options.copies and "typed" not in options.lake:
        parser.error("--copies copies typed days: --lake leaves them out")
    copies = (COPIES if "typed" in options.lake else ()) if options.copies is None else options.copies
    logging.disable(logging.INFO)  # MiniStack's go to the standard output
    told = sys.stdout if options.format == "json" else sys.stderr  # tables come after an hour
    texts: list[str] = []
    records: list[dict[str, str | int | float]] = []
    for events in options.events:
        records = _told(ask_all(events, options.lake, options.days), told)
        texts.append(table(records))
    for more in copies:
        records = _told(ask_copies(records[0], more, options.days), told)
        texts.append(table(records))
    if options.format == "json":
        return
    _write(texts)


def _by_lake(files: Sequence[Path]) -> list[list[dict[str, Any]]]:
    """What was measured, of each number of events by itself, the fewest first."""
    lakes: dict[int, list[dict[str, Any]]] = {}
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            lakes.setdefault(record["events"], []).append(record)
    return [records for _, records in sorted(lakes.items())]


def _write(tables: Sequence[str]) -> None:
    text = "\n".join([f"Measured on {machine()}.\n", *tables])
    print(text)
    PAGE.write_text(rewritten(PAGE.read_text(encoding="utf-8"), COMMAND, text), encoding="utf-8")
    print(f"Written into {PAGE.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
