# SPDX-License-Identifier: Apache-2.0
"""The command line: which commands there are, exit status, and messages instead of tracebacks."""

import signal
import subprocess
import sys

import click
import pytest
from botocore.exceptions import EndpointConnectionError
from click.testing import CliRunner

from edgepixel.ask import command as ask_command
from edgepixel.cli import edgepixel, main
from edgepixel.errors import EdgePixelError
from edgepixel.traffic import command as traffic_command
from tests.fakes.client import client_error

NAMES = [
    "demo", "up", "down", "traffic", "page", "doctor", "ask", "report", "live", "dashboard", "export", "cost", "replay",
    "import", "compact", "erase", "explain", "publish",
]  # fmt: skip


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (EdgePixelError("do this instead"), "edgepixel: do this instead\n"),
        (client_error("AccessDenied", "not you", "StartQueryExecution"), "AWS refused StartQueryExecution: not you"),
        (EndpointConnectionError(endpoint_url="http://localhost:1"), "Could not connect to the endpoint URL"),
    ],
)
def test_an_expected_failure_is_a_message(
    error: Exception, message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_arguments: object) -> None:
        raise error

    monkeypatch.setattr(ask_command, "find_chosen_stack", fail)
    assert main(["ask", "referrers"]) == 1
    said = capsys.readouterr()
    assert message in said.err
    assert "Traceback" not in said.err
    assert said.out == ""


def test_an_unexpected_failure_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(ask_command, "find_chosen_stack", fail)
    with pytest.raises(ZeroDivisionError):
        main(["ask", "referrers"])


def test_ctrl_c_is_no_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(traffic_command, "find_chosen_stack", interrupt)
    assert main(["traffic"]) == 130
    assert "interrupted" in capsys.readouterr().err


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_termination_unwinds_like_an_exception(
    monkeypatch: pytest.MonkeyPatch, number: signal.Signals, status: int
) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # under nohup it is ignored
    cleaned: list[bool] = []

    def terminated(*_arguments: object) -> None:
        try:
            signal.raise_signal(number)
        finally:
            cleaned.append(True)

    monkeypatch.setattr(ask_command, "find_chosen_stack", terminated)
    with pytest.raises(SystemExit) as ended:
        main(["ask", "referrers"])
    assert ended.value.code == status
    assert cleaned == [True]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["unknown"],
        ["ask"],
        ["ask", "referrers", "--days", "0"],
        ["ask", "referrers", "--days", "-3"],
        ["ask", "referrers", "--local", "--aws"],
        ["ask", "referrers", "--format", "xml"],
        ["up", "--port", "70000"],
        ["up", "--speed", "0"],
        ["up", "--idle-minutes", "inf"],
        ["up", "--parameter", "Aggregation"],
        ["traffic", "--hits", "0"],
        ["traffic", "--hours", "nan"],
        ["demo", "--hits", "many"],
    ],
)
def test_wrong_usage_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert "Usage:" in said.err
    assert said.out == ""


@pytest.mark.parametrize(
    ("arguments", "suggestion"),
    [(["repport"], "Did you mean 'report'?"), (["report", "--outptu", "a.html"], "--output")],
)
def test_the_nearest_name_is_suggested(
    arguments: list[str], suggestion: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert suggestion in capsys.readouterr().err


def test_every_command_is_listed_with_a_whole_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    listed = capsys.readouterr().out.partition("Commands:\n")[2].splitlines()
    assert [line.split()[0] for line in listed] == NAMES
    assert [line for line in listed if not line.endswith(".") or line.endswith("...")] == []


def test_the_list_of_commands_is_as_click_writes_it() -> None:
    context = click.Context(edgepixel)
    ours, click_s = click.HelpFormatter(width=80), click.HelpFormatter(width=80)
    edgepixel.format_commands(context, ours)
    click.Group.format_commands(edgepixel, context, click_s)
    assert ours.getvalue() == click_s.getvalue() != ""


def test_the_help_loads_no_command() -> None:
    program = """
import sys
from edgepixel.cli import main
assert main(["--help"]) == 0
print("loaded:", [name for name in sys.modules if name.startswith("edgepixel.") and name.endswith(".command")])
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603
    assert ended.stdout.endswith("loaded: []\n"), ended.stdout


@pytest.mark.parametrize("name", NAMES)
def test_every_command_and_option_is_explained_and_shows_its_default(name: str) -> None:
    command = edgepixel.get_command(click.Context(edgepixel), name)
    assert command is not None
    options = [one for one in command.params if isinstance(one, click.Option)]
    assert [one.name for one in options if not (one.help or "").endswith((".", "]"))] == []
    shown = CliRunner().invoke(edgepixel, [name, "-h"])
    assert shown.exit_code == 0
    assert shown.output.count("[default: ") >= sum(one.default not in (None, False, ()) for one in options)
    assert all(option in shown.output for one in options for option in one.opts)


def test_the_version_is_the_project_s() -> None:
    shown = CliRunner().invoke(edgepixel, ["--version"])
    assert shown.output == "edgepixel, version 0.1.0\n"


def test_what_only_some_commands_need_is_not_loaded_by_the_others() -> None:
    slow = ["boto3", "crawleruseragents", "ministack", "samcli", "vl_convert"]
    program = f"""
import sys
from edgepixel.cli import main
assert main(["--help"]) == 0
assert main(["ask", "--help"]) == 0
print("loaded:", [name for name in {slow} if name in sys.modules])
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603
    assert ended.stdout.endswith("loaded: []\n"), ended.stdout
