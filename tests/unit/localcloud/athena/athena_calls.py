# SPDX-License-Identifier: Apache-2.0
"""Calls of the local Athena's API, and a lake of Parquet objects for its queries."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from localcloud.athena import service as local_athena
from localcloud.clock import Clock
from localcloud.ministack import athena, glue, s3
from tests import ministack_calls
from tests.waiting import PATIENCE_SECONDS

PARQUET = {
    "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
    "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
}


def start_cloud() -> None:
    """An empty lake with the database `db` and the workgroup `group`, whose place for results is enforced."""
    stop_cloud()
    s3.create_bucket("lake", b"", {})
    ministack_calls.call(glue, "CreateDatabase", {"DatabaseInput": {"Name": "db"}})
    local_athena.install(Clock())
    configuration = {
        "EnforceWorkGroupConfiguration": True,
        "ResultConfiguration": {"OutputLocation": "s3://lake/query-results/"},
    }
    ministack_calls.call(athena, "CreateWorkGroup", {"Name": "group", "Configuration": configuration})


def stop_cloud() -> None:
    for service in (glue, s3, athena):
        service.reset()


async def response(action: str, request: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
    return await ministack_calls.response_of(athena, action, dict(request))


async def ended(sql: str, **request: Any) -> dict[str, Any]:
    """Start a query, wait for its end, and give its execution."""
    context = {"QueryExecutionContext": {"Database": "db"}, "WorkGroup": "group"}
    status, started = await response("StartQueryExecution", {"QueryString": sql, **context, **request})
    assert status == 200, started
    while True:
        await asyncio.sleep(0.01)
        _, described = await response("GetQueryExecution", started)
        execution: dict[str, Any] = described["QueryExecution"]
        if execution["Status"]["State"] not in ("QUEUED", "RUNNING"):
            return execution


def run(sql: str, **request: Any) -> dict[str, Any]:
    return asyncio.run(asyncio.wait_for(ended(sql, **request), PATIENCE_SECONDS))


def succeeded(sql: str, **request: Any) -> dict[str, Any]:
    execution = run(sql, **request)
    assert execution["Status"]["State"] == "SUCCEEDED", execution["Status"]
    return execution


def rows(sql: str) -> list[list[str | None]]:
    found = {"QueryExecutionId": succeeded(sql)["QueryExecutionId"]}
    _, response_of_it = asyncio.run(response("GetQueryResults", found))
    return [[cell.get("VarCharValue") for cell in row["Data"]] for row in response_of_it["ResultSet"]["Rows"][1:]]


def failure(sql: str) -> str:
    status = run(sql)["Status"]
    assert status["State"] == "FAILED"
    reason: str = status["StateChangeReason"]
    return reason


def parquet(select: str) -> bytes:
    """The rows of a query of DuckDB as a file in Parquet's format."""
    with TemporaryDirectory() as directory, duckdb.connect(":memory:") as connection:
        path = Path(directory, "file")
        connection.execute(f"COPY ({select}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
        return path.read_bytes()


def make_table(columns: Mapping[str, str], keys: Sequence[str] = (), name: str = "days") -> None:
    """A Parquet table below s3://lake/<name>/, of columns (name -> Hive type) and partition keys."""
    storage = {"Columns": _columns(columns), "Location": f"s3://lake/{name}/", **PARQUET}
    declared = {"PartitionKeys": [{"Name": key, "Type": "string"} for key in keys], "StorageDescriptor": storage}
    glue.create_table({"DatabaseName": "db", "TableInput": {"Name": name, **declared}})


def make_partition(values: Sequence[str], folder: str, columns: Mapping[str, str], name: str = "days") -> None:
    place = {"Columns": _columns(columns), "Location": f"s3://lake/{folder}/", **PARQUET}
    partition = {"Values": list(values), "StorageDescriptor": place}
    glue.create_partition({"DatabaseName": "db", "TableName": name, "PartitionInput": partition})


def _columns(columns: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Type": kind} for name, kind in columns.items()]
