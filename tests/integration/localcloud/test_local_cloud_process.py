# SPDX-License-Identifier: Apache-2.0
"""The local cloud's process: it says what is wrong with its port, and leaves nothing behind."""

import contextlib
import io
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from http.client import HTTPConnection
from pathlib import Path

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from edgepixel.aws.cloud import Cloud
from edgepixel.local.local_cloud import free_port
from tests.roles import create_role, policy, role_arn
from tests.waiting import PATIENCE_SECONDS, WAITER, wait_until, wait_until_ended

ROOT = Path(__file__).resolve().parents[3]
STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
# Far more than it takes, and less than the function that runs meanwhile has left.
SECONDS_TO_END = 120
BUSY = """
import os, time
def lambda_handler(event, context):
    with open({started!r}, "w") as file:
        file.write(str(os.getpid()))
    time.sleep(600)
"""
CALLING = """
import time, boto3
def lambda_handler(event, context):
    while True:
        boto3.client("s3").list_buckets()
        with open({called!r}, "a") as file:
            file.write(".")
        time.sleep(0.5)
"""
HANDLER = "import os\ndef lambda_handler(event, context):\n    return os.getpid()\n"


def _start(port: int, temporary: Path, idle_minutes: float = 5) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "localcloud", "--port", str(port), "--idle-minutes", str(idle_minutes)]
    environment = os.environ | {"TMPDIR": str(temporary)}
    inherited = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # tests that `nohup` runs ignore it, and so would this
    try:
        return subprocess.Popen(  # noqa: S603 (our own arguments, no shell)
            command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
    finally:
        signal.signal(signal.SIGHUP, inherited)


def _wait_until_ready(port: int) -> None:
    def answers() -> bool:
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        try:
            connection.request("GET", "/_localcloud/health")
            assert connection.getresponse().status == 200
            return True
        except OSError:
            return False
        finally:
            connection.close()

    wait_until(answers, "the local cloud answers")


def _end(process: "subprocess.Popen[str]", number: int = signal.SIGTERM) -> int:
    process.send_signal(number)
    status = process.wait(PATIENCE_SECONDS)
    assert process.stderr
    process.stderr.close()
    return status


def test_a_taken_port_is_named_with_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = _start(port, tmp_path)
        _, said = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 2
    assert len(said.splitlines()) == 1
    assert str(port) in said
    assert "--port" in said


@pytest.mark.parametrize("signals", [(one,) * times for one in STOPPING for times in (1, 2)], ids=str)
def test_a_signal_ends_it_in_the_middle_of_an_invocation_and_nothing_is_left(
    tmp_path: Path, signals: tuple[signal.Signals, ...]
) -> None:
    port = free_port()
    process = _start(port, tmp_path)
    _wait_until_ready(port)
    cloud = Cloud(port)
    started = tmp_path / "started"
    cloud.client("s3").create_bucket(Bucket="some-bucket")
    _create_function(cloud, "busy", BUSY.format(started=str(started)))
    invocation = threading.Thread(target=_invoke_in_vain, args=(cloud, "busy"))
    invocation.start()
    worker = int(wait_until(lambda: started.exists() and started.read_text(), "the function runs"))
    started.unlink()
    for number in signals:
        process.send_signal(number)
        time.sleep(0.2)  # the second one comes while the first one is obeyed
    assert process.wait(SECONDS_TO_END) == 0
    assert process.stderr
    process.stderr.close()
    invocation.join(PATIENCE_SECONDS)
    wait_until_ended(worker)
    assert list(tmp_path.iterdir()) == []


def test_a_signal_while_it_starts_leaves_nothing(tmp_path: Path) -> None:
    process = _start(free_port(), tmp_path)
    wait_until(lambda: list(tmp_path.iterdir()), "it has begun")
    _end(process)
    assert list(tmp_path.iterdir()) == []


def test_the_next_one_removes_what_a_killed_one_left_and_not_what_is_another_one_s(tmp_path: Path) -> None:
    (tmp_path / "localcloud-foreign").mkdir()
    running, killed = _start(free_port(), tmp_path), _start(free_port(), tmp_path)
    wait_until(lambda: len(list(tmp_path.glob("*/running.lock"))) == 2, "both have their folders")
    _end(killed, signal.SIGKILL)
    assert len(list(tmp_path.iterdir())) == 3
    port = free_port()
    third = _start(port, tmp_path)
    _wait_until_ready(port)
    assert len(list(tmp_path.iterdir())) == 3
    for process in (third, running):
        _end(process)
    assert [path.name for path in tmp_path.iterdir()] == ["localcloud-foreign"]


def test_it_stops_by_itself_when_nothing_asks_for_it(tmp_path: Path) -> None:
    port = free_port()
    process = _start(port, tmp_path, idle_minutes=0.01)
    assert process.wait(PATIENCE_SECONDS) == 0
    assert process.stderr
    process.stderr.close()


def test_calls_of_its_own_functions_do_not_keep_it(tmp_path: Path) -> None:
    port, called = free_port(), tmp_path / "called"
    process = _start(port, tmp_path, idle_minutes=0.5)
    _wait_until_ready(port)
    cloud = Cloud(port)
    _create_function(cloud, "calling", CALLING.format(called=str(called)))
    iam = cloud.client("iam")
    allowed = [{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}]
    iam.put_role_policy(RoleName="test", PolicyName="own", PolicyDocument=policy(allowed))
    cloud.client("lambda").invoke(FunctionName="calling", InvocationType="Event")
    assert process.wait(PATIENCE_SECONDS) == 0
    assert process.stderr
    process.stderr.close()
    assert len(called.read_text()) > 1


def test_it_listens_on_the_loopback_address_only(tmp_path: Path) -> None:
    port = free_port()
    process = _start(port, tmp_path)
    try:
        _wait_until_ready(port)
        listening = {
            line.split()[1]
            for table in ("/proc/net/tcp", "/proc/net/tcp6")
            for line in Path(table).read_text(encoding="ascii").splitlines()[1:]
            if line.split()[3] == "0A" and line.split()[9] in _sockets(process.pid)
        }
        assert listening == {f"0100007F:{port:04X}"}
    finally:
        _end(process)


def _sockets(pid: int) -> set[str]:
    """The inodes of a process's sockets."""
    found = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        if descriptor.is_symlink() and (name := os.readlink(descriptor)).startswith("socket:["):
            found.add(name[8:-1])
    return found


def test_lambda_workers_end_with_a_killed_local_cloud(tmp_path: Path) -> None:
    port = free_port()
    process = _start(port, tmp_path)
    try:
        _wait_until_ready(port)
        worker = _invoke(Cloud(port))
        assert Path(f"/proc/{worker}").exists()
    finally:
        _end(process, signal.SIGKILL)
    wait_until_ended(worker)


def _invoke(cloud: Cloud) -> int:
    """Create a function and invoke it: the id of the process that ran it."""
    _create_function(cloud, "pid", HANDLER)
    return int(cloud.client("lambda").invoke(FunctionName="pid")["Payload"].read())


def _invoke_in_vain(cloud: Cloud, name: str) -> None:
    """Wait for a function until the local cloud is gone."""
    with contextlib.suppress(BotoCoreError, ClientError):
        cloud.client("lambda", read_seconds=PATIENCE_SECONDS, attempts=1).invoke(FunctionName=name)


def _create_function(cloud: Cloud, name: str, handler: str) -> None:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("app.py", handler)
    create_role(cloud.client("iam"), "test", "lambda.amazonaws.com")
    functions = cloud.client("lambda")
    functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Timeout=900,
        Role=role_arn("test"),
        Handler="app.lambda_handler",
        Code={"ZipFile": code.getvalue()},
    )
    functions.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig=WAITER)
