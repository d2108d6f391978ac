# SPDX-License-Identifier: Apache-2.0
"""The command line: arguments, exit status, and messages instead of tracebacks."""

import signal
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from botocore.exceptions import EndpointConnectionError

from edgepixel import cli
from edgepixel.arguments import argument_parser
from edgepixel.aws.cloud import Cloud
from edgepixel.cli import main
from edgepixel.errors import EdgePixelError, NotQueryableError
from edgepixel.local.target import Target
from tests.fakes.client import client_error
from tests.unit.edgepixel.fake_cloud import STACK, FakeAthena, fake_cloud


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


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

    monkeypatch.setattr(cli, "find_target", fail)
    assert main(["ask", "referrers"]) == 1
    said = capsys.readouterr()
    assert message in said.err
    assert "Traceback" not in said.err
    assert said.out == ""


def test_an_unexpected_failure_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(cli, "find_target", fail)
    with pytest.raises(ZeroDivisionError):
        main(["ask", "referrers"])


def test_ctrl_c_is_no_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "find_target", interrupt)
    assert main(["traffic"]) == 130
    assert "interrupted" in capsys.readouterr().err


def test_an_unknown_answer_lists_the_names(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    athena = FakeAthena({"referrers": "SELECT 1", "recent-events": "SELECT 2"}, [])
    monkeypatch.setattr(cli, "find_target", lambda *_arguments: Target(fake_cloud(athena=athena), STACK))
    assert main(["ask", "referers"]) == 1
    assert "no answer 'referers'. Answers of this stack: recent-events, referrers" in capsys.readouterr().err


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
        ["traffic", "--views", "0"],
        ["traffic", "--hours", "nan"],
        ["demo", "--views", "many"],
    ],
)
def test_wrong_usage_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_arguments_reach_the_command() -> None:
    options = argument_parser().parse_args(
        ["traffic", "--views", "10", "--seed", "3", "--ledger", "x.jsonl", "--aws", "--stack", "blog"]
    )
    assert (options.command, options.views, options.seed, options.where) == ("traffic", 10, 3, "aws")
    assert (options.ledger, options.stack) == (Path("x.jsonl"), "blog")
    up = argument_parser().parse_args(["up", "--parameter", "A=1", "--parameter", "B=x=y"])
    assert dict(up.parameter) == {"A": "1", "B": "x=y"}
    assert up.port is None


def test_a_termination_unwinds_like_an_exception(monkeypatch: pytest.MonkeyPatch) -> None:
    cleaned: list[bool] = []

    def terminated(*_arguments: object) -> None:
        try:
            signal.raise_signal(signal.SIGTERM)
        finally:
            cleaned.append(True)

    monkeypatch.setattr(cli, "find_target", terminated)
    with pytest.raises(SystemExit) as ended:
        main(["ask", "referrers"])
    assert ended.value.code == 143
    assert cleaned == [True]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What `traffic` does with a local stack of 40 events, in order. Four of the views are logged."""
    did: list[str] = []
    ledger = SimpleNamespace(logged=lambda: [None] * 4)
    monkeypatch.setattr(cli, "find_target", lambda *_arguments: Target(fake_cloud(), STACK))
    monkeypatch.setattr(cli, "queryable_events", lambda *_arguments: did.append("count") or 40)
    monkeypatch.setattr(cli, "record_traffic", lambda *arguments: did.append(f"send {arguments[3]}"))
    monkeypatch.setattr(cli, "read_ledger", lambda _path: ledger)
    monkeypatch.setattr(cli, "wait_until_queryable", lambda *arguments: did.append(f"wait for {arguments[2]}"))
    return did


def test_traffic_waits_until_the_next_command_can_ask_for_it(sent: list[str]) -> None:
    assert main(["traffic", "--views", "5"]) == 0
    assert sent == ["count", "send 5", "wait for 44"]


def test_traffic_that_arrives_late_was_sent_all_the_same(
    sent: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def too_late(*_arguments: object) -> None:
        raise NotQueryableError("3 of 44 events can be asked for.")

    monkeypatch.setattr(cli, "wait_until_queryable", too_late)
    assert main(["traffic", "--views", "5"]) == 0
    assert sent == ["count", "send 5"]
    assert "The views were sent, but 3 of 44 events can be asked for." in capsys.readouterr().err


def test_traffic_to_aws_waits_for_nothing(sent: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "find_target", lambda *_arguments: Target(Cloud(), STACK))
    assert main(["traffic", "--views", "5"]) == 0
    assert sent == ["send 5"]
