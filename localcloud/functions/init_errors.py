# SPDX-License-Identifier: Apache-2.0
"""A function that cannot be initialized says so in its own log, and no other process of it ends with it.

Wrapped, and nothing else: MiniStack's execution of a function in a warm process, which keeps the error of a failed
initialization (a module that cannot be imported, an environment that is refused) to itself and ends all processes of
the function, so that two that start at one time end each other again and again. In AWS the runtime writes the error to
the function's log, as `[ERROR]` with the exception (AWS Lambda developer guide, "Troubleshoot invocation issues in
Lambda" and "Log and monitor Python Lambda functions"), and each execution environment is alone ("Understanding the
Lambda execution environment lifecycle").

A process that ended instead of starting had its code taken away by an update of the function. In AWS nothing is taken
from what is starting: the function is run again, as it is by now. If it keeps ending so, that is told, in Lambda's
words and without what the process printed.
"""

from contextvars import ContextVar
from typing import Any

from localcloud.clock import Clock
from localcloud.ministack import functions

_FAILED, _ENDED = "Worker init failed: ", "Worker process exited immediately"  # MiniStack's own words
_STARTS = 5
_EXITED = "Error: Runtime exited without providing a reason\nRuntime.ExitError"
# The processes that the invocation of this context has leased; None outside of one.
_leased: ContextVar[list[Any] | None] = ContextVar("leased", default=None)


def install(_clock: Clock) -> None:
    """Put the errors that leave no log into it, and let an invocation that fails end its own process only."""
    functions.execute_in_warm_process.replace(execute_in_warm_process)
    functions.lease_process.replace(lease_process)
    functions.end_processes.replace(end_processes)


def execute_in_warm_process(func: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
    """Run a function. The result of one that failed without a log has its error as the log."""
    result = _run(func, event, request_id)
    for _ in range(_STARTS - 1):
        if not _message(result).startswith(_ENDED):
            break
        result = _run(_as_it_is_now(func), event, request_id)
    if result.get("error") and not result.get("throttle") and not result.get("log"):
        message = _message(result)
        failed = message.startswith(_FAILED)
        return {
            **result,
            "log": f"[ERROR] {message.removeprefix(_FAILED)}" if failed else f"RequestId: {request_id} {_EXITED}",
        }
    return result


def lease_process(*arguments: Any, **options: Any) -> tuple[Any, str]:
    """A process for one invocation, which is remembered as that invocation's."""
    process, reason = functions.lease_process.own(*arguments, **options)
    leased = _leased.get()
    if leased is not None and process is not None:
        leased.append(process)
    return process, reason


def end_processes(*arguments: Any, **options: Any) -> None:
    """End all processes of a function; those of the invocation alone, if one asks because it failed."""
    leased = _leased.get()
    if leased is None:
        functions.end_processes.own(*arguments, **options)
        return
    functions.end_these(leased)


def _run(func: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
    before = _leased.set([])
    try:
        return functions.execute_in_warm_process.own(func, event, request_id)
    finally:
        _leased.reset(before)


def _message(result: dict[str, Any]) -> str:
    """Of a failed invocation; empty if there is none."""
    body = result.get("body") if result.get("error") else None
    return str(body.get("errorMessage", "")) if isinstance(body, dict) else ""


def _as_it_is_now(func: dict[str, Any]) -> dict[str, Any]:
    """The function after its update; as it was if it is gone."""
    version = func["config"].get("Version", "$LATEST")
    found, config = functions.by_qualifier(func["config"]["FunctionName"], None if version == "$LATEST" else version)
    return functions.to_execute(found, config) if found is not None and config is not None else func
