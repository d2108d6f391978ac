# SPDX-License-Identifier: Apache-2.0
"""The arguments of the command line."""

import argparse
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from edgepixel.aws.stack import DEFAULT_STACK
from edgepixel.console.table import FORMATS
from edgepixel.cost.bill import DEFAULT_LINE_BYTES
from edgepixel.cost.command import COST_FORMATS
from edgepixel.demo.command import DEFAULT_VIEWS
from edgepixel.demo.page import DEFAULT_PORT as DEFAULT_PAGE_PORT
from edgepixel.local.lifecycle import DEFAULT_IDLE_MINUTES, DEFAULT_SPEED
from edgepixel.paths import HOME, PROGRAM
from edgepixel.replay.undelivered_lines import REASONS
from edgepixel.traffic.generator import DEFAULT_HOURS, DEFAULT_SEED
from edgepixel.traffic.sender import DEFAULT_CONNECTIONS

_PERIOD = re.compile(r"([0-9]+)([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def argument_parser() -> argparse.ArgumentParser:
    """The commands and their options; what they mean is in the help texts."""
    parser = argparse.ArgumentParser(prog=PROGRAM, description="Web analytics from a 1x1 image.")
    commands = parser.add_subparsers(required=True, dest="command", metavar="COMMAND")

    command = commands.add_parser("demo", help="run everything on this machine and compare each answer with the truth")
    command.add_argument("--views", type=_positive, default=DEFAULT_VIEWS, help="views to send (%(default)s)")
    command.add_argument("--keep", action="store_true", help="leave the local cloud running, as `up` does")
    _add_seed(command)
    _add_local_cloud(command)

    command = commands.add_parser("up", help="keep a local cloud running with the application deployed")
    command.add_argument("--port", type=_port, help="its port (4566, or a free one if that is taken)")
    command.add_argument("--stack", default=DEFAULT_STACK, help="name of the stack (%(default)s)")
    command.add_argument(
        "--idle-minutes",
        type=_positive_number,
        default=DEFAULT_IDLE_MINUTES,
        help="stop after so many minutes without a request (%(default)g)",
    )
    _add_local_cloud(command)

    commands.add_parser("down", help="stop the local cloud that `up` started")

    command = commands.add_parser("traffic", help="send made-up visitors through a stack's pixel and write a ledger")
    command.add_argument("--views", type=_positive, default=DEFAULT_VIEWS, help="views to send (%(default)s)")
    command.add_argument(
        "--hours", type=_positive_number, default=DEFAULT_HOURS, help="spread over the last so many hours (%(default)g)"
    )
    command.add_argument("--ledger", type=Path, help="file to write what was sent to (a new one in .edgepixel/)")
    command.add_argument(
        "--connections", type=_positive, default=DEFAULT_CONNECTIONS, help="connections at a time (%(default)s)"
    )
    _add_seed(command)
    _add_target(command)

    command = commands.add_parser("page", help="show a demo page with a stack's pixel to your browser")
    command.add_argument("--port", type=_port, default=DEFAULT_PAGE_PORT, help="its port on 127.0.0.1 (%(default)s)")
    _add_target(command)

    command = commands.add_parser("ask", help="ask a stack one of its answers")
    command.add_argument("name", help="the answer, for example recent-events; a wrong name lists all of them")
    command.add_argument("--days", type=_positive, help="look back so many days instead of the answer's own number")
    _add_subject(command)
    command.add_argument("--format", choices=FORMATS, default="table", help="form of the output (%(default)s)")
    _add_target(command)

    command = commands.add_parser("report", help="write the answers as one self-contained page of HTML with charts")
    command.add_argument("--days", type=_positive, default=7, help="look back so many days (%(default)s)")
    _add_subject(command)
    command.add_argument(
        "--output", type=Path, default=HOME / "report.html", metavar="FILE", help="the page (.edgepixel/report.html)"
    )
    _add_target(command)

    command = commands.add_parser("cost", help="what AWS would ask for a month, with aggregation and without it")
    command.add_argument(
        "--events-per-month", type=_whole_number, required=True, metavar="N", help="views of the pixel"
    )
    command.add_argument(
        "--line-bytes",
        type=_whole_number,
        default=DEFAULT_LINE_BYTES,
        metavar="B",
        help="mean length of a log line in bytes (%(default)s)",
    )
    command.add_argument("--free-tier", action="store_true", help="subtract what AWS gives every account for ever")
    command.add_argument("--format", choices=COST_FORMATS, default="table", help="form of the output (%(default)s)")

    command = commands.add_parser("replay", help="send quarantined lines and failed batches through the stream again")
    command.add_argument("--reason", choices=REASONS, metavar="REASON", help=f"only one of: {', '.join(REASONS)}")
    command.add_argument(
        "--since",
        type=_since,
        metavar="TIME",
        help="only what arrived at this time (ISO 8601, UTC if it does not say) or later, or in a period: 90m, 36h, 7d",
    )
    command.add_argument("--dry-run", action="store_true", help="count the lines by reason and send nothing")
    command.add_argument("--fast", action="store_true", help="use more than 80 %% of one shard")
    _add_target(command)

    command = commands.add_parser(
        "publish", help="show what the Serverless Application Repository would get, or publish"
    )
    command.add_argument("--bucket", help="bucket for the artifacts, which the repository may read")
    command.add_argument("--region", help="Region of the bucket and of the application (your configuration's)")
    command.add_argument(
        "--source-code-url", metavar="URL", help="page of this version's source; public versions need it"
    )
    command.add_argument("--for-real", action="store_true", help="upload and publish; without it nothing leaves here")
    return parser


def _add_seed(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--seed", type=int, default=DEFAULT_SEED, help="the same seed gives the same views (%(default)s)"
    )


def _add_local_cloud(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--speed",
        type=_positive_number,
        default=DEFAULT_SPEED,
        help="how many times faster than in AWS whatever waits goes (%(default)g)",
    )
    command.add_argument(
        "--parameter",
        type=_parameter,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a parameter of the template, for example Aggregation=disabled (repeatable)",
    )


def _add_subject(command: argparse.ArgumentParser) -> None:
    command.add_argument("--site", help="only events of this site, the parameter s of the pixel")
    command.add_argument(
        "--include-bots", action="store_true", help="count programs too, in answers that count people only"
    )


def _add_target(command: argparse.ArgumentParser) -> None:
    command.add_argument("--stack", help="name of the stack (the local cloud's own, in AWS edgepixel)")
    where = command.add_mutually_exclusive_group()
    where.add_argument("--local", dest="where", action="store_const", const="local", help="the local cloud")
    where.add_argument("--aws", dest="where", action="store_const", const="aws", help="AWS, even if a local cloud runs")


def _whole_number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number, like 1000000") from None


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number above 0")
    return number


def _positive_number(text: str) -> float:
    number = float(text)
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a number above 0")
    return number


def _port(text: str) -> int:
    number = int(text)
    if not 0 < number < 65536:
        raise argparse.ArgumentTypeError(f"{text} is not a port: 1 to 65535")
    return number


def _since(text: str) -> datetime:
    """A time, or a period that ends now. A time without an offset is UTC, like everything else here."""
    period = _PERIOD.fullmatch(text)
    try:
        if period:
            return datetime.now(UTC) - timedelta(**{_UNITS[period[2]]: int(period[1])})
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no time such as 2026-01-31 or 2026-01-31T18:00Z and no period such as 90m, 36h or 7d"
        ) from None


def _parameter(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not name or not separator:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name, value
