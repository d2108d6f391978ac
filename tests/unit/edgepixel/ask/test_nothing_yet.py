# SPDX-License-Identifier: Apache-2.0
"""Before the first hit, `ask` and `report` say what they wait for, and do not fail."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from edgepixel.ask import command as ask_command
from edgepixel.ask import nothing_yet as module
from edgepixel.ask.nothing_yet import nothing_yet, waiting_seconds
from edgepixel.aws.stack import Stack
from edgepixel.cli import main
from edgepixel.errors import AnswerFailedError
from edgepixel.report import command as report_command
from tests.fakes.glue import Glue
from tests.unit.edgepixel.fake_cloud import FakeAthena, fake_stack

SQL = "SELECT 1 FROM events"
PARAMETERS = {"Aggregation": "enabled", "BatchingWindowSeconds": "60", "BufferSeconds": "900"}


@pytest.fixture
def glue() -> Glue:
    """A catalog without a table."""
    return Glue()


@pytest.fixture
def stack(glue: Glue, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """A stack whose view cannot be read, on a local cloud ten times faster than AWS."""
    monkeypatch.setattr(module, "speed_of", lambda _port: 10.0)
    athena = FakeAthena({"referrers": SQL}, [], states=["FAILED"])
    stack = replace(fake_stack(athena=athena, glue=glue), parameters=PARAMETERS)
    for command in (ask_command, report_command):
        monkeypatch.setattr(command, "find_chosen_stack", lambda _choice: stack)
    return stack


def failing(*_arguments: Any, **_options: Any) -> None:
    raise AnswerFailedError("INVALID_VIEW")


@pytest.mark.parametrize(("form", "printed"), [("table", ""), ("csv", ""), ("json", "[]\n")])
def test_ask_says_when_the_first_hit_can_be_queried(
    stack: Stack, form: str, printed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "referrers", "--format", form]) == 0
    said = capsys.readouterr()
    assert said.out == printed
    assert "Nothing has arrived yet." in said.err
    assert "about 2 minutes after" in " ".join(said.err.split())
    assert "edgepixel doctor" in said.err
    if printed:
        assert json.loads(printed) == []


def test_report_says_it_too_and_writes_no_page(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(report_command, "gather", failing)
    assert main(["report", "--output", str(tmp_path / "page.html")]) == 0
    said = capsys.readouterr()
    assert (said.out, list(tmp_path.iterdir())) == ("", [])
    assert "Nothing has arrived yet." in said.err


def test_a_failure_with_a_table_is_a_failure(stack: Stack, glue: Glue, capsys: pytest.CaptureFixture[str]) -> None:
    glue.table = {"StorageDescriptor": {}}
    assert main(["ask", "referrers"]) == 1
    assert "Athena reports FAILED" in capsys.readouterr().err
    assert nothing_yet(stack) is None


@pytest.mark.parametrize(
    ("changes", "seconds"),
    [({}, 960), ({"Aggregation": "disabled"}, 900), ({"BufferSeconds": "0", "BatchingWindowSeconds": "0"}, 0)],
)
def test_the_wait_is_what_the_stack_collects(changes: dict[str, str], seconds: int) -> None:
    assert waiting_seconds(PARAMETERS | changes) == seconds


def test_of_standard_logs_it_says_how_late_a_file_may_be(stack: Stack) -> None:
    said = nothing_yet(replace(stack, parameters=PARAMETERS | {"Source": "standard"}))
    assert said is not None
    assert "within 6 minutes, at times up to a day later" in said  # an hour, on a cloud ten times faster
    assert "four hours after the deployment" in said
    assert waiting_seconds({"Source": "standard"}) == 3600
