# SPDX-License-Identifier: Apache-2.0
"""The command: its exit status, its forms, and what it says of a stack that was never finished."""

import json
from typing import Any

import pytest

from edgepixel.aws.cloud import Cloud
from edgepixel.aws.stack import Stack
from edgepixel.cli import main
from edgepixel.doctor import command
from edgepixel.doctor.findings import Stage
from edgepixel.errors import StackNotFoundError
from tests.fakes.client import FakeClient, client_error
from tests.unit.edgepixel.doctor.canned_stack import Changes, canned_stack
from tests.unit.edgepixel.doctor.stages.test_deployment import NOT_VERIFIED, failed
from tests.unit.edgepixel.fake_cloud import fake_cloud


def pointed_at(monkeypatch: pytest.MonkeyPatch, stack: Stack) -> None:
    monkeypatch.setattr(command, "choose", lambda choice: (stack.cloud, stack.name))
    monkeypatch.setattr(command, "find_stack", lambda cloud, name: stack)
    monkeypatch.setattr(command, "speed_of", lambda port: 300.0)


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({}, 0, "Every stage looks right."),
        ({("events", "describe_rule"): {"State": "DISABLED"}}, 1, "The first stage that fails: trigger"),
    ],
)
def test_the_exit_status_says_whether_all_is_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], changes: Changes, status: int, words: str
) -> None:
    pointed_at(monkeypatch, canned_stack(changes))
    assert main(["doctor", "--no-hits"]) == status
    said = capsys.readouterr()
    assert words in said.out
    assert "Examining stack edgepixel in the cloud of this test" in said.err


def test_only_json_goes_to_the_standard_output(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pointed_at(monkeypatch, canned_stack())
    assert main(["doctor", "--no-hits", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["healthy"] is True


def test_a_hit_that_gets_no_response_is_the_edge_s_problem(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pointed_at(monkeypatch, canned_stack())  # nothing listens on its port
    assert main(["doctor"]) == 1
    said = capsys.readouterr()
    assert "The first stage that fails: edge\nA hit got no response (" in said.out
    assert "gives up after" in said.err


class Events:
    """CloudFormation with the events of one stack, or with none of it."""

    def __init__(self, events: list[dict[str, Any]] | None) -> None:
        self._events = events

    def describe_stack_events(self, StackName: str) -> dict[str, Any]:
        if self._events is None:
            raise client_error("ValidationError", f"Stack [{StackName}] does not exist")
        return {"StackEvents": self._events}


def unfinished(events: list[dict[str, Any]] | None) -> Cloud:
    return fake_cloud(cloudformation=FakeClient("cloudformation", Events(events)))


def test_a_stack_that_could_not_be_deployed_is_told_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(cloud: Cloud, name: str) -> Stack:
        raise StackNotFoundError("the stack is in state ROLLBACK_COMPLETE")

    monkeypatch.setattr(command, "choose", lambda choice: (unfinished(failed("Distribution", NOT_VERIFIED)), "shop"))
    monkeypatch.setattr(command, "find_stack", refuse)
    assert main(["doctor", "--format", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["problem"]["stage"] == Stage.EDGE
    assert "must be verified" in told["problem"]["what"]
    assert told["problem"]["page"] == "docs/operations.md#what-a-new-account-may-refuse"

    monkeypatch.setattr(command, "choose", lambda choice: (unfinished(None), "shop"))
    assert main(["doctor"]) == 1
    assert capsys.readouterr().err == "edgepixel: the stack is in state ROLLBACK_COMPLETE\n"
