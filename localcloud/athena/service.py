# SPDX-License-Identifier: Apache-2.0
"""Athena's queries in Trino's dialect over the Glue Data Catalog. Everything else of Athena's API is MiniStack's."""

import asyncio
import json
import logging
import re
import time
from datetime import UTC, datetime
from typing import Any

from localcloud.athena import permissions, results
from localcloud.athena import query as athena_query
from localcloud.athena.executions import request_tokens, state_changes
from localcloud.athena.tables.stored_objects import place
from localcloud.athena.trino import parser
from localcloud.athena.trino.errors import QueryError
from localcloud.athena.unload import destination, statement
from localcloud.athena.unloading import unload
from localcloud.athena.workgroups import configuration_check, named_queries
from localcloud.clock import Clock
from localcloud.ministack import Request, Response, athena, s3
from localcloud.ministack.server import error_response, json_response
from localcloud.refusal import RefusedError

_logger = logging.getLogger("localcloud.athena")

_QUERY = re.compile(r"(?:\s|--[^\n]*(?:\n|$)|/\*.*?\*/|\()*(?:select|with|values)\b", re.IGNORECASE | re.DOTALL)


def install(_clock: Clock) -> None:
    """Let StartQueryExecution run queries, named queries be updated, and DeleteWorkGroup look at what a group holds."""
    named_queries.install()
    athena.start_query_execution.replace(_start_query_execution)
    athena.stop_query_execution.replace(_stop_query_execution)
    athena.execute_query.replace(_execute_query)
    athena.type_precision_scale.replace(_precision_and_scale)
    athena.delete_workgroup.replace(_delete_workgroup)
    athena.create_workgroup.replace(_create_workgroup)
    athena.update_workgroup.replace(_update_workgroup)


def _start_query_execution(request: Request) -> Response:
    sql = str(request.get("QueryString", ""))
    parameters = list(request.get("ExecutionParameters") or [])
    try:
        earlier = request_tokens.earlier_execution(request)
    except RefusedError as refused:
        return error_response(refused.code, refused.message)
    if earlier is not None:
        return json_response({"QueryExecutionId": earlier})
    try:
        if _QUERY.match(sql):
            parser.parse(sql, parameters)
        elif statement.is_unload(sql):
            statement.parse(sql, parameters)
    except QueryError as error:
        if str(error).startswith(("SYNTAX_ERROR", "INVALID_PARAMETER_USAGE")):  # refused before it is queued
            return error_response("InvalidRequestException", str(error), AthenaErrorCode="MALFORMED_QUERY")
    # The destination of an UNLOAD is nothing that a workgroup enforces (aws/aws-sdk-pandas#1216).
    refusal = None if statement.is_unload(sql) else configuration_check.query_refusal(sql, _configuration(request))
    if refusal:
        return error_response("InvalidRequestException", refusal)
    response = athena.start_query_execution.own(_within_the_workgroup(request))
    if response[0] < 300:
        # The query's task has not begun yet: it begins when this function has given way to the event loop.
        query_id = json.loads(response[2])["QueryExecutionId"]
        request_tokens.remember(request, query_id)
        execution = athena.executions[query_id]
        if parameters:
            execution["ExecutionParameters"] = parameters
        if statement.is_unload(sql):
            execution["StatementType"] = "DML"  # it is counted among DML queries (user guide, "UNLOAD")
            results_place = execution["ResultConfiguration"]
            results_place["OutputLocation"] = results_place["OutputLocation"].removesuffix(".csv")
    return response


def _stop_query_execution(request: Request) -> Response:
    execution = athena.executions.get(str(request.get("QueryExecutionId")))
    before = execution["Status"]["State"] if execution else None
    response = athena.stop_query_execution.own(request)
    if execution and before in ("QUEUED", "RUNNING"):
        state_changes.announce(execution, before)
    return response


def _configuration(request: Request) -> dict[str, Any]:
    """The configuration of the workgroup that a query is for."""
    return athena.workgroups.get(request.get("WorkGroup", "primary"), {}).get("Configuration") or {}


def _within_the_workgroup(request: Request) -> dict[str, Any]:
    """The request as an enforcing workgroup sees it: with the group's own place for results, ending in a slash."""
    configuration = _configuration(request)
    own = (configuration.get("ResultConfiguration") or {}).get("OutputLocation")
    asked = (request.get("ResultConfiguration") or {}).get("OutputLocation")
    location = own if own and (configuration.get("EnforceWorkGroupConfiguration") or not asked) else asked
    if not location:
        return dict(request)
    return {**request, "ResultConfiguration": {"OutputLocation": f"{location.rstrip('/')}/"}}


async def _execute_query(query_id: str, query: str, database: str, ddl: Any, catalog: str | None = None) -> None:
    execution = athena.executions.get(query_id)
    if execution is None or execution["Status"]["State"] != "QUEUED":
        return
    execution["Status"]["State"] = "RUNNING"
    state_changes.announce(execution, "QUEUED")
    unloads = statement.is_unload(query)
    known = ddl is None and (unloads or _QUERY.match(query) is not None)
    if known and (catalog or "AwsDataCatalog").lower() == "awsdatacatalog":
        await _run(execution, query, database, unloads=unloads)
    else:
        await athena.execute_query.own(query_id, query, database, ddl, catalog)
    if execution["Status"]["State"] != "CANCELLED":  # of which StopQueryExecution told
        state_changes.announce(execution, "RUNNING")


