# SPDX-License-Identifier: Apache-2.0
"""Starting, finding and stopping a local cloud. A small stand-in takes the local cloud's place."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from rich.console import Console

from edgepixel.errors import AlreadyRunningError, LocalCloudError, PortTakenError
from edgepixel.local import local_cloud
from edgepixel.local.command import stop_local_cloud
from edgepixel.local.process import command_line, end, runs
from tests.waiting import PATIENCE_SECONDS, wait_until

STAND_IN = """
import http.server, sys
port = int(sys.argv[sys.argv.index("--port") + 1])
class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"status": "ready"}')
http.server.HTTPServer(("127.0.0.1", port), Health).serve_forever()
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of its own, and a checkout in which `python -m localcloud` is the stand-in."""
    monkeypatch.setattr(local_cloud, "ROOT", tmp_path)
    package = tmp_path / "localcloud"
    package.mkdir()
    (package / "__init__.py").touch()  # or the one that is installed would win
    (package / "__main__.py").write_text(STAND_IN)
    home = tmp_path / "home"
    yield home
    left = local_cloud.running(home)
    if left:
        local_cloud.stop(left, home)


def test_a_started_cloud_answers_is_remembered_and_stops(home: Path) -> None:
    state = local_cloud.start("mine", home, local_cloud.free_port())
    assert local_cloud.running(home) == state
    assert json.loads((home / "local.json").read_text())["stack"] == "mine"
    assert state.cloud.endpoint == f"http://localhost:{state.port}"
    connection = HTTPConnection("127.0.0.1", state.port, timeout=PATIENCE_SECONDS)
    connection.request("GET", "/_localcloud/health")
    assert connection.getresponse().status == 200
    connection.close()
    local_cloud.stop(state, home)
    assert command_line(state.pid) is None
    assert not (home / "local.json").exists()
    assert local_cloud.running(home) is None


STOPS_SLOWLY = f"""
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: (time.sleep(1), sys.exit()))
{STAND_IN}"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_second_signal_does_not_leave_the_cloud_behind(home: Path, number: signal.Signals) -> None:
    (home.parent / "localcloud" / "__main__.py").write_text(STOPS_SLOWLY)
    state = local_cloud.start("mine", home, local_cloud.free_port())
    handler = signal.getsignal(signal.SIGINT)  # in a background job it is ignored
    again = threading.Timer(0.2, os.kill, (os.getpid(), number))
    again.start()
    local_cloud.stop(state, home)
    again.join()
    assert command_line(state.pid) is None
    assert not (home / "local.json").exists()
    assert signal.getsignal(signal.SIGINT) is handler


def test_a_second_cloud_is_refused_with_process_port_and_what_to_do(home: Path) -> None:
    state = local_cloud.start("mine", home, local_cloud.free_port())
    with pytest.raises(AlreadyRunningError, match=rf"process {state.pid} on port {state.port}.*edgepixel down"):
        local_cloud.start("mine", home)
    assert local_cloud.running(home) == state


def test_a_taken_port_is_refused_if_it_was_asked_for(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortTakenError, match=f"port {port} is in use.*--port"):
            local_cloud.start("mine", home, port)
    assert local_cloud.running(home) is None


def test_a_free_port_is_found_if_the_usual_one_is_taken(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setattr(local_cloud, "DEFAULT_PORT", taken.getsockname()[1])
        state = local_cloud.start("mine", home)
        assert state.port != local_cloud.DEFAULT_PORT


@pytest.mark.parametrize(("status", "error"), [(2, PortTakenError), (3, LocalCloudError)])
def test_a_cloud_that_ends_at_once_is_an_error_with_its_last_words(
    home: Path, status: int, error: type[Exception]
) -> None:
    (home.parent / "localcloud" / "__main__.py").write_text(f"import sys\nprint('last words')\nsys.exit({status})\n")
    with pytest.raises(error, match=r"(?s)ended at once.*last words"):
        local_cloud.start("mine", home, local_cloud.free_port())
    assert local_cloud.running(home) is None


def test_a_cloud_that_never_answers_is_stopped(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log, answers = home / "local.log", local_cloud._answers

    def answers_once_it_runs(port: int) -> bool:
        wait_until(lambda: log.read_text(), "the stand-in has begun")
        return answers(port)

    monkeypatch.setattr(local_cloud, "_START_SECONDS", 0.3)
    monkeypatch.setattr(local_cloud, "_answers", answers_once_it_runs)
    (home.parent / "localcloud" / "__main__.py").write_text(
        "import os, time\nprint('pid', os.getpid(), flush=True)\ntime.sleep(60)\n"
    )
    with pytest.raises(LocalCloudError, match="no response") as error:
        local_cloud.start("mine", home, local_cloud.free_port())
    pid = int(str(error.value).rsplit("pid ", 1)[1])
    assert command_line(pid) is None
    assert not (home / "local.json").exists()


def test_the_state_of_a_cloud_that_is_gone_is_removed(home: Path) -> None:
    state = local_cloud.start("mine", home, local_cloud.free_port())
    end(state.pid)
    assert local_cloud.running(home) is None
    assert not (home / "local.json").exists()


def test_another_process_with_the_same_id_is_left_alone(home: Path) -> None:
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True)
    try:
        home.mkdir()
        state = local_cloud.LocalCloud(other.pid, 4599, "mine", "log")
        (home / "local.json").write_text(json.dumps(state.__dict__))
        local_cloud.stop(state, home)
        assert other.poll() is None
        (home / "local.json").write_text(json.dumps(state.__dict__))
        assert local_cloud.running(home) is None
        assert other.poll() is None
    finally:
        assert other.stdin is not None
        other.stdin.close()
        other.wait(PATIENCE_SECONDS)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}'])
def test_a_state_file_that_cannot_be_understood_is_named(home: Path, text: str) -> None:
    home.mkdir()
    (home / "local.json").write_text(text)
    with pytest.raises(LocalCloudError, match=r"cannot understand .*local\.json"):
        local_cloud.running(home)
    (home / "local.json").unlink()


def test_down_stops_what_runs_and_does_not_mind_if_nothing_does(home: Path) -> None:
    state = local_cloud.start("mine", home, local_cloud.free_port())
    console = Console(record=True, width=200)
    stop_local_cloud(console, home)
    stop_local_cloud(console, home)
    said = console.export_text()
    assert f"Stopped the local cloud (process {state.pid}, port {state.port})." in said
    assert "nothing to stop" in said
    assert command_line(state.pid) is None


def test_a_finished_process_does_not_run() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert runs(os.getpid())
    assert runs(child.pid)
    child.kill()
    wait_until(lambda: not runs(child.pid), "the child is a zombie")
    child.communicate(timeout=PATIENCE_SECONDS)
    assert not runs(child.pid)


def test_our_own_command_line_is_readable() -> None:
    assert Path(sys.executable).name in (command_line(os.getpid()) or "")
