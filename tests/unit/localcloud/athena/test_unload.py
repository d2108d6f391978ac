# SPDX-License-Identifier: Apache-2.0
"""UNLOAD: what it writes and leaves, and what it refuses."""

import asyncio
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from localcloud.athena.unload import destination, parquet_output
from localcloud.ministack import s3
from tests.unit.localcloud.athena.athena_calls import (
    failure,
    make_partition,
    make_table,
    response,
    rows,
    run,
    start_cloud,
    stop_cloud,
    succeeded,
)

ZSTD = "WITH (format = 'PARQUET', compression = 'ZSTD')"
FOLDER = "s3://lake/typed/dt=2026-11-27/v=abc/"


@pytest.fixture(autouse=True)
def cloud() -> Iterator[None]:
    start_cloud()
    yield
    stop_cloud()


def written(prefix: str = "typed/") -> list[str]:
    return sorted(key for key in s3.buckets["lake"]["objects"] if key.startswith(prefix))


def stored(uri: str, tmp_path: Path, select: str = "*") -> list[tuple[Any, ...]]:
    path = tmp_path / "stored"
    path.write_bytes(s3.get_object_data("lake", uri.removeprefix("s3://lake/")) or b"")
    with duckdb.connect(":memory:") as connection:
        return connection.execute(f"SELECT {select} FROM read_parquet('{path}')").fetchall()  # noqa: S608


def manifest(execution: dict[str, Any]) -> list[str]:
    location = execution["Statistics"]["DataManifestLocation"]
    return (s3.get_object_data("lake", location.removeprefix("s3://lake/")) or b"").decode().splitlines()


def test_rows_are_written_where_a_table_reads_them() -> None:
    select = "SELECT x AS id, CAST(y AS bigint) AS visitor FROM (VALUES ('b', 2), ('a', 1)) AS t(x, y) ORDER BY 1"
    execution = succeeded(f"UNLOAD ({select}) TO '{FOLDER}' {ZSTD}")
    assert execution["StatementType"] == "DML"
    make_table({"id": "string", "visitor": "bigint"}, ["dt"])
    make_partition(["2026-11-27"], "typed/dt=2026-11-27/v=abc", {"id": "string", "visitor": "bigint"})
    assert rows("SELECT * FROM days ORDER BY id") == [["a", "1", "2026-11-27"], ["b", "2", "2026-11-27"]]


def test_the_manifest_and_the_metadata_lie_with_the_results(tmp_path: Path) -> None:
    execution = succeeded(f"-- a day\nUNLOAD (SELECT 1 AS n, sum(2) AS m) TO '{FOLDER.rstrip('/')}' {ZSTD};")
    query_id = execution["QueryExecutionId"]
    assert execution["Statistics"]["DataManifestLocation"] == f"s3://lake/query-results/{query_id}-manifest.csv"
    assert execution["ResultConfiguration"]["OutputLocation"] == f"s3://lake/query-results/{query_id}"
    assert written("query-results/") == [
        f"query-results/{query_id}-manifest.csv", f"query-results/{query_id}.metadata"
    ]  # fmt: skip
    (uri,) = manifest(execution)
    assert [uri.removeprefix("s3://lake/")] == written()
    assert uri.startswith(FOLDER)
    assert stored(uri, tmp_path, "n, m, typeof(n), typeof(m)") == [(1, 2, "INTEGER", "BIGINT")]


def test_a_large_result_is_several_files_each_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_output, "_MOST_BYTES", 200_000)
    numbers = (
        "SELECT a * 1000 + b AS n FROM UNNEST(sequence(0, 199)) AS t(a) CROSS JOIN UNNEST(sequence(0, 999)) AS u(b)"
    )
    execution = succeeded(f"UNLOAD (WITH x AS ({numbers}) SELECT n FROM x ORDER BY n DESC) TO '{FOLDER}' {ZSTD}")  # noqa: S608
    uris = manifest(execution)
    assert len(uris) > 1
    assert sorted(uri.removeprefix("s3://lake/") for uri in uris) == written()
    parts = [[n for (n,) in stored(uri, tmp_path)] for uri in uris]
    assert all(part == sorted(part, reverse=True) for part in parts)
    assert sorted(n for part in parts for n in part) == list(range(200_000))


def test_a_result_without_rows_is_no_file() -> None:
    execution = succeeded(f"UNLOAD (SELECT 1 AS n WHERE false) TO '{FOLDER}' {ZSTD}")
    assert (manifest(execution), written()) == ([], [])


def test_a_folder_that_is_not_empty_is_left_alone() -> None:
    s3.put_object("lake", "typed/dt=2026-11-27/v=abc/part=01/_hidden", b"x", {})
    sql = f"UNLOAD (SELECT 1 AS n) TO '{FOLDER}' {ZSTD}"
    assert failure(sql).startswith(f"HIVE_PATH_ALREADY_EXISTS: Target directory for UNLOAD already exists: {FOLDER}")
    assert written() == ["typed/dt=2026-11-27/v=abc/part=01/_hidden"]
    succeeded(sql.replace("v=abc/", "v=ab"))  # a folder, and not what begins like it


