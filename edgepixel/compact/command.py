# SPDX-License-Identifier: Apache-2.0
"""`edgepixel compact`: types days again, under the rules of today."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import click
from rich.console import Console

from edgepixel.aws.stack import Stack
from edgepixel.chosen_stack import find_chosen_stack
from edgepixel.compact.chosen_days import ChosenDay, choose_days, last_closed_day
from edgepixel.compact.compactor import compact_day
from edgepixel.console.progress import Steps, output_console
from edgepixel.console.table import Table, to_rich
from edgepixel.cost import prices
from edgepixel.errors import CompactionError
from edgepixel.option_types import CalendarDate
from edgepixel.options import StackChoice, stack_options


@click.command()
@click.option("--since", type=CalendarDate(), metavar="DATE", required=True, help="The first day (UTC).")
@click.option(
    "--until", type=CalendarDate(), metavar="DATE", help="The last day.  [default: the last one that is closed]"
)
@click.option("--again", is_flag=True, help="Type days again that today's rules have made, too.")
@click.option("--dry-run", is_flag=True, help="Say which days, and what Athena will bill. Nothing is changed.")
@click.option("--yes", is_flag=True, help="Begin without asking.")
@stack_options
def compact(since: date, until: date | None, again: bool, dry_run: bool, yes: bool, choice: StackChoice) -> None:
    """Type days again, under the rules of today.

    What is stored of a typed day was told by the rules of its time. A newer version of this application may tell
    agents, referrers or channels better: this command makes the days of a period anew from their raw lines, by the
    stack's compactor. Questions are answered meanwhile; each day changes at one moment.

    \b
    Examples:
      edgepixel compact --since 2026-10-01 --dry-run
      edgepixel compact --since 2026-10-01 --until 2026-10-31
    """
    if until is not None and until < since:
        raise click.UsageError(f"--until {until} is before --since {since}")
    if dry_run and yes:
        raise click.UsageError("--dry-run and --yes exclude each other")
    stack = find_chosen_stack(choice)
    if not stack.has_typed_days:
        raise CompactionError(f"{stack} types no days: deploy it with TypedDays=enabled")
    output = output_console()
    closed = last_closed_day(stack, datetime.now(UTC))
    if since > closed or (until is not None and until > closed):
        raise CompactionError(f"the last closed day of {stack} is {closed}: a later one is still being written")
    days = choose_days(stack, since, until or closed, again=again)
    to_do = [one for one in days if one.reason.is_done]
    _tell(output, stack, days, to_do)
    if not to_do:
        return
    if dry_run or not (yes or click.confirm("Begin?")):
        output.print("Nothing was changed.")
        return
    run_compaction(stack, to_do, output, output_console(stderr=True))


def run_compaction(stack: Stack, days: Sequence[ChosenDay], output: Console, messages: Console) -> None:
    """Type the days, the oldest first, and print each. Raises CompactionError for those that failed, after all."""
    failures: list[str] = []
    steps = Steps(messages)
    with steps.step("days", len(days)) as progress:
        for number, one in enumerate(days, start=1):
            try:
                done = compact_day(stack, one.day, redo=one.typed is not None)
            except CompactionError as error:
                failures.append(str(error))
            else:
                before = f", before {one.typed.rows:,}" if one.typed else ""
                output.print(f"{one.day}: rows: {done.typed.rows if done.typed else 0:,}{before}", markup=False)
            progress(number)
    if failures:
        raise CompactionError("\n".join([*failures, "Run the command again: it goes on with what is left."]))


def _tell(output: Console, stack: Stack, days: Sequence[ChosenDay], to_do: Sequence[ChosenDay]) -> None:
    if not days:
        output.print(f"{stack} has no events in these days.", markup=False)
        return
    columns = ("day", "raw_objects", "raw_bytes", "typed_rows", "state")
    rows = tuple(
        (str(one.day), one.objects, one.raw_bytes, one.typed.rows if one.typed else None, one.reason.value)
        for one in days
    )
    output.print(to_rich(Table(columns, rows)))
    read = sum(one.read_bytes for one in to_do)
    output.print(
        f"{len(to_do):,} of {len(days):,} days are to be typed. Athena will read at most {read:,} bytes and "
        f"bill at most ${sum(one.usd for one in to_do):.4f}, at {prices.REGION}'s list prices.",
        markup=False,
    )
