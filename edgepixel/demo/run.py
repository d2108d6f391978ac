# SPDX-License-Identifier: Apache-2.0
"""The demo: the whole application on this machine, from hits to answers, and each answer compared with the truth."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path

from rich.console import Console

from edgepixel.answers import registry
from edgepixel.answers.shown import shown_table
from edgepixel.answers.subject.conditions import Subject, answer_sql, stack_time_zone
from edgepixel.ask.athena import find_answers
from edgepixel.ask.several import run_queries
from edgepixel.ask.wait_for_events import PATIENCE_SECONDS, wait_until_queryable
from edgepixel.aws.stack import Stack
from edgepixel.aws.typed_days import raw_days
from edgepixel.compact.compactor import compact_day
from edgepixel.console.progress import Steps
from edgepixel.console.table import Table, to_rich
from edgepixel.defaults import DEFAULT_HITS, DEFAULT_SEED, DEFAULT_SPEED, DEFAULT_STACK
from edgepixel.local import local_cloud
from edgepixel.local.command import how_to_use
from edgepixel.local.deployment import build_and_deploy
from edgepixel.local.local_cloud import LocalCloud
from edgepixel.local.lock import exclusively
from edgepixel.paths import HOME
from edgepixel.report.command import write_page
from edgepixel.report.gather import gather
from edgepixel.template.parameters import check_rules
from edgepixel.traffic.ledger import Ledger, read_ledger
from edgepixel.traffic.recorder import record_traffic
from edgepixel.truth.comparison import differences
from edgepixel.truth.events import Facts, events_of, facts_of
from edgepixel.truth.expected import TRUTHS

_ROWS_SHOWN = 12
_IDLE_MINUTES = 30.0  # on a busy machine `sam build` may take minutes, without a request


@dataclass(frozen=True)
class DemoOptions:
    """What a demo does. `keep` leaves the local cloud running, as `up` would."""

    hits: int = DEFAULT_HITS
    seed: int = DEFAULT_SEED
    speed: float = DEFAULT_SPEED
    keep: bool = False
    parameters: Mapping[str, str] = field(default_factory=dict)


def run_demo(console: Console, options: DemoOptions) -> bool:
    """Run the demo, print every answer, and return whether all of them equal the ledger.

    Whatever happens, the local cloud that it started is stopped, unless it is to be kept and nothing failed.
    """
    check_rules(options.parameters)
    folder = HOME / "demo"
    home = HOME if options.keep else folder
    with exclusively(HOME / "demo.lock", "another demo is running: wait for it, or end it with Ctrl-C"):
        if options.keep:
            local_cloud.refuse_second(home)
        _start_clean(folder)
        steps = Steps(console)
        with steps.step("start the local cloud"):
            state = _start(home, options)
        finished = False
        try:
            stack = build_and_deploy(state, home, steps, options.parameters)
            ledger = _send(stack, folder / "ledger.jsonl", steps, options)
            now_ms = time.time_ns() // 1_000_000
            answers = _ask(stack, ledger, steps, now_ms)
            again = _ask_typed(stack, steps, now_ms) if stack.has_typed_days else None
            with steps.step("draw the report"):
                _draw(stack, answers, now_ms, HOME / "report.html")
            facts = facts_of(events_of(ledger), now_ms, time_zone=stack_time_zone(find_answers(stack)))
            same = _report(console, answers, again, ledger, facts)
            finished = True
        finally:
            if not (options.keep and finished):
                local_cloud.stop(state, home)
        console.print(f"Report: {HOME / 'report.html'}", markup=False, soft_wrap=True)
        console.print(f"Ledger: {folder / 'ledger.jsonl'}", markup=False, soft_wrap=True)
        console.print(f"Took: {steps.summary()}", markup=False, soft_wrap=True)
        if options.keep:
            console.print(how_to_use(state, stack, local_cloud.DEFAULT_IDLE_MINUTES), markup=False, soft_wrap=True)
        return same


def _start(home: Path, options: DemoOptions) -> LocalCloud:
    """A local cloud as `up` starts it, or one of the demo's own, which soon ends by itself if the demo is killed."""
    if options.keep:
        return local_cloud.start(DEFAULT_STACK, home, None, options.speed)
    return local_cloud.start(DEFAULT_STACK, home, local_cloud.free_port(), options.speed, _IDLE_MINUTES)


