# SPDX-License-Identifier: Apache-2.0
"""Lambda: functions, how they are invoked, event source mappings and logs."""

import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from ministack.core import lambda_runtime as _runtime
from ministack.services import lambda_svc as _lambda

from localcloud.ministack import HandleRequest, Replaceable, Request, Response, Table, cloudformation

type Function = dict[str, Any]
"""A function or a version of it: its configuration as `config`, and its code."""
type SourceMapping = dict[str, Any]
"""An event source mapping, with the API's names; CloudFormation leaves numbers and booleans as text."""

handle_request: HandleRequest = _lambda.handle_request
reset: Callable[[], None] = _lambda.reset
functions: Table = _lambda._functions  # name -> function
# Function's name and qualifier -> the function and its configuration, or two Nones.
by_qualifier: Callable[[str, str | None], tuple[Function | None, Mapping[str, Any] | None]] = (
    _lambda._get_func_record_for_qualifier
)
# Function's ARN -> the same, and the function's name.
by_arn: Callable[[str], tuple[Function | None, Mapping[str, Any] | None, str]] = _lambda._get_func_record_for_ref
# The function as it is to be executed, of a function and the configuration of one of its versions.
to_execute: Callable[[Function, Mapping[str, Any]], Function] = _lambda._execution_record_for_config
# Runs a function with an event. The result has `body`, and `error` or `throttle` if that failed.
execute: Callable[[Function, Mapping[str, Any]], Mapping[str, Any]] = _lambda._execute_function
# Function, event: retried as its EventInvokeConfig says, then sent to its on-failure destination.
invoke_async_with_retry: Callable[[Function, Any], None] = _lambda.invoke_async_with_retry

# Ends the processes that run functions, whatever they do.
stop_processes: Callable[[], None] = _runtime.reset

# A name, with or without a qualifier, or an ARN -> the name, the qualifier.
name_and_qualifier: Callable[[str], tuple[str, str | None]] = _lambda._resolve_name_and_qualifier

mappings: Table = _lambda._esms  # id -> event source mapping
create_source_mapping: Replaceable[[Request], Response] = Replaceable(_lambda, "_create_esm", "data")
create_source_mapping_in_stack = cloudformation.handler("AWS::Lambda::EventSourceMapping", "create")
create_function_in_stack = cloudformation.handler("AWS::Lambda::Function", "create")
update_function_in_stack = cloudformation.handler("AWS::Lambda::Function", "update")
# Account, Region and mapping, of all accounts.
source_mappings: Callable[[], Iterator[tuple[str, str, SourceMapping]]] = _lambda._iter_all_esms
# Id of a mapping -> a dictionary for its place in each shard, which is removed with the mapping.
positions: Table = _lambda._kinesis_positions
# Records, mapping: the records that pass the mapping's FilterCriteria.
filtered: Callable[[list[dict[str, Any]], SourceMapping], list[dict[str, Any]]] = _lambda._apply_filter_criteria
# Called by the poll thread whenever a stream may have records; whether it found work.
poll_kinesis: Replaceable[[], bool] = Replaceable(_lambda, "_poll_kinesis", "")

# Function, event, id of the request: `execute` for Python and Node.js. The result has the function's `log`, too.
execute_in_warm_process: Replaceable[[Function, Any, str], dict[str, Any]] = Replaceable(
    _lambda, "_execute_function_warm", "func, event, request_id"
)

# Function's name, its configuration, its code: a process for one invocation, out of those that are kept for the
# function; None and why if there may not be another one.
lease_process: Replaceable[..., tuple[Any, str]] = Replaceable(
    _lambda, "acquire_worker", "func_name, config, code_zip, qualifier='$LATEST', max_concurrency=None"
)
# Function's name: ends all its processes, of which those that are starting fail.
end_processes: Replaceable[..., None] = Replaceable(
    _lambda, "invalidate_worker", "func_name, qualifier=None, account=None, region=None"
)

# Function, id of the request, log, whether it failed, duration in ms: writes an invocation's log.
emit_logs: Replaceable[..., None] = Replaceable(
    _lambda, "_emit_lambda_logs", "func, request_id, log_text, error, duration_ms, *, log_source=None"
)


def set_async_retry_seconds(first: float, longest: float) -> None:
    """How long asynchronous invocations wait before the first retry, and at most before a later one."""
    _lambda._LAMBDA_ASYNC_RETRY_BASE_SECONDS = first
    _lambda._LAMBDA_ASYNC_RETRY_MAX_SECONDS = longest


def end_these(processes: Sequence[Any]) -> None:
    """End these leased processes, which are not kept for another invocation: they have the function as it was."""
    with _runtime._lock:
        for key, kept in list(_runtime._workers.items()):
            _runtime._workers[key] = [process for process in kept if process not in processes]
    _runtime.kill_workers(processes)


def unpack_with(zip_file: type[zipfile.ZipFile]) -> None:
    """Let the processes that run functions unpack code and layers with another class."""
    _runtime.zipfile = SimpleNamespace(**vars(zipfile) | {"ZipFile": zip_file})


def set_log_seconds(first_line: float, quiet: float, longest: float) -> None:
    """How long an invocation's first log line may take after its result, the next one after each, and all of them."""
    _runtime.Worker._drain_stderr_bounded.__defaults__ = (first_line, quiet, longest)  # its three, in this order