async def _run(execution: dict[str, Any], query: str, database: str, *, unloads: bool) -> None:
    """Run a query to its end, which is a state of its execution."""
    started = time.monotonic()
    now = datetime.now(UTC)
    now = now.replace(microsecond=now.microsecond // 1000 * 1000)
    parameters = execution.get("ExecutionParameters", [])
    try:
        permissions.require_write(execution["ResultConfiguration"]["OutputLocation"])
        if unloads:
            await asyncio.to_thread(_unload, execution, query, parameters, database, now)
        else:
            outcome = await asyncio.to_thread(athena_query.run, query, parameters, database, now)
            if execution["Status"]["State"] == "CANCELLED":
                return
            _store(execution["ResultConfiguration"]["OutputLocation"], outcome)
            execution["_results"] = {"columns": outcome.columns, "rows": outcome.rows}
            execution["_column_types"] = outcome.types
            execution["Statistics"]["DataScannedInBytes"] = outcome.scanned_bytes
        _finish(execution, "SUCCEEDED", started)
    except QueryError as error:
        _fail(execution, str(error), started)
    except Exception as error:  # a query must end, whatever happens
        _logger.exception("query %s failed unexpectedly", execution["QueryExecutionId"])
        _fail(execution, f"GENERIC_INTERNAL_ERROR: {error}", started)


def _unload(execution: dict[str, Any], sql: str, parameters: list[str], database: str, now: datetime) -> None:
    """Run an UNLOAD. Its execution has no rows; what it wrote is in the manifest. Raises QueryError."""

    def is_stopped() -> bool:
        return bool(execution["Status"]["State"] == "CANCELLED")

    location = execution["ResultConfiguration"]["OutputLocation"]
    unloaded = unload(statement.parse(sql, parameters), database, now, is_stopped)
    execution["Statistics"]["DataScannedInBytes"] = unloaded.scanned_bytes
    if is_stopped():
        return
    destination.put_manifest(unloaded.uris, f"{location}-manifest.csv")
    destination.put_metadata(f"{location}.metadata")
    execution["_results"] = {"columns": [], "rows": []}
    execution["_column_types"] = []
    execution["Statistics"]["DataManifestLocation"] = f"{location}-manifest.csv"


def _store(location: str, outcome: athena_query.Outcome) -> None:
    bucket, key = place(location)
    body = results.csv_file(outcome.columns, outcome.rows)
    headers = {"content-type": "application/octet-stream", "content-length": str(len(body))}
    status, *_ = s3.put_object(bucket, key, body, headers)
    if status >= 300:
        reason = f"cannot write the results to {location}: S3 responded with {status}"
        raise QueryError(f"GENERIC_USER_ERROR: {reason}")


def _finish(execution: dict[str, Any], state: str, started: float) -> None:
    if execution["Status"]["State"] == "CANCELLED":
        return
    milliseconds = int((time.monotonic() - started) * 1000)
    execution["Statistics"] |= {"EngineExecutionTimeInMillis": milliseconds, "TotalExecutionTimeInMillis": milliseconds}
    execution["Status"]["CompletionDateTime"] = int(time.time())
    execution["Status"]["State"] = state


def _fail(execution: dict[str, Any], reason: str, started: float) -> None:
    if execution["Status"]["State"] == "CANCELLED":
        return
    execution["Status"]["StateChangeReason"] = reason[:2000]
    execution["Status"]["AthenaError"] = {
        "ErrorCategory": 2,  # the user's
        "ErrorType": 1001,
        "Retryable": False,
        "ErrorMessage": reason[:2000],
    }
    execution["_error"] = reason
    _finish(execution, "FAILED", started)


def _precision_and_scale(kind: str) -> tuple[int, int]:
    if isinstance(kind, results.ColumnType):
        return kind.precision, kind.scale
    return athena.type_precision_scale.own(kind)


def _create_workgroup(request: Request) -> Response:
    refusal = configuration_check.configuration_refusal(request.get("Configuration") or {})
    return error_response("InvalidRequestException", refusal) if refusal else athena.create_workgroup.own(request)


def _update_workgroup(request: Request) -> Response:
    refusal = configuration_check.configuration_refusal(request.get("ConfigurationUpdates") or {})
    return error_response("InvalidRequestException", refusal) if refusal else athena.update_workgroup.own(request)


def _delete_workgroup(request: Request) -> Response:
    """With RecursiveDeleteOption the group's queries go too; without it, a group that holds any stays."""
    name = request.get("WorkGroup")
    held = [query_id for query_id, query in athena.named_queries.items() if query.get("WorkGroup") == name]
    if held and name != "primary":
        if not request.get("RecursiveDeleteOption"):
            return error_response("InvalidRequestException", f"WorkGroup {name} is not empty")
        for query_id in held:
            athena.named_queries.pop(query_id, None)
    return athena.delete_workgroup.own(request)