def _start_clean(folder: Path) -> None:
    """Forget what an earlier demo left, and stop its local cloud if that demo was killed."""
    orphan = local_cloud.running(folder)
    if orphan:
        local_cloud.stop(orphan, folder)
    for leftover in folder.glob("*"):
        leftover.unlink()


def _send(stack: Stack, path: Path, steps: Steps, options: DemoOptions) -> Ledger:
    with steps.step("send hits", options.hits) as progress:
        record_traffic(stack, path, hits=options.hits, seed=options.seed, progress=progress)
    return read_ledger(path)


def _ask(stack: Stack, ledger: Ledger, steps: Steps, now_ms: int) -> dict[str, Table]:
    """Every answer as of one moment, so that all of them are about the same period, and so is the truth."""
    expected = len(ledger.logged())
    with steps.step("wait until they can be queried", expected) as progress:
        wait_until_queryable(stack, expected, PATIENCE_SECONDS, progress)
    return _ask_all(stack, steps, "ask", now_ms)


def _ask_typed(stack: Stack, steps: Steps, now_ms: int) -> dict[str, Table]:
    """Every answer as of the same moment, after the compactor has made typed days of all that has arrived."""
    days = raw_days(stack)
    with steps.step("make typed days", len(days)) as progress:
        for number, day in enumerate(days, start=1):
            compact_day(stack, day, unclosed=True)
            progress(number)
    return _ask_all(stack, steps, "ask again", now_ms)


def _ask_all(stack: Stack, steps: Steps, name: str, now_ms: int) -> dict[str, Table]:
    with steps.step(name, len(TRUTHS)) as progress:
        queries = find_answers(stack)
        tables = run_queries(stack, [answer_sql(queries, name, now_ms=now_ms) for name in TRUTHS], progress)
    return dict(zip(TRUTHS, tables, strict=True))


def _draw(stack: Stack, answers: Mapping[str, Table], now_ms: int, path: Path) -> None:
    end = datetime.fromtimestamp(now_ms / 1000, UTC)
    write_page(gather(stack, Subject(), end, known=answers), path)


def _report(
    console: Console,
    answers: Mapping[str, Table],
    again: Mapping[str, Table] | None,
    ledger: Ledger,
    facts: Facts,
) -> bool:
    """Print the answers that are for everyone, name the others, and say of every one whether it equals the ledger.

    `again` are the same answers from typed days, which must be the same row for row; None if there are none.
    """
    shown = {answer.name for answer in registry.answers() if answer.in_demo}
    others = [name for name in answers if name not in shown]
    wrong: list[str] = []
    for name, answer in answers.items():
        if name in shown:
            console.print()
            console.print(to_rich(shown_table(answer, registry.known_answer(name)), name, _ROWS_SHOWN))
        elif name == others[0]:
            console.print("\nAlso asked; `edgepixel ask NAME` prints them while a local cloud runs:", markup=False)
        found = differences(answer, TRUTHS[name](facts))
        size = "" if name in shown else f"{len(answer.rows)} row{'' if len(answer.rows) == 1 else 's'}, "
        verdict = f"equals the ledger: {'NO' if found else 'yes'}"
        if again is not None:
            found = [*found, *_changes(answer, again[name])]
            verdict += f", from typed days too: {'NO' if again[name] != answer else 'yes'}"
        console.print(f"{name}: {size}{verdict}", style="bold red" if found else "green")
        for difference in found:
            console.print(f"  {difference}", markup=False)
        if found:
            wrong.append(name)
    console.print()
    console.print(f"Times, hours and days are those of {facts.time_zone.key}.", markup=False)
    verdict = f"{len(ledger.rows):,} hits, {len(facts.events):,} events, {len(answers)} answers: "
    equal = "every answer equals the ledger" + (", from raw lines and from typed days" if again is not None else "")
    verdict += f"NOT equal to the ledger: {', '.join(wrong)}" if wrong else equal
    console.print(verdict, style="bold red" if wrong else "bold green")
    return not wrong


def _changes(before: Table, after: Table) -> list[str]:
    """The first row that typed days answer otherwise, if any."""
    if before == after:
        return []
    pairs = enumerate(zip_longest(before.rows, after.rows), start=1)
    number, (old, new) = next((number, pair) for number, pair in pairs if pair[0] != pair[1])
    return [f"row {number} of raw lines: {old}, of typed days: {new}"]
