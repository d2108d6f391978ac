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


def test_a_process_that_an_update_took_away_is_told_without_what_it_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    said = 'Worker process exited immediately. stderr: File "google/protobuf/message.py"'
    taken = {**FAILED, "body": {"errorMessage": said}}
    told = "RequestId: request-1 Error: Runtime exited without providing a reason\nRuntime.ExitError"
    assert logged(monkeypatch, taken) == told


def test_an_error_that_is_logged_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert logged(monkeypatch, {**FAILED, "log": "Traceback"}) == "Traceback"


def test_success_without_a_log_stays_without(monkeypatch: pytest.MonkeyPatch) -> None:
    assert logged(monkeypatch, {"body": {"done": True}}) is None


def test_a_throttled_invocation_never_started(monkeypatch: pytest.MonkeyPatch) -> None:
    assert logged(monkeypatch, {"error": True, "throttle": True, "body": {"errorMessage": "Rate Exceeded."}}) is None
