# SPDX-License-Identifier: Apache-2.0
"""The container engine: the one that runs on this machine, or one of our own for as long as it is needed."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from edgepixel.errors import MissingToolError
from edgepixel.local.lock import exclusively
from edgepixel.local.process import end
from tests.sam_local.container.errors import ContainerError, EngineNotStartedError

_START_SECONDS = 300.0
_BRIDGE = Path("/sys/class/net/docker0")


@dataclass(frozen=True)
class Engine:
    """A running Docker engine. `host` is its address where that is not the client's own choice."""

    host: str | None = None

    def __str__(self) -> str:
        return "the running Docker engine" if self.host is None else "a Docker engine of its own"

    @property
    def environment(self) -> dict[str, str]:
        """What programs need in their environment to use this engine."""
        return {} if self.host is None else {"DOCKER_HOST": self.host}

    def is_running(self) -> bool:
        """Whether the engine is there."""
        return self._docker("info", "--format", "{{.ServerVersion}}").returncode == 0

    def docker(self, *arguments: str) -> str:
        """What a command of the docker client printed. Raises ContainerError with its message if it failed."""
        result = self._docker(*arguments)
        if result.returncode:
            raise ContainerError(f"`docker {' '.join(arguments)}` failed: {result.stderr.strip()}")
        return result.stdout.strip()

    def has_image(self, image: str) -> bool:
        """Whether the engine has the image already."""
        return self._docker("image", "inspect", image).returncode == 0

    def _docker(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(  # noqa: S603 (our own arguments, no shell)
            ["docker", *arguments],  # noqa: S607 (wherever the user has it)
            env=os.environ | self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )


def missing_engine() -> str | None:
    """Why there can be no engine here, with what to do about it; None if there can be one."""
    if not shutil.which("docker"):
        return "docker is not installed: install Docker Desktop, or Docker Engine (Debian and Ubuntu: docker.io)"
    if Engine().is_running():
        return None
    if not shutil.which("dockerd"):
        return "no Docker engine is running (`docker info`): start Docker, or install its engine (docker.io)"
    if os.geteuid() != 0:
        return "no Docker engine is running (`docker info`): start it, or become a member of the group docker"
    return None


@contextmanager
def container_engine() -> Iterator[Engine]:
    """The running engine; else, for root, an own one that is stopped and removed afterwards.

    Raises MissingToolError if there can be neither, EngineNotStartedError if the own one does not start.
    """
    problem = missing_engine()
    if problem:
        raise MissingToolError(problem)
    running = Engine()
    if running.is_running():
        yield running
        return
    # All engines share the bridge docker0 and would give out the same addresses twice: one at a time on a machine.
    with exclusively(Path(tempfile.gettempdir()) / "edgepixel-engine.lock"), _own_engine() as own:
        yield own


@contextmanager
def _own_engine() -> Iterator[Engine]:
    # Not below the checkout: the path of a socket may have no more than about a hundred characters.
    folder = Path(tempfile.mkdtemp(prefix="edgepixel-engine-"))
    had_bridge = _BRIDGE.exists()
    detach_what_was_left(_BRIDGE)
    engine = Engine(f"unix://{folder}/docker.sock")
    try:
        with _daemon(folder, engine) as process:
            _wait_until_ready(process, engine, folder)
            yield engine
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if not had_bridge and _BRIDGE.exists() and shutil.which("ip"):
            subprocess.run(["ip", "link", "delete", _BRIDGE.name], check=False)  # noqa: S603, S607


def detach_what_was_left(bridge: Path) -> None:
    """Take away the interfaces of containers whose engine was killed, while no other engine runs.

    Their addresses would be given out again, and two containers with one address cannot be reached.
    """
    for interface in sorted((bridge / "brif").glob("veth*")):
        subprocess.run(["ip", "link", "delete", interface.name], check=True)  # noqa: S603, S607


@contextmanager
def _daemon(folder: Path, engine: Engine) -> Iterator["subprocess.Popen[bytes]"]:
    command = ["dockerd", "--data-root", f"{folder}/data", "--exec-root", f"{folder}/exec"]
    command += ["--pidfile", f"{folder}/dockerd.pid", "--host", str(engine.host)]
    # No firewall rule, no forwarding: containers reach this machine and nothing else.
    command += ["--iptables=false", "--ip-forward=false", "--ip-masq=false"]
    if shutil.which("setpriv"):  # it ends with us even if we are killed
        command = ["setpriv", "--pdeathsig", "TERM", *command]
    with (folder / "dockerd.log").open("w") as log:
        process = subprocess.Popen(  # noqa: S603 (our own arguments, no shell)
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield process
    finally:
        end(process.pid)
        process.wait()


def _wait_until_ready(process: "subprocess.Popen[bytes]", engine: Engine, folder: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not engine.is_running():
        if process.poll() is not None or time.monotonic() > deadline:
            lines = (folder / "dockerd.log").read_text(encoding="utf-8", errors="replace").splitlines()[-10:]
            raise EngineNotStartedError("dockerd does not start. The end of its log:\n" + "\n".join(lines))
        time.sleep(0.1)
