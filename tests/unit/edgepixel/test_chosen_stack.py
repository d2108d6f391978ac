# SPDX-License-Identifier: Apache-2.0
"""Which stack a command is about."""

import json
from pathlib import Path

import pytest

from edgepixel import chosen_stack
from edgepixel.aws.cloud import Cloud
from edgepixel.aws.stack import Stack
from edgepixel.chosen_stack import find_chosen_stack
from edgepixel.errors import LocalCloudError
from edgepixel.local.local_cloud import LocalCloud
from edgepixel.options import StackChoice
from tests.unit.edgepixel.fake_cloud import STACK


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int | None, str]]:
    """Which stacks were looked for: the port of the cloud, and the name."""
    asked: list[tuple[int | None, str]] = []

    def find(cloud: Cloud, name: str) -> Stack:
        asked.append((cloud.local_port, name))
        return STACK

    monkeypatch.setattr(chosen_stack, "find_stack", find)
    return asked


def test_a_running_local_cloud_is_meant_unless_aws_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, found: list[tuple[int | None, str]]
) -> None:
    monkeypatch.setattr(chosen_stack.local_cloud, "running", lambda _home: LocalCloud(1, 4599, "mine", "log"))
    find_chosen_stack(StackChoice())
    find_chosen_stack(StackChoice("local", "other"))
    find_chosen_stack(StackChoice("aws"))
    assert found == [(4599, "mine"), (4599, "other"), (None, "edgepixel")]


def test_aws_is_meant_if_no_local_cloud_runs(tmp_path: Path, found: list[tuple[int | None, str]]) -> None:
    find_chosen_stack(StackChoice(), tmp_path)
    assert found == [(None, "edgepixel")]
    with pytest.raises(LocalCloudError, match="no local cloud is running"):
        find_chosen_stack(StackChoice("local"), tmp_path)


def test_what_was_meant_for_a_local_cloud_that_has_ended_does_not_reach_aws(
    tmp_path: Path, found: list[tuple[int | None, str]]
) -> None:
    state = json.dumps({"pid": 2**22 + 1, "port": 4599, "stack": "mine", "log": "log"})
    (tmp_path / "local.json").write_text(state)
    find_chosen_stack(StackChoice("aws"), tmp_path)
    assert found == [(None, "edgepixel")]
    with pytest.raises(LocalCloudError, match=r"has ended.*edgepixel up.*run this again to ask AWS"):
        find_chosen_stack(StackChoice(), tmp_path)
    find_chosen_stack(StackChoice(), tmp_path)
    assert found == [(None, "edgepixel")] * 2
