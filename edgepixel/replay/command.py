# SPDX-License-Identifier: Apache-2.0
"""`edgepixel replay`: sends quarantined lines and failed batches through the raw stream again, and marks them.

Every line goes the whole way again: it is checked, its addresses are protected, and a line that is still bad comes
back to quarantine as a new entry. Each object is marked after its lines are sent (see quarantine_store), so a second
replay skips it. Lines can arrive twice if a replay is stopped between the two, or if two run at a time; answers count
them once, because they count each request id once.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import click
from rich.console import Console

from edgepixel.aws import lake_names
from edgepixel.aws.stack import Stack
from edgepixel.chosen_stack import find_chosen_stack
from edgepixel.console.progress import Steps, output_console
from edgepixel.console.table import Table, to_rich
from edgepixel.errors import ReplayError, UnreadableObjectError
from edgepixel.option_types import PointInTime
from edgepixel.options import StackChoice, stack_options
from edgepixel.replay.quarantine_store import KeptObject, QuarantineStore
from edgepixel.replay.raw_stream import FAST, GENTLE, RawStream
from edgepixel.replay.undelivered_lines import (
    EVERYTHING,
    REASONS,
    KeptLine,
    Selection,
    taken,
)


@dataclass
class Result:
    """What became of the objects: lines by reason, objects in which nothing was left to replay, and unreadable ones."""

    lines: Counter[str] = field(default_factory=Counter)
    objects: int = 0
    skipped: int = 0
    unreadable: list[str] = field(default_factory=list)


@click.command()
@click.option("--reason", type=click.Choice(REASONS), help="Only lines of this reason.")
@click.option(
    "--since",
    type=PointInTime(),
    help="Only what arrived since this time (ISO 8601, UTC if it has no offset), or in a period: 90m, 36h, 7d.",
)
@click.option("--dry-run", is_flag=True, help="Count the lines by reason and send nothing.")
@click.option("--fast", is_flag=True, help="Use more than 80 % of one shard.")
@stack_options
def replay(reason: str | None, since: datetime | None, dry_run: bool, fast: bool, choice: StackChoice) -> None:
    """Send quarantined lines and failed batches again.

    They go through the raw stream like new lines. What was replayed is marked, and skipped the next time.

    \b
    Examples:
      edgepixel replay --dry-run
      edgepixel replay --reason field_count --since 7d
    """
    selection = Selection(reason, max(0, int(since.timestamp() * 1000)) if since else 0)
    run_replay(find_chosen_stack(choice), selection, dry_run, fast, output_console(), output_console(stderr=True))


def run_replay(
    stack: Stack, selection: Selection, dry_run: bool, fast: bool, output: Console, messages: Console
) -> None:
    """Send the lines of a selection again that were not yet, or only count them by reason (`dry_run`).

    At most 80 % of what one shard takes is used, unless `fast`. Raises ReplayError if the stack has no aggregator or
    the raw stream keeps refusing lines, and, after everything else is replayed, if an object cannot be read.
    """
    store = QuarantineStore(stack.cloud.client("s3"), stack.lake_bucket)
    messages.print(f"{'Looking into' if dry_run else 'Replaying in'} {stack}", markup=False)
    kept = store.find(selection)
    send = None
    if not dry_run and not all(found.done for found in kept):
        _require_aggregator(stack)
        send = RawStream(stack.cloud.client("kinesis"), stack.raw_stream, FAST if fast else GENTLE).put
    with Steps(messages).step("count" if dry_run else "replay objects", len(kept)) as progress:
        result = replay_objects(store, kept, selection, send, progress)
    _tell(stack, result, dry_run, output, messages)
    if result.unreadable:
        raise ReplayError(
            f"{len(result.unreadable):,} objects cannot be read and were left unchanged; everything else was "
            f"{'counted' if dry_run else 'replayed'}. Unreadable: {', '.join(result.unreadable)}"
        )


def replay_objects(
    store: QuarantineStore,
    kept: Sequence[KeptObject],
    selection: Selection,
    send: Callable[[Sequence[KeptLine]], None] | None,
    progress: Callable[[int], None],
) -> Result:
    """Send and mark object after object, or without `send` only count. `progress` is told how many are done."""
    result = Result()
    for number, found in enumerate(kept, start=1):
        if found.done:
            result.skipped += 1
        else:
            _replay_object(store, found, selection, send, result)
        progress(number)
    return result


def _replay_object(
    store: QuarantineStore,
    found: KeptObject,
    selection: Selection,
    send: Callable[[Sequence[KeptLine]], None] | None,
    result: Result,
) -> None:
    try:
        lines = store.read(found.key)
    except UnreadableObjectError as error:
        result.unreadable.append(str(error))
        return
    selected = [line for line in lines if selection.takes(line)]
    due = [line for line in selected if not taken(line, found.replayed)]
    if not due:
        result.skipped += bool(selected)
        return
    if send is not None:
        send(due)
        complete = all(taken(line, (*found.replayed, selection)) for line in lines)
        store.mark(found.key, EVERYTHING if complete else selection)
    result.lines.update(line.reason for line in due)
    result.objects += 1


def _require_aggregator(stack: Stack) -> None:
    if "AggregatorFunctionName" not in stack.outputs:
        raise ReplayError(
            f"the stack {stack.name!r} has Aggregation=disabled: its raw stream leads straight to the lake, so "
            "bad lines and full addresses would get there. Deploy it with Aggregation=enabled to replay"
        )


def _tell(stack: Stack, result: Result, dry_run: bool, output: Console, messages: Console) -> None:
    if result.skipped:
        messages.print(f"Skipped {result.skipped:,} objects that were replayed before.")
    if not result.lines:
        folders = f"{lake_names.QUARANTINE} and {lake_names.FAILED_BATCHES} of {stack.lake_bucket}"
        messages.print(f"Nothing to replay in {folders}.", markup=False)
        return
    output.print(to_rich(Table(("reason", "lines"), tuple(sorted(result.lines.items())))))
    total = f"{result.lines.total():,} lines of {result.objects:,} objects"
    if dry_run:
        messages.print(f"{total} would be sent. Nothing was sent.")
        return
    messages.print(
        f"Sent {total}. They can be queried after the batching window and the delivery's buffer, like any hit.\n"
        f"A line that is still bad comes back to quarantine. To check then: edgepixel replay --dry-run",
        markup=False,
    )
