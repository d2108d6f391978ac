# SPDX-License-Identifier: Apache-2.0
"""A lake, its catalog and Athena in memory, and what the view `events` would show of them after every call.

Raw objects and files of typed days hold rows as JSON. Statements run in DuckDB, which knows what the compactor's SQL
needs of Athena's. A statement is QUEUED, then RUNNING with half of its rows written, then SUCCEEDED.
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import duckdb

from tests.fakes.client import FakeClient, client_error

BUCKET = "lake"
COLUMNS = {"event_time": "timestamp", "request_id": "string", "event": "string", "hour": "string"}
RULES = "0123abcd"
_UNLOAD = re.compile(r"UNLOAD\s+\(")
_FOLDER = re.compile(r"TO 's3://lake/([^']*)'")

type Row = dict[str, Any]
type Values = tuple[str, ...]


def view_text(rules: str) -> str:
    """The view of raw lines as Athena keeps it."""
    sql = f"SELECT event_time, '{rules}' AS rules_version FROM pixel_events"  # noqa: S608 (ours)
    return f"/* Presto View: {base64.b64encode(json.dumps({'originalSql': sql}).encode()).decode()} */"


@dataclass
class Lake:
    """The services' state. `after` is called with each operation's name when it is done.

    `refusals[operation]` holds error codes for the next calls of it, None lets one pass. `ends` are the final states
    that the next statements reach, SUCCEEDED when there are no more; `lost_rows` are lost by the next UNLOAD.
    """

    columns: ClassVar[dict[str, str]] = COLUMNS

    now: datetime = datetime(2026, 11, 29, 6, 20, tzinfo=UTC)
    objects: dict[str, tuple[list[Row], datetime]] = field(default_factory=dict)
    partitions: dict[str, dict[Values, dict[str, Any]]] = field(
        default_factory=lambda: {"pixel_events": {}, "pixel_days": {}, "pixel_days_made": {}}
    )
    executions: dict[str, dict[str, Any]] = field(default_factory=dict)
    after: Callable[[str], None] = lambda _: None
    refusals: dict[str, list[str | None]] = field(default_factory=dict)
    ends: list[str] = field(default_factory=list)
    lost_rows: int = 0
    rules: str = RULES
    calls: int = 0
    made: int = 0
    engine: duckdb.DuckDBPyConnection = field(default_factory=duckdb.connect)

    # ---- what a test does with it ------------------------------------------------------------------------------------

    def add(self, day: str, hour: str, name: str, rows: list[Row], *, register: bool = True) -> None:
        """Log lines arrive: an object of an hour (09 or 09-standard), which the crawler trigger registers."""
        folder = f"events/dt={day}/hour={hour}/"
        if hour.endswith("-standard"):
            year, month, of_month = day.split("-")
            folder = f"events/year={year}/month={month}/day={of_month}/hour={hour[:2]}/"
        self.objects[folder + name] = ([{**row, "hour": hour[:2]} for row in rows], self.now)
        if register and (day, hour) not in self.partitions["pixel_events"]:
            self._create(
                "pixel_events", {"Values": [day, hour], "StorageDescriptor": {"Location": f"s3://{BUCKET}/{folder}"}}
            )

    def clients(self) -> dict[str, FakeClient]:
        """boto3's clients of it."""
        return {name: FakeClient(name, _Service(self)) for name in ("glue", "s3", "athena")}

    def typed(self) -> list[Row]:
        """The rows of all typed days."""
        return [row for values in self.partitions["pixel_days"] for row in self._rows("pixel_days", values)]

    def raw(self) -> list[Row]:
        """The raw rows that the view shows: those of days that are not typed, without what the last typed day has."""
        days = {values[0] for values in self.partitions["pixel_days"]}
        last = {row["request_id"] for row in self.typed() if row["dt"] == max(days)} - {None} if days else set()
        rows = [row for values in self.partitions["pixel_events"] for row in self._rows("pixel_events", values)]
        return [row for row in rows if row["dt"] not in days and row["request_id"] not in last]

    def shown(self) -> list[str]:
        """The request ids that a question counts, sorted: typed rows as they are, raw rows once for each id."""
        ids = [str(row["request_id"]) for row in self.typed()]
        raw = [row["request_id"] for row in self.raw()]
        return sorted(ids + list({one for one in raw if one}) + ["None" for one in raw if one is None])

    def events(self, day: str) -> dict[str, str]:
        """The event of each request id of a typed day."""
        return {row["request_id"]: row["event"] for row in self.typed() if row["dt"] == day}

    # ---- Glue --------------------------------------------------------------------------------------------------------

    def get_table(self, DatabaseName: str, Name: str) -> dict[str, Any]:
        if Name == "raw_events":
            return {"Table": {"Name": Name, "ViewOriginalText": view_text(self.rules)}}
        columns = [{"Name": name, "Type": kind} for name, kind in self.columns.items()]
        return {"Table": {"Name": Name, "StorageDescriptor": {"Columns": columns, "Location": f"s3://{BUCKET}/"}}}

    def get_partitions(self, DatabaseName: str, TableName: str, ExcludeColumnSchema: bool) -> dict[str, Any]:
        return {"Partitions": list(self.partitions[TableName].values())}

    def create_partition(self, DatabaseName: str, TableName: str, PartitionInput: dict[str, Any]) -> dict[str, Any]:
        if tuple(PartitionInput["Values"]) in self.partitions[TableName]:
            raise client_error("AlreadyExistsException")
        self._create(TableName, PartitionInput)
        return {}

    def update_partition(
        self, DatabaseName: str, TableName: str, PartitionValueList: list[str], PartitionInput: dict[str, Any]
    ) -> dict[str, Any]:
        if tuple(PartitionValueList) not in self.partitions[TableName]:
            raise client_error("EntityNotFoundException")
        self._create(TableName, PartitionInput)
        return {}

    def batch_create_partition(
        self, DatabaseName: str, TableName: str, PartitionInputList: list[dict[str, Any]]
    ) -> dict[str, Any]:
        errors = []
        for one in PartitionInputList:
            if tuple(one["Values"]) in self.partitions[TableName]:
                detail = {"ErrorCode": "AlreadyExistsException", "ErrorMessage": "from the fake"}
                errors.append({"PartitionValues": one["Values"], "ErrorDetail": detail})
            else:
                self._create(TableName, one)
        return {"Errors": errors}

    def batch_delete_partition(
        self, DatabaseName: str, TableName: str, PartitionsToDelete: list[dict[str, Any]]
    ) -> dict[str, Any]:
        assert len(PartitionsToDelete) <= 25  # AWS Glue API, BatchDeletePartition
        errors = []
        for one in PartitionsToDelete:
            if self.partitions[TableName].pop(tuple(one["Values"]), None) is None:
                detail = {"ErrorCode": "EntityNotFoundException", "ErrorMessage": "from the fake"}
                errors.append({"PartitionValues": one["Values"], "ErrorDetail": detail})
        return {"Errors": errors}

    # ---- S3 ----------------------------------------------------------------------------------------------------------

    def list_objects_v2(self, Bucket: str, Prefix: str) -> dict[str, Any]:
        return {
            "Contents": [
                {"Key": key, "ETag": f'"{_etag(rows)}"', "Size": 20 + 100 * len(rows), "LastModified": modified}
                for key, (rows, modified) in sorted(self.objects.items())
                if key.startswith(Prefix)
            ]
        }

    def delete_objects(self, Bucket: str, Delete: dict[str, Any]) -> dict[str, Any]:
        for one in Delete["Objects"]:
            self.objects.pop(one["Key"], None)
        return {}

    # ---- Athena ------------------------------------------------------------------------------------------------------

    def start_query_execution(
        self, QueryString: str, WorkGroup: str, QueryExecutionContext: dict[str, str], ClientRequestToken: str = ""
    ) -> dict[str, str]:
        token = ClientRequestToken or f"without a token, number {len(self.executions):09}"
        assert 32 <= len(token) <= 128  # Amazon Athena API, StartQueryExecution
        started = self.executions.setdefault(
            token, {"Query": QueryString, "State": "QUEUED", "number": len(self.executions)}
        )
        assert started["Query"] == QueryString, "the same token with another statement is refused"
        return {"QueryExecutionId": token}

    def get_query_execution(self, QueryExecutionId: str) -> dict[str, Any]:
        found = self.executions[QueryExecutionId]
        status = {"State": found["State"], "StateChangeReason": "from the fake"}
        self._go_on(found)
        return {"QueryExecution": {"Query": found["Query"], "Status": status}}

    def get_query_results(self, QueryExecutionId: str) -> dict[str, Any]:
        found = self.executions[QueryExecutionId]
        assert found["State"] == "SUCCEEDED"
        names = found["names"]
        cells = [names, *([row[name] for name in names] for row in found["rows"])]
        data = [{"Data": [{} if one is None else {"VarCharValue": _text(one)} for one in row]} for row in cells]
        kinds = [{"Name": name, "Type": "varchar"} for name in names]
        return {"ResultSet": {"Rows": data, "ResultSetMetadata": {"ColumnInfo": kinds}}}

    # ---- how statements are run --------------------------------------------------------------------------------------

    def _go_on(self, found: dict[str, Any]) -> None:
        folder = _FOLDER.search(found["Query"])
        if found["State"] == "QUEUED":
            found["State"] = "RUNNING"
            if folder and any(key.startswith(folder[1]) for key in self.objects):
                found["State"] = "FAILED"  # HIVE_PATH_ALREADY_EXISTS
                return
            found["names"], found["rows"] = self._select(found["Query"])
            if folder:
                self._write(folder[1] + f"{found['number']}-0", found["rows"][::2])
        elif found["State"] == "RUNNING":
            found["State"] = self.ends.pop(0) if self.ends else "SUCCEEDED"
            if folder and found["State"] == "SUCCEEDED":
                kept = len(found["rows"]) - self.lost_rows
                self.lost_rows = 0
                self._write(folder[1] + f"{found['number']}-1", found["rows"][1:kept:2])

    def _write(self, key: str, rows: list[Row]) -> None:
        if rows:
            self.objects[key] = (rows, self.now)

    def _select(self, statement: str) -> tuple[list[str], list[Row]]:
        sql = _UNLOAD.sub("", statement.split(") TO 's3://")[0])
        names = [*self.columns, "dt", "v"]
        columns = ", ".join(f"{name} {'timestamp' if name == 'event_time' else 'varchar'}" for name in names)
        for table, relation in {**dict.fromkeys(self.partitions), "pixel_events": "raw_events"}.items():
            held = [row for values in self.partitions[table] for row in self._rows(table, values)]
            self.engine.execute(f"CREATE OR REPLACE TABLE {relation or table} ({columns})")
            if held:
                row_of_places = f"({', '.join('?' for _ in names)})"
                places = ", ".join([row_of_places] * len(held))
                cells = [row.get(name) for row in held for name in names]
                self.engine.execute(f"INSERT INTO {relation or table} VALUES {places}", cells)  # noqa: S608 (ours)
        result = self.engine.execute(sql)
        found = [column[0] for column in result.description or []]
        rows = [[str(cell) if isinstance(cell, datetime) else cell for cell in row] for row in result.fetchall()]
        return found, [dict(zip(found, row, strict=True)) for row in rows]

    def _rows(self, table: str, values: Values) -> list[Row]:
        folder = self.partitions[table][values]["StorageDescriptor"]["Location"].removeprefix(f"s3://{BUCKET}/")
        keys = {"dt": values[0]} | ({"v": values[1]} if table == "pixel_days_made" else {})
        return [
            {**row, **keys} for key, (rows, _) in list(self.objects.items()) if key.startswith(folder) for row in rows
        ]

    def _create(self, table: str, partition_input: dict[str, Any]) -> None:
        self.made += 1
        created = datetime(2026, 11, 29, tzinfo=UTC) + timedelta(seconds=self.made)
        self.partitions[table][tuple(partition_input["Values"])] = {**partition_input, "CreationTime": created}


@dataclass
class _Service:
    """Counts every call, refuses those that a test says, and tells when one is done."""

    lake: Lake

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def call(**arguments: Any) -> Any:
            self.lake.calls += 1
            if (refusals := self.lake.refusals.get(operation)) and (code := refusals.pop(0)):
                raise client_error(code, operation=operation.title().replace("_", ""))
            result = getattr(self.lake, operation)(**arguments)
            self.lake.after(operation)
            return result

        return call


def rows(*ids: str | None, event: str = "view") -> list[Row]:
    """Rows of request ids, each a second after the one before."""
    return [
        {"request_id": one, "event": event, "event_time": f"2026-11-27 00:00:{number:02}"}
        for number, one in enumerate(ids)
    ]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _etag(rows: list[Row]) -> str:
    return hashlib.sha256(json.dumps(rows, sort_keys=True, default=str).encode()).hexdigest()[:32]
