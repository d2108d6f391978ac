# SPDX-License-Identifier: Apache-2.0
"""`edgepixel live`: who is on the site now, until Ctrl-C or for an hour."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.live import Live

from edgepixel.answers.subject.conditions import DEFAULT_TIME_ZONE
from edgepixel.chosen_stack import find_chosen_stack
from edgepixel.console.progress import output_console
from edgepixel.live.available import require_live
from edgepixel.live.display import as_json, as_line, as_screen
from edgepixel.live.picture import DEFAULT_MINUTES, MOST_MINUTES, NOW_SECONDS, Picture
from edgepixel.options import StackChoice, stack_options

if TYPE_CHECKING:
    from edgepixel.live.watch import Watch

DEFAULT_SECONDS = 3600


@click.command()
@click.option(
    "--minutes",
    type=click.IntRange(NOW_SECONDS // 60, MOST_MINUTES),
    default=DEFAULT_MINUTES,
    help="How many minutes it looks back.",
)
@click.option(
    "--for",
    "seconds",
    type=click.IntRange(1),
    metavar="SECONDS",
    default=DEFAULT_SECONDS,
    help="Stop by itself after so many seconds.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(("table", "json")),
    default="table",
    help="table: a display that renews itself, or without a terminal a line for each look; json: an object for each.",
)
@stack_options
def live(minutes: int, seconds: int, form: str, choice: StackChoice) -> None:
    """Show who is on the site now, until Ctrl-C.

    People and machines of the last minutes by page, country, channel and class of traffic, a few seconds behind. It
    reads the raw stream, so the stack's Source must be realtime or both, and tells people from machines on this
    machine, by the rules of the view `events`.

    \b
    Examples:
      edgepixel live
      edgepixel live --minutes 5 --for 60 --format json | tail -1 | jq .now.visitors
    """
    stack, messages = find_chosen_stack(choice), output_console(stderr=True)
    require_live(stack)
    # It needs packages of the extra `local`.
    from edgepixel.live.watch import Watch

    messages.print(f"Reading the raw stream of {stack}. Ctrl-C ends it.", markup=False)
    zone = ZoneInfo(stack.parameters.get("TimeZone") or DEFAULT_TIME_ZONE)
    try:
        watch = Watch(stack, minutes)
    except KeyboardInterrupt:
        return
    output = output_console()
    try:
        if form == "json":
            run(watch, seconds, lambda one: click.echo(as_json(one)))
        elif not output.is_terminal:
            run(watch, seconds, lambda one: click.echo(as_line(one, zone)))
        else:
            _on_terminal(watch, seconds, stack.name, zone, output)
    except KeyboardInterrupt:
        pass  # that is how it is ended
    finally:
        messages.print(watch.cost(), markup=False, soft_wrap=True)


def run(watch: "Watch", seconds: float, show: Callable[[Picture], None]) -> None:
    """Look again and again for so many seconds. Raises what looking raises."""
    end = time.monotonic() + seconds
    while True:
        show(watch.look())
        left = end - time.monotonic()
        if left <= 0:
            return
        time.sleep(min(left, watch.seconds_to_next()))


def _on_terminal(watch: "Watch", seconds: float, title: str, zone: ZoneInfo, output: Console) -> None:
    """The display goes when it ends, and the last picture stays."""
    last: list[Picture] = []
    try:
        with Live(console=output, screen=True, auto_refresh=False) as display:

            def show(one: Picture) -> None:
                last[:] = [one]
                display.update(as_screen(one, title, zone, output.height), refresh=True)

            run(watch, seconds, show)
    finally:
        if last:
            output.print(as_screen(last[0], title, zone, output.height))
