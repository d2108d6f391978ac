# SPDX-License-Identifier: Apache-2.0
"""The command line: reads arguments, runs a command, and turns expected failures into messages."""

import signal
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from types import FrameType
from typing import NoReturn

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from edgepixel.arguments import argument_parser
from edgepixel.ask.command import Question, ask
from edgepixel.ask.wait_for_events import queryable_events, wait_until_queryable
from edgepixel.console.progress import Steps, output_console
from edgepixel.cost.bill import Traffic
from edgepixel.cost.command import cost
from edgepixel.demo import command as demo
from edgepixel.demo.page import show_page
from edgepixel.errors import EdgePixelError, NotQueryableError
from edgepixel.local.command import down, up
from edgepixel.local.target import Target, find_target
from edgepixel.paths import HOME
from edgepixel.replay.command import replay
from edgepixel.replay.undelivered_lines import Selection
from edgepixel.traffic.ledger import read_ledger
from edgepixel.traffic.recorder import record_traffic

_INTERRUPTED = 130  # what shells expect after Ctrl-C: 128 + SIGINT
_PATIENCE_SECONDS = 120.0  # without another event; a local cloud of the usual speed needs about six


def main(arguments: Sequence[str]) -> int:
    """Run a command and return the exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted."""
    options = argument_parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _terminate)
    try:
        return _COMMANDS[options.command](options)
    except EdgePixelError as error:
        message = str(error)
    except ClientError as error:
        message = f"AWS refused {error.operation_name}: {error.response['Error'].get('Message', error)}"
    except BotoCoreError as error:
        message = f"{str(error).rstrip('.')}. Check your AWS credentials, Region and network, or use --local"
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return _INTERRUPTED
    print(f"edgepixel: {message}", file=sys.stderr)
    return 1


def _terminate(number: int, _frame: FrameType | None) -> NoReturn:
    """End as after an exception, so that a command stops what it started."""
    raise SystemExit(128 + number)


def _demo(options: Namespace) -> int:
    chosen = demo.DemoOptions(options.views, options.seed, options.speed, options.keep, dict(options.parameter))
    return 0 if demo.run_demo(output_console(), chosen) else 1


def _up(options: Namespace) -> int:
    parameters = dict(options.parameter)
    up(output_console(), options.stack, options.port, options.speed, options.idle_minutes, parameters)
    return 0


def _down(_options: Namespace) -> int:
    down(output_console())
    return 0


def _traffic(options: Namespace) -> int:
    console = output_console(stderr=True)
    target = find_target(options.where, options.stack)
    ledger = options.ledger or HOME / f"ledger-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.jsonl"
    console.print(f"Sending to {target}", markup=False)
    local = target.cloud.local_port is not None
    if not local:
        console.print("In AWS, times, addresses and countries are those of this machine: --hours has no effect there.")
    before = queryable_events(target.cloud, target.stack) if local else 0
    steps = Steps(console)
    with steps.step("send views", options.views) as progress:
        record_traffic(
            target.cloud,
            target.stack,
            ledger,
            options.views,
            options.seed,
            options.hours,
            options.connections,
            progress,
        )
    if local:
        _wait(target, before + len(read_ledger(ledger).logged()), steps, console)
    console.print(f"Ledger: {ledger}", markup=False)
    return 0


def _wait(target: Target, events: int, steps: Steps, console: Console) -> None:
    """Wait until a local cloud's answers know the views, so that the next command can ask.

    It is no failure if they are late: the cloud may go as slowly as AWS, or log a sample only.
    """
    try:
        with steps.step("wait until they can be asked for", events) as progress:
            wait_until_queryable(target.cloud, target.stack, events, _PATIENCE_SECONDS, progress)
    except NotQueryableError as error:
        console.print(f"The views were sent, but {error}", markup=False)


def _page(options: Namespace) -> int:
    show_page(find_target(options.where, options.stack), options.port, output_console())
    return 0


def _ask(options: Namespace) -> int:
    target = find_target(options.where, options.stack)
    question = Question(options.name, options.days, options.site, options.include_bots, options.format)
    ask(target, question, output_console(), output_console(stderr=True))
    return 0


def _report(options: Namespace) -> int:
    # Drawing loads libraries that no other command needs.
    from edgepixel.report.command import report
    from edgepixel.report.gather import Subject

    target = find_target(options.where, options.stack)
    messages = output_console(stderr=True)
    report(target, Subject(options.days, options.site, options.include_bots), options.output, messages)
    print(options.output)
    return 0


def _cost(options: Namespace) -> int:
    cost(Traffic(options.events_per_month, options.line_bytes), options.free_tier, options.format, output_console())
    return 0


def _replay(options: Namespace) -> int:
    target = find_target(options.where, options.stack)
    since_ms = max(0, int(options.since.timestamp() * 1000)) if options.since else 0
    selection = Selection(options.reason, since_ms)
    replay(target, selection, options.dry_run, options.fast, output_console(), output_console(stderr=True))
    return 0


def _publish(options: Namespace) -> int:
    # The SAM transform takes a while to load, and no other command needs it.
    from edgepixel.publication.command import Publication, run_publication

    wanted = Publication(options.bucket, options.region, options.source_code_url, options.for_real)
    run_publication(wanted, output_console())
    return 0


_COMMANDS: dict[str, Callable[[Namespace], int]] = {
    "demo": _demo,
    "up": _up,
    "down": _down,
    "traffic": _traffic,
    "page": _page,
    "ask": _ask,
    "report": _report,
    "cost": _cost,
    "replay": _replay,
    "publish": _publish,
}
