# SPDX-License-Identifier: Apache-2.0
"""Which container engine is used, and what is said where there is none."""

import os
from pathlib import Path

import pytest

from edgepixel.errors import MissingToolError
from tests.sam_local.container.engine import Engine, container_engine, detach_what_was_left, missing_engine
from tests.sam_local.container.errors import ContainerError, EngineNotStartedError

RUNS = "#!/bin/sh\necho 28.2.2\n"
REFUSES = "#!/bin/sh\necho 'Cannot connect to the Docker daemon' >&2\nexit 1\n"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all there is on PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    return tmp_path


def install(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(script)
    (folder / name).chmod(0o755)


def test_without_docker_it_is_said_what_to_install(programs: Path) -> None:
    assert str(missing_engine()).startswith("docker is not installed: install Docker Desktop, or Docker Engine")
    with pytest.raises(MissingToolError, match="docker is not installed"), container_engine():
        pass


def test_without_an_engine_it_is_said_what_to_start_or_install(programs: Path) -> None:
    install(programs, "docker", REFUSES)
    assert str(missing_engine()).startswith("no Docker engine is running (`docker info`): start Docker, or install")


def test_only_root_gets_an_engine_of_its_own(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(programs, "docker", REFUSES)
    install(programs, "dockerd", REFUSES)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert str(missing_engine()).endswith("start it, or become a member of the group docker")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert missing_engine() is None


def test_the_engine_that_runs_is_used_and_left_alone(programs: Path) -> None:
    install(programs, "docker", RUNS)
    install(programs, "dockerd", REFUSES)
    with container_engine() as engine:
        assert engine == Engine()
        assert engine.environment == {}
        assert engine.docker("info") == "28.2.2"


def test_an_own_engine_that_does_not_start_is_told_with_its_log(
    programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(programs, "docker", REFUSES)
    install(programs, "dockerd", REFUSES)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr("tempfile.tempdir", str(programs))
    monkeypatch.setattr("tests.sam_local.container.engine._BRIDGE", programs / "docker0")  # else of one that runs now
    with pytest.raises(EngineNotStartedError, match=r"dockerd does not start(.|\n)*Cannot connect"), container_engine():
        pass
    assert {path.name for path in programs.iterdir()} == {"docker", "dockerd", "edgepixel-engine.lock"}


def test_a_command_of_docker_that_fails_is_told(programs: Path) -> None:
    install(programs, "docker", REFUSES)
    with pytest.raises(ContainerError, match="`docker images` failed: Cannot connect"):
        Engine().docker("images")


def test_interfaces_of_an_engine_that_was_killed_leave_the_bridge(programs: Path, tmp_path: Path) -> None:
    deleted = tmp_path / "deleted"
    install(programs, "ip", f'#!/bin/sh\necho "$@" >> {deleted}\n')
    bridge = tmp_path / "docker0"
    for name in ("veth19e17b6", "veth2", "eth1"):
        (bridge / "brif" / name).mkdir(parents=True)
    detach_what_was_left(bridge)
    assert deleted.read_text().splitlines() == ["link delete veth19e17b6", "link delete veth2"]


def test_where_no_bridge_was_left_nothing_is_detached(programs: Path, tmp_path: Path) -> None:
    detach_what_was_left(tmp_path / "docker0")
