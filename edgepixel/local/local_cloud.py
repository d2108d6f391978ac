# SPDX-License-Identifier: Apache-2.0
"""Starts and stops the local cloud, a process of its own, and remembers which one is ours."""

import json
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from edgepixel.aws.cloud import Cloud
from edgepixel.defaults import DEFAULT_SPEED
from edgepixel.errors import AlreadyRunningError, LocalCloudError, PortTakenError
from edgepixel.local.process import command_line, end, uninterrupted
from edgepixel.paths import HOME, ROOT

DEFAULT_PORT = 4566
DEFAULT_IDLE_MINUTES = 60.0
_START_SECONDS = 300.0  # for a busy machine: else it takes about three
_ANSWER_SECONDS = 30.0
_children: dict[int, "subprocess.Popen[bytes]"] = {}  # Python warns of a child that is forgotten while it runs
_EXIT_PORT_TAKEN = 2  # the exit status of `python -m localcloud` when it cannot have its port


@dataclass(frozen=True)
class LocalCloud:
    """A local cloud that this project started: the content of the state file `local.json`."""

    pid: int
    port: int
    stack: str
    log: str

    @property
    def cloud(self) -> Cloud:
        return Cloud(self.port)


def running(home: Path = HOME) -> LocalCloud | None:
    """The local cloud that runs for this home, if any.

    A state file whose process is gone, or is another one by now, is removed. Raises LocalCloudError if the state file
    cannot be understood.
    """
    path = _state_file(home)
    try:
        state = LocalCloud(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise LocalCloudError(
            f"cannot understand {path} ({error}): stop that local cloud by hand and remove the file"
        ) from error
    if _is_ours(state):
        return state
    _forget(state, home)
    return None


def is_remembered(home: Path = HOME) -> bool:
    """Whether a local cloud was started for this home and nobody has noticed its end; it may still run."""
    return _state_file(home).exists()


def refuse_second(home: Path = HOME) -> None:
    """Raise AlreadyRunningError if a local cloud runs for this home."""
    other = running(home)
    if other:
        raise AlreadyRunningError(
            f"a local cloud is already running: process {other.pid} on port {other.port}. "
            "Stop it first (edgepixel down), or use it (edgepixel ask)"
        )


def start(
    stack: str,
    home: Path = HOME,
    port: int | None = None,
    speed: float = DEFAULT_SPEED,
    idle_minutes: float = DEFAULT_IDLE_MINUTES,
) -> LocalCloud:
    """Start a local cloud and wait until it answers. It gets the usual port, or a free one if that is taken.

    `speed`: how many times faster than in AWS everything that waits goes. Raises AlreadyRunningError for a second one,
    PortTakenError if the port was asked for and is taken, LocalCloudError if it does not start.
    """
    refuse_second(home)
    chosen = _choose_port(port)
    home.mkdir(parents=True, exist_ok=True)
    log = home / "local.log"
    command = [sys.executable, "-m", "localcloud", "--port", str(chosen)]
    command += ["--speed", f"{speed:g}", "--idle-minutes", f"{idle_minutes:g}"]
    with log.open("w", encoding="utf-8") as output:
        # A session of its own: Ctrl-C in the terminal is for the command, which then stops the cloud in order.
        process = subprocess.Popen(  # noqa: S603 (our own arguments, no shell)
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    _children[process.pid] = process
    state = LocalCloud(process.pid, chosen, stack, str(log))
    try:
        _state_file(home).write_text(json.dumps(asdict(state)) + "\n", encoding="utf-8")
        _wait_until_ready(process, state)
    except BaseException:
        stop(state, home)
        raise
    return state


def stop(state: LocalCloud, home: Path = HOME) -> None:
    """Stop a local cloud, if it is still ours, and forget it. Signals meanwhile change nothing."""
    with uninterrupted():
        if _is_ours(state):
            end(state.pid)
        _forget(state, home)


def _forget(state: LocalCloud, home: Path) -> None:
    child = _children.pop(state.pid, None)
    if child:
        child.wait()
    _state_file(home).unlink(missing_ok=True)


def _state_file(home: Path) -> Path:
    return home / "local.json"


def _is_ours(state: LocalCloud) -> bool:
    """Process ids are used again: only a local cloud with our port is ours."""
    line = command_line(state.pid) or ""
    return f"-m localcloud --port {state.port} " in line


def _choose_port(asked: int | None) -> int:
    if asked is not None:
        if not _is_free(asked):
            raise PortTakenError(f"port {asked} is in use: choose another with --port, or leave --port out")
        return asked
    return DEFAULT_PORT if _is_free(DEFAULT_PORT) else free_port()


def free_port() -> int:
    """A port of this machine that nothing listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: waiting connections do not count
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _wait_until_ready(process: "subprocess.Popen[bytes]", state: LocalCloud) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        status = process.poll()
        if status is not None:
            kind = PortTakenError if status == _EXIT_PORT_TAKEN else LocalCloudError
            raise kind(f"the local cloud ended at once (exit status {status}). {_end_of(state.log)}")
        if _answers(state.port):
            return
        if time.monotonic() > deadline:
            raise LocalCloudError(f"no response from the local cloud in {_START_SECONDS:.0f} s. {_end_of(state.log)}")
        time.sleep(0.1)


def speed_of(port: int) -> float:
    """How many times faster than in AWS the local cloud on a port is. Raises LocalCloudError if it does not respond."""
    try:
        return float(_health(port)["speed"])
    except (OSError, HTTPException, ValueError, KeyError, TypeError) as error:
        raise LocalCloudError(f"the local cloud on port {port} does not tell its speed ({error})") from error


def _answers(port: int) -> bool:
    try:
        return bool(_health(port).get("status") == "ready")
    except (OSError, HTTPException, ValueError):
        return False  # not yet


def _health(port: int) -> dict[str, Any]:
    """What the local cloud says of itself. Raises OSError, HTTPException, ValueError if it says nothing."""
    connection = HTTPConnection("127.0.0.1", port, timeout=_ANSWER_SECONDS)
    try:
        connection.request("GET", "/_localcloud/health")
        response = connection.getresponse()
        health = json.loads(response.read())
    finally:
        connection.close()
    if response.status != 200 or not isinstance(health, dict):
        raise ValueError(f"status {response.status}")
    return health


def _end_of(log: str) -> str:
    lines = Path(log).read_text(encoding="utf-8", errors="replace").splitlines()[-10:]
    return f"The end of {log}:\n" + "\n".join(lines)