@pytest.mark.parametrize(
    ("select", "properties", "reason"),
    [
        ("SELECT 1", "format = 'PARQUET'", "MISSING_COLUMN_NAME: Column name not specified at position 1"),
        ("SELECT 1 AS a, 2 AS A", "format = 'PARQUET'", "DUPLICATE_COLUMN_NAME: Column name 'A' specified more"),
        ("SELECT current_timestamp AS t", "format = 'PARQUET'", "NOT_SUPPORTED: Unsupported Hive type: timestamp with"),
        ("SELECT NULL AS t", "format = 'PARQUET'", "NOT_SUPPORTED: Unsupported Hive type: unknown"),
        ("SELECT 1 AS a", "format = 'CSV'", "INVALID_TABLE_PROPERTY: UNLOAD needs a format"),
        ("SELECT 1 AS a", "compression = 'ZSTD'", "INVALID_TABLE_PROPERTY: UNLOAD needs a format"),
        ("SELECT 1 AS a", "format = 'JSON'", "NOT_SUPPORTED: the local Athena does not know UNLOAD in the format JSON"),
        ("SELECT 1 AS a", "format = 'PARQUET', compression = 'BZIP2'", "INVALID_TABLE_PROPERTY: Parquet has no"),
        ("SELECT 1 AS a", "format = 'PARQUET', compression_level = 3", "INVALID_TABLE_PROPERTY: compression_level"),
        ("SELECT 1 AS a", "format = 'PARQUET', files = 3", "INVALID_TABLE_PROPERTY: UNLOAD has no property 'files'"),
        ("SELECT 1 AS a", "format = 'PARQUET', partitioned_by = ARRAY['b', 'a']", "NOT_SUPPORTED"),
        ("SELECT x FROM t", "format = 'PARQUET'", "TABLE_NOT_FOUND"),
    ],
)
def test_what_cannot_be_written_fails_the_query(select: str, properties: str, reason: str) -> None:
    assert failure(f"UNLOAD ({select}) TO '{FOLDER}' WITH ({properties})").startswith(reason)
    assert written() == []


@pytest.mark.parametrize(
    "sql",
    [
        "UNLOAD SELECT 1 AS n TO 's3://lake/x/' WITH (format = 'PARQUET')",
        "UNLOAD (SELECT 1 AS n) TO 's3://lake/x/'",
        "UNLOAD (SELECT 1 AS n) WITH (format = 'PARQUET')",
        "UNLOAD (SELECT 1 AS n) TO 'lake/x/' WITH (format = 'PARQUET')",
        "UNLOAD (SELECT 1 AS n TO 's3://lake/x/' WITH (format = 'PARQUET')",
        "UNLOAD (SELECT 1 AS n) TO 's3://lake/x/' WITH (format)",
        "UNLOAD (SELECT) TO 's3://lake/x/' WITH (format = 'PARQUET') more",
        "UNLOAD (SELECT ? AS n) TO 's3://lake/x/' WITH (format = 'PARQUET')",
    ],
)
def test_a_statement_that_is_none_is_refused_at_once(sql: str) -> None:
    request = {"QueryString": sql, "WorkGroup": "group", "QueryExecutionContext": {"Database": "db"}}
    status, refused = asyncio.run(response("StartQueryExecution", request))
    assert (status, refused["AthenaErrorCode"]) == (400, "MALFORMED_QUERY"), refused


def test_parameters_are_inserted(tmp_path: Path) -> None:
    execution = succeeded(f"UNLOAD (SELECT ? AS n) TO '{FOLDER}' {ZSTD}", ExecutionParameters=["'it''s'"])
    assert stored(manifest(execution)[0], tmp_path) == [("it's",)]


@pytest.mark.parametrize(
    ("properties", "codec"),
    [
        ("format = 'parquet'", "GZIP"),
        ("format = 'PARQUET', compression = 'snappy'", "SNAPPY"),
        ("format = 'PARQUET', compression = 'ZSTD', compression_level = 4", "ZSTD"),
    ],
)
def test_compression(properties: str, codec: str, tmp_path: Path) -> None:
    execution = succeeded(f"UNLOAD (SELECT 1 AS n) TO '{FOLDER}' WITH ({properties})")
    (uri,) = manifest(execution)
    path = tmp_path / "file"
    path.write_bytes(s3.get_object_data("lake", uri.removeprefix("s3://lake/")) or b"")
    with duckdb.connect(":memory:") as connection:
        found = connection.execute("SELECT compression FROM parquet_metadata(?)", [str(path)]).fetchall()
    assert found == [(codec,)]


def test_one_that_is_stopped_leaves_what_it_has_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_output, "_MOST_BYTES", 200_000)
    put, files = destination.put, io.StringIO()

    def put_while_somebody_stops(paths: Any, location: str, now: Any, is_stopped: Any) -> list[str]:
        files.write(str(len(paths)))
        asyncio.run(response("StopQueryExecution", {"QueryExecutionId": query_id[0]}))
        return put(paths, location, now, is_stopped)

    query_id: list[str] = []
    monkeypatch.setattr(destination, "put", put_while_somebody_stops)
    numbers = (
        "SELECT a * 1000 + b AS n FROM UNNEST(sequence(0, 199)) AS t(a) CROSS JOIN UNNEST(sequence(0, 999)) AS u(b)"
    )

    async def until_the_files_are_there() -> dict[str, Any]:
        context = {"QueryExecutionContext": {"Database": "db"}, "WorkGroup": "group"}
        _, started = await response(
            "StartQueryExecution", {"QueryString": f"UNLOAD ({numbers}) TO '{FOLDER}' {ZSTD}", **context}
        )
        query_id.append(started["QueryExecutionId"])
        running = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        await asyncio.gather(*running)
        _, described = await response("GetQueryExecution", started)
        execution: dict[str, Any] = described["QueryExecution"]
        return execution

    execution = asyncio.run(until_the_files_are_there())
    assert execution["Status"]["State"] == "CANCELLED"
    assert int(files.getvalue()) > len(written()) == 1
    assert written("query-results/") == []
    assert run(f"UNLOAD (SELECT 1 AS n) TO '{FOLDER}' {ZSTD}")["Status"]["StateChangeReason"].startswith(
        "HIVE_PATH_ALREADY_EXISTS"
    )
