# SPDX-License-Identifier: Apache-2.0
"""A function that cannot be initialized has the error in its log, and its processes leave one another alone."""

import io
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from localcloud.clock import Clock
from localcloud.functions.init_errors import execute_in_warm_process, install
from localcloud.ministack import functions
from tests.waiting import wait_until

FAILED = {"error": True, "log": "", "body": {"errorMessage": "Worker init failed: SIZE is not set"}}


def logged(monkeypatch: pytest.MonkeyPatch, result: dict[str, Any]) -> Any:
    monkeypatch.setattr(functions.execute_in_warm_process, "own", lambda func, event, request_id: result)
    return execute_in_warm_process({}, {}, "request-1").get("log")


def test_an_error_without_a_log_becomes_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    assert logged(monkeypatch, FAILED) == "[ERROR] SIZE is not set"


ENDED = {**FAILED, "body": {"errorMessage": 'Worker process exited immediately. stderr: File "google/message.py"'}}


def run(monkeypatch: pytest.MonkeyPatch, *results: dict[str, Any]) -> tuple[dict[str, Any], list[int]]:
    """What comes of an invocation of a function that is updated meanwhile, and as what it was run."""
    coming, ran = list(results), list[dict[str, Any]]()
    old, new = ({"config": {"FunctionName": "shop", "Timeout": timeout}} for timeout in (3, 4))
    monkeypatch.setattr(functions, "by_qualifier", lambda name, qualifier: (new, new["config"]))
    monkeypatch.setattr(functions, "to_execute", lambda func, config: func)
    monkeypatch.setattr(
        functions.execute_in_warm_process, "own", lambda func, event, number: ran.append(func) or coming.pop(0)
    )
    return execute_in_warm_process(old, {}, "request-1"), [one["config"]["Timeout"] for one in ran]


def test_a_process_that_an_update_took_away_is_run_again_as_the_function_is_now(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done = {"body": {"done": True}}
    assert run(monkeypatch, ENDED, done) == (done, [3, 4])


def test_a_process_that_keeps_ending_is_told_without_what_it_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    result, ran = run(monkeypatch, *[ENDED] * 5)
    assert ran == [3, 4, 4, 4, 4]
    assert result["log"] == "RequestId: request-1 Error: Runtime exited without providing a reason\nRuntime.ExitError"


def test_an_error_that_is_logged_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert logged(monkeypatch, {**FAILED, "log": "Traceback"}) == "Traceback"


def test_success_without_a_log_stays_without(monkeypatch: pytest.MonkeyPatch) -> None:
    assert logged(monkeypatch, {"body": {"done": True}}) is None


def test_a_throttled_invocation_never_started(monkeypatch: pytest.MonkeyPatch) -> None:
    assert logged(monkeypatch, {"error": True, "throttle": True, "body": {"errorMessage": "Rate Exceeded."}}) is None


# Its event names a folder: it tells there that it runs, and ends when it may.
CODE = """
import os, pathlib, time
starting = pathlib.Path({starting!r})
(starting / str(os.getpid())).touch()
while len(list(starting.iterdir())) < {together}:
    time.sleep(0.01)
if {broken}:
    raise ValueError("SIZE is not set")
def handler(event, context):
    folder = pathlib.Path(event)
    (folder / "runs").touch()
    while not (folder / "may end").exists():
        time.sleep(0.01)
    return "ended"
"""


# MiniStack leaves the pipes of the processes that it ends to Python's garbage collection.
LEFT_PIPES = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")


@pytest.fixture
def local_functions() -> Iterator[None]:
    install(Clock())
    yield
    functions.stop_processes()


class Versions:
    """Versions of a function, none of which ends its start before so many have begun theirs."""

    def __init__(self, starting: Path) -> None:
        self._starting = starting

    def deployed(self, *, broken: bool, together: int = 1) -> dict[str, Any]:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as code:
            code.writestr("app.py", CODE.format(broken=broken, starting=str(self._starting), together=together))
        arn = "arn:aws:lambda:us-east-1:000000000000:function:shop"
        config = {"FunctionName": "shop", "FunctionArn": arn, "Handler": "app.handler", "Runtime": "python3.13"}
        return {"config": config, "code_zip": packed.getvalue()}


@pytest.fixture
def versions(tmp_path: Path) -> Versions:
    (tmp_path / "starting").mkdir()
    return Versions(tmp_path / "starting")


@LEFT_PIPES
@pytest.mark.usefixtures("local_functions")
def test_those_that_fail_at_one_time_each_say_why(versions: Versions) -> None:
    func = versions.deployed(broken=True, together=4)
    with ThreadPoolExecutor(4) as pool:
        logs = list(pool.map(lambda n: execute_in_warm_process(func, {}, f"request-{n}")["log"], range(4)))
    assert logs == ["[ERROR] SIZE is not set"] * 4


@LEFT_PIPES
@pytest.mark.usefixtures("local_functions")
def test_one_that_fails_takes_no_running_one_with_it(versions: Versions, tmp_path: Path) -> None:
    good, broken = versions.deployed(broken=False), versions.deployed(broken=True)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(execute_in_warm_process, good, str(tmp_path), "request-1")
        wait_until((tmp_path / "runs").exists, "the handler runs")
        assert execute_in_warm_process(broken, "", "request-2")["log"] == "[ERROR] SIZE is not set"
        (tmp_path / "may end").touch()
        assert running.result()["body"] == "ended"


@LEFT_PIPES
@pytest.mark.usefixtures("local_functions")
def test_an_update_ends_those_that_run(versions: Versions, tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(execute_in_warm_process, versions.deployed(broken=False), str(tmp_path), "request-1")
        wait_until((tmp_path / "runs").exists, "the handler runs")
        functions.end_processes("shop")
        assert running.result()["error"]


@LEFT_PIPES
@pytest.mark.usefixtures("local_functions")
def test_a_retry_of_an_older_version_leaves_none_of_its_processes_behind(versions: Versions, tmp_path: Path) -> None:
    older, newer = versions.deployed(broken=True), versions.deployed(broken=False)
    assert execute_in_warm_process(older, "", "request-1")["error"]
    functions.end_processes("shop")  # it is updated, and then retried as it was
    assert execute_in_warm_process(older, "", "request-2")["error"]
    (tmp_path / "may end").touch()
    assert execute_in_warm_process(newer, str(tmp_path), "request-3")["body"] == "ended"
