# SPDX-License-Identifier: Apache-2.0
"""`edgepixel traffic`: sends made-up visitors through a stack's pixel, and keeps the ledger of them."""

from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from edgepixel.ask.wait_for_events import queryable_events, require_lake, wait_until_queryable
from edgepixel.aws.stack import Stack
from edgepixel.chosen_stack import find_chosen_stack
from edgepixel.console.progress import Steps, output_console
from edgepixel.defaults import DEFAULT_HOURS
from edgepixel.errors import NotQueryableError
from edgepixel.local.prerequisites import check_packages
from edgepixel.option_types import POSITIVE_INTEGER, OutputFile, PositiveNumber
from edgepixel.options import StackChoice, hits_option, seed_option, stack_options
from edgepixel.paths import HOME
from edgepixel.traffic.ledger import read_ledger
from edgepixel.traffic.sender import DEFAULT_CONNECTIONS

_PATIENCE_SECONDS = 120.0  # without another event; a local cloud of the usual speed needs about six


@click.command()
@hits_option
@click.option(
    "--hours",
    type=PositiveNumber(),
    default=DEFAULT_HOURS,
    help="Spread them over so many hours that end now. No effect in AWS, where a hit happens when it is sent.",
)
@click.option(
    "--ledger",
    type=OutputFile(new=True),
    help="New file for what was sent, one JSON object a line. [default: one in .edgepixel/ named after the time]",
)
@click.option("--connections", type=POSITIVE_INTEGER, default=DEFAULT_CONNECTIONS, help="Connections open at a time.")
@seed_option
@stack_options
def traffic(hits: int, hours: float, ledger: Path | None, connections: int, seed: int, choice: StackChoice) -> None:
    """Send made-up visitors through a stack's pixel.

    What was sent is written to a ledger, from which every answer can be computed and compared. With a local cloud,
    the command ends when the events can be queried.

    \b
    Example:
      edgepixel traffic --hits 1000 --hours 48
    """
    check_packages()
    # The generator needs a package of the extra `local`.
    from edgepixel.traffic.recorder import record_traffic

    console = output_console(stderr=True)
    stack = find_chosen_stack(choice)
    path = ledger or HOME / f"ledger-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.jsonl"
    console.print(f"Sending to {stack}", markup=False)
    local = stack.cloud.local_port is not None
    if not local:
        console.print("In AWS, times, addresses and countries are those of this machine: --hours has no effect there.")
    before = queryable_events(stack) if local else 0
    if local and not before:
        require_lake(stack)  # else the command would wait for what cannot come
    steps = Steps(console)
    with steps.step("send hits", hits) as progress:
        record_traffic(stack, path, hits=hits, seed=seed, hours=hours, connections=connections, progress=progress)
    if local:
        _wait(stack, before + len(read_ledger(path).logged()), steps, console)
    console.print(f"Ledger: {path}", markup=False)


def _wait(stack: Stack, events: int, steps: Steps, console: Console) -> None:
    """Wait until a local cloud's answers know the hits, so that the next command can ask.

    It is no failure if they are late: the cloud may go as slowly as AWS, or log a sample only.
    """
    try:
        with steps.step("wait until they can be queried", events) as progress:
            wait_until_queryable(stack, events, _PATIENCE_SECONDS, progress)
    except NotQueryableError as error:
        console.print(f"The hits were sent, but {error}", markup=False)
