# SPDX-License-Identifier: Apache-2.0
"""The command line: finds the command, runs it, and turns expected failures into messages and an exit status."""

import ast
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click
from click.utils import make_default_short_help

from edgepixel.aws.failures import AWS_FAILURES, explained
from edgepixel.errors import EdgePixelError
from edgepixel.suggestion import did_you_mean

_INTERRUPTED = 130  # what shells expect after Ctrl-C: 128 + SIGINT

# Where each command is, under its own name. A module is loaded when its command is run or listed.
_COMMANDS = {
    "demo": "edgepixel.demo.command",
    "up": "edgepixel.local.command",
    "down": "edgepixel.local.command",
    "traffic": "edgepixel.traffic.command",
    "page": "edgepixel.demo.command",
    "doctor": "edgepixel.doctor.command",
    "ask": "edgepixel.ask.command",
    "report": "edgepixel.report.command",
    "live": "edgepixel.live.command",
    "dashboard": "edgepixel.dashboard.command",
    "export": "edgepixel.export.command",
    "cost": "edgepixel.cost.command",
    "replay": "edgepixel.replay.command",
    "import": "edgepixel.import_logs.command",
    "compact": "edgepixel.compact.command",
    "erase": "edgepixel.erase.command",
    "explain": "edgepixel.explain.command",
    "publish": "edgepixel.publication.command",
}
# Where the function has another name, because Python keeps the command's for itself.
_FUNCTIONS = {"import": "import_logs"}


class _LazyGroup(click.Group):
    """Loads commands when they are needed (click's documentation, "Lazily Loading Subcommands")."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of the help, as click writes it, without loading what the commands need: that takes a second."""
        width = formatter.width - 6 - max(map(len, _COMMANDS))
        with formatter.section("Commands"):
            formatter.write_dl([(name, make_default_short_help(_docstring(name), width)) for name in _COMMANDS])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(_COMMANDS[cmd_name])
        command: click.Command = getattr(module, _FUNCTIONS.get(cmd_name, cmd_name))
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args:  # versions of click differ in what they do then
            click.echo(ctx.get_help(), err=True)
            ctx.exit(2)
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in _COMMANDS and not name.startswith("-"):
            ctx.fail(f"There is no command {name!r}.{did_you_mean(name, _COMMANDS)}")
        return super().resolve_command(ctx, args)


def _docstring(name: str) -> str:
    """What a command says of itself, from its module's text."""
    path = Path(__file__).parent.joinpath(*_COMMANDS[name].split(".")[1:]).with_suffix(".py")
    wanted = _FUNCTIONS.get(name, name)
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name == wanted:
            return ast.get_docstring(node) or ""
    raise LookupError(f"{path} has no function {wanted}")


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.version_option(package_name="edgepixel")
def edgepixel() -> None:
    """Web analytics from a 1x1 image, in your own AWS account.

    Commands work with the stack in AWS that your credentials and Region lead to or, while one runs, with the local
    cloud that `edgepixel up` started.
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return the exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted.

    `arguments` are the program's own if None.
    """
    signal.signal(signal.SIGTERM, _terminate)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # which `nohup` means
        signal.signal(signal.SIGHUP, _terminate)
    try:
        status = edgepixel.main(arguments, prog_name="edgepixel", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        print("interrupted", file=sys.stderr)
        return _INTERRUPTED
    except EdgePixelError as error:
        message = str(error)
    except AWS_FAILURES as error:
        message = explained(error)
    else:
        return status or 0
    print(f"edgepixel: {message}", file=sys.stderr)
    return 1


def _terminate(number: int, _frame: FrameType | None) -> NoReturn:
    """End as after an exception, so that a command stops what it started."""
    raise SystemExit(128 + number)
