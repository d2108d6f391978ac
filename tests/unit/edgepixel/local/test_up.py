# SPDX-License-Identifier: Apache-2.0
"""`edgepixel up` where a local cloud runs: it updates that one, and never another. Nothing is started here."""

from typing import Any

import pytest

from edgepixel.cli import main
from edgepixel.local import command
from edgepixel.local.local_cloud import LocalCloud
from tests.unit.edgepixel.fake_cloud import STACK

RUNNING = LocalCloud(4711, 4599, "mine", "local.log")


@pytest.fixture
def updates(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """The parameters of each update."""
    made: list[dict[str, str]] = []

    def update(state: LocalCloud, _home: Any, _steps: Any, parameters: dict[str, str]) -> Any:
        assert state == RUNNING
        made.append(parameters)
        return STACK, None

    monkeypatch.setattr(command.local_cloud, "running", lambda home: RUNNING)
    monkeypatch.setattr(command.local_cloud, "speed_of", lambda port: 300.0)
    monkeypatch.setattr(command.local_cloud, "start", lambda *_: pytest.fail("a second local cloud is started"))
    monkeypatch.setattr(command.local_cloud, "stop", lambda *_: pytest.fail("the running local cloud is stopped"))
    monkeypatch.setattr(command, "build_and_update", update)
    return made


@pytest.mark.parametrize("options", [[], ["--port", "4599"], ["--stack", "mine", "--speed", "300"]])
def test_the_running_stack_is_updated_with_the_parameters_that_are_named(
    updates: list[dict[str, str]], options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["up", "--parameter", "BufferSeconds=60", *options]) == 0
    assert updates == [{"BufferSeconds": "60"}]
    assert "Nothing to change" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--port", "4600"], "--port"),
        (["--stack", "edgepixel"], "--stack"),
        (["--speed", "1"], "--speed"),
        (["--idle-minutes", "60"], "--idle-minutes"),
        (["--port", "4600", "--stack", "other"], "--port and --stack"),
    ],
)
def test_what_only_another_local_cloud_could_have_is_refused(
    updates: list[dict[str, str]], options: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["up", *options]) == 1
    said = capsys.readouterr().err
    assert f"process 4711 on port 4599, stack mine. {named} can be chosen when it starts" in said
    assert updates == []


def test_a_failed_update_leaves_the_local_cloud_running(
    updates: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "build_and_update", fail)
    assert main(["up"]) == 130
