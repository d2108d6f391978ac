# SPDX-License-Identifier: Apache-2.0
"""A function that cannot be initialized says so in its own log.

Wrapped, and nothing else: MiniStack's execution of a function in a warm process, which keeps the error of a failed
initialization (a module that cannot be imported, an environment that is refused) to itself. In AWS the runtime writes
it to the function's log, as `[ERROR]` with the exception (AWS Lambda developer guide, "Troubleshoot invocation
issues in Lambda" and "Log and monitor Python Lambda functions").

A process that ended instead of starting had its code taken away by an update of the function, or MiniStack ended it
because another one's initialization failed. In AWS nothing is taken from what is starting: the function is run again,
as it is by now. If it keeps ending so, what its initialization failed with before is told, because that ended it; or,
if it never failed, that it ended, in Lambda's words and without what the process printed.
"""

from typing import Any

from localcloud.clock import Clock
from localcloud.ministack import functions

_FAILED, _ENDED = "Worker init failed: ", "Worker process exited immediately"  # MiniStack's own words
_STARTS = 5
_failed: dict[str, str] = {}  # the revision of a function -> what its initialization failed with
_EXITED = "Error: Runtime exited without providing a reason\nRuntime.ExitError"


def install(_clock: Clock) -> None:
    """Put the errors that leave no log into it."""
    functions.execute_in_warm_process.replace(execute_in_warm_process)


def execute_in_warm_process(func: dict[str, Any], event: dict[str, Any], request_id: str) -> dict[str, Any]:
    """Run a function. The result of one that failed without a log has its error as the log."""
    result = functions.execute_in_warm_process.own(func, event, request_id)
    for _ in range(_STARTS - 1):
        if not _message(result).startswith(_ENDED):
            break
        func = _as_it_is_now(func)
        result = functions.execute_in_warm_process.own(func, event, request_id)
    if result.get("error") and not result.get("throttle") and not result.get("log"):
        message, revision = _message(result), str(func.get("config", {}).get("RevisionId", ""))
        told = f"[ERROR] {message.removeprefix(_FAILED)}" if message.startswith(_FAILED) else None
        if told and revision:
            _failed[revision] = told
        elif message.startswith(_ENDED):
            told = _failed.get(revision)
        return {**result, "log": told or f"RequestId: {request_id} {_EXITED}"}
    return result


def _message(result: dict[str, Any]) -> str:
    """Of a failed invocation; empty if there is none."""
    body = result.get("body") if result.get("error") else None
    return str(body.get("errorMessage", "")) if isinstance(body, dict) else ""


def _as_it_is_now(func: dict[str, Any]) -> dict[str, Any]:
    """The function after its update; as it was if it is gone."""
    version = func["config"].get("Version", "$LATEST")
    found, config = functions.by_qualifier(func["config"]["FunctionName"], None if version == "$LATEST" else version)
    return functions.to_execute(found, config) if found is not None and config is not None else func
