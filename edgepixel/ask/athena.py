# SPDX-License-Identifier: Apache-2.0
"""Asks Athena: finds a stack's answers (named queries of its workgroup), runs them, and reads every row."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from edgepixel.aws.stack import Stack
from edgepixel.console.table import Table, Value
from edgepixel.errors import AnswerFailedError, UnknownAnswerError

_INTEGERS = frozenset({"tinyint", "smallint", "integer", "int", "bigint"})
_FLOATS = frozenset({"float", "real", "double"})
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.05, 2.0
_BATCH = 50  # named queries a BatchGetNamedQuery takes at most


@dataclass(frozen=True)
class Working:
    """A query on its way: Athena's state of it, how long it has been waited for, and what was read so far, if told."""

    state: str
    seconds: float
    scanned_bytes: int = 0

    def __str__(self) -> str:
        read = f", {self.scanned_bytes:,} bytes read" if self.scanned_bytes else ""
        return f"{self.state.lower()}, {self.seconds:.1f} s{read}"


type Progress = Callable[[Working], None]


@dataclass(frozen=True)
class SavedQuery:
    """A named query of a workgroup: an answer of the application, or somebody's own."""

    query_id: str
    name: str
    sql: str
    description: str = ""


@dataclass(frozen=True)
class Finished:
    """A query that succeeded. `results` is the S3 URI of its result file, `manifest` that of what an UNLOAD wrote."""

    query_id: str
    scanned_bytes: int
    results: str
    manifest: str | None


def find_saved_queries(stack: Stack) -> list[SavedQuery]:
    """Every named query of the stack's workgroup."""
    athena = stack.cloud.client("athena")
    ids: list[str] = []
    for page in athena.get_paginator("list_named_queries").paginate(WorkGroup=stack.workgroup):
        ids += page["NamedQueryIds"]
    return [
        SavedQuery(query["NamedQueryId"], query["Name"], query["QueryString"], query.get("Description", ""))
        for start in range(0, len(ids), _BATCH)
        for query in athena.batch_get_named_query(NamedQueryIds=ids[start : start + _BATCH])["NamedQueries"]
    ]


def find_answers(stack: Stack) -> dict[str, str]:
    """The SQL of every answer of the stack, by name. Raises UnknownAnswerError if it has none any more."""
    return {query.name: query.sql for query in require_some(stack, find_saved_queries(stack))}


def require_some(stack: Stack, saved: list[SavedQuery]) -> list[SavedQuery]:
    """The same. Raises UnknownAnswerError if there are none: a stack is deployed with its answers."""
    if not saved:
        raise UnknownAnswerError(
            f"{stack} has no answers: its workgroup {stack.workgroup}, or all saved queries in it, were deleted. "
            "`edgepixel doctor` tells what is missing"
        )
    return saved


def run_query(stack: Stack, sql: str, progress: Progress | None = None, timeout_seconds: float = 600) -> Table:
    """Run SQL in the stack's workgroup and database. `progress` is told the state and the seconds so far.

    Raises AnswerFailedError with Athena's reason, or if it takes too long; a query that nobody waits for any more is
    stopped, because Athena bills what it scans.
    """
    athena = stack.cloud.client("athena")
    finished = _finish(athena, stack, sql, progress, timeout_seconds)
    return _read(athena, finished.query_id, finished.scanned_bytes)


def run_statement(stack: Stack, sql: str, timeout_seconds: float, progress: Progress | None = None) -> Finished:
    """Run SQL whose rows are not read here, such as UNLOAD, in the stack's workgroup and database.

    Raises AnswerFailedError as run_query does.
    """
    return _finish(stack.cloud.client("athena"), stack, sql, progress, timeout_seconds)


def _finish(athena: Any, stack: Stack, sql: str, progress: Progress | None, timeout_seconds: float) -> Finished:
    """Start a query and wait for its end. One that nobody waits for any more is stopped."""
    query_id = athena.start_query_execution(
        QueryString=sql, WorkGroup=stack.workgroup, QueryExecutionContext={"Database": stack.database}
    )["QueryExecutionId"]
    ended: Mapping[str, Any] | None = None
    try:
        ended = _wait(athena, query_id, progress, timeout_seconds)
    finally:
        if ended is None:
            athena.stop_query_execution(QueryExecutionId=query_id)
    status = ended["Status"]
    if status["State"] != "SUCCEEDED":
        reason = status.get("StateChangeReason", "no reason given")
        raise AnswerFailedError(f"Athena reports {status['State']}: {reason} (query {query_id})")
    return Finished(
        query_id,
        _scanned(ended),
        ended.get("ResultConfiguration", {}).get("OutputLocation", ""),
        ended.get("Statistics", {}).get("DataManifestLocation"),
    )


def _wait(athena: Any, query_id: str, progress: Progress | None, timeout_seconds: float) -> Mapping[str, Any]:
    """A query's execution at its end, whatever came of it. Raises AnswerFailedError if it takes too long."""
    started = time.monotonic()
    pause = _FIRST_PAUSE_SECONDS
    while True:
        time.sleep(pause)  # before the first look, too: no query ends at once
        pause = min(pause * 1.5, _LONGEST_PAUSE_SECONDS)
        execution: Mapping[str, Any] = athena.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]
        status = execution["Status"]
        waited = time.monotonic() - started
        if progress:
            progress(Working(status["State"], waited, _scanned(execution)))
        if status["State"] in ("SUCCEEDED", "FAILED", "CANCELLED"):
            return execution
        if waited > timeout_seconds:
            raise AnswerFailedError(f"Athena has not finished query {query_id} after {timeout_seconds:.0f} s")


def _scanned(execution: Mapping[str, Any]) -> int:
    return int(execution.get("Statistics", {}).get("DataScannedInBytes", 0))


def _read(athena: Any, query_id: str, scanned_bytes: int) -> Table:
    rows: list[tuple[Value, ...]] = []
    columns: tuple[str, ...] = ()
    pages = athena.get_paginator("get_query_results").paginate(QueryExecutionId=query_id)
    for number, page in enumerate(pages):
        result = page["ResultSet"]
        kinds = [column["Type"] for column in result["ResultSetMetadata"]["ColumnInfo"]]
        columns = tuple(column["Name"] for column in result["ResultSetMetadata"]["ColumnInfo"])
        data = result["Rows"][1:] if number == 0 else result["Rows"]  # the first row of a SELECT holds the names
        rows += [
            tuple(typed(cell.get("VarCharValue"), kind) for cell, kind in zip(row["Data"], kinds, strict=True))
            for row in data
        ]
    return Table(columns, tuple(rows), scanned_bytes)


def typed(text: str | None, kind: str) -> Value:
    """A value of Athena's results, which are text, in Python's type. Decimals, dates and times stay text."""
    if text is None:
        return None
    if kind in _INTEGERS:
        return int(text)
    if kind in _FLOATS:
        return float(text)
    if kind == "boolean":
        return text == "true"
    return text
