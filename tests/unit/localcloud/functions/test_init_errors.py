# SPDX-License-Identifier: Apache-2.0
"""A function that cannot be initialized has the error in its log."""

from typing import Any

import pytest

from localcloud.functions.init_errors import execute_in_warm_process
from localcloud.ministack import functions

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


def test_processes_that_end_with_others_are_started_until_the_error_is_their_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    result, ran = run(monkeypatch, ENDED, ENDED, ENDED, FAILED)
    assert (result["log"], len(ran)) == ("[ERROR] SIZE is not set", 4)


def test_a_process_that_keeps_ending_is_told_without_what_it_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    result, ran = run(monkeypatch, *[ENDED] * 5)
    assert ran == [3, 4, 4, 4, 4]
    assert result["log"] == "RequestId: request-1 Error: Runtime exited without providing a reason\nRuntime.ExitError"


def test_a_process_that_keeps_ending_with_others_tells_what_ended_them(monkeypatch: pytest.MonkeyPatch) -> None:
    broken, mended = ({"config": {"FunctionName": "shop", "RevisionId": revision}} for revision in ("one", "two"))
    monkeypatch.setattr(functions, "by_qualifier", lambda name, qualifier: (None, None))
    results = [FAILED, *[ENDED] * 10]
    monkeypatch.setattr(functions.execute_in_warm_process, "own", lambda func, event, request_id: results.pop(0))
    logs = [execute_in_warm_process(func, {}, "request-1")["log"] for func in (broken, broken, mended)]
    assert logs[:2] == ["[ERROR] SIZE is not set"] * 2
    assert logs[2].endswith("Runtime.ExitError")


def test_an_error_that_is_logged_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert logged(monkeypatch, {**FAILED, "log": "Traceback"}) == "Traceback"


def test_success_without_a_log_stays_without(monkeypatch: pytest.MonkeyPatch) -> None:
    assert logged(monkeypatch, {"body": {"done": True}}) is None


def test_a_throttled_invocation_never_started(monkeypatch: pytest.MonkeyPatch) -> None:
    assert logged(monkeypatch, {"error": True, "throttle": True, "body": {"errorMessage": "Rate Exceeded."}}) is None
