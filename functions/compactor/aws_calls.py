# SPDX-License-Identifier: Apache-2.0
"""The Glue Data Catalog, the lake and Athena: the only module of this function that calls AWS."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from itertools import batched
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from raw_lines import LakeObject
from settings import Settings

# boto3's default is a minute for each attempt: a call that hangs would take longer than the function has.
_CONFIG = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 4})
_CREATED = 100  # partitions in one BatchCreatePartition (AWS Glue API, partitions)
_DELETED = 25  # partitions in one BatchDeletePartition (the same page)
_DELETED_OBJECTS = 1000  # objects in one DeleteObjects (Amazon S3 API reference)


class NotDeletedError(RuntimeError):
    """S3 did not delete some objects. The message has the first one's key and reason."""


@dataclass(frozen=True)
class Execution:
    """A statement that was started: its state, Athena's reason for that, and its SQL."""

    state: str
    reason: str
    sql: str


class AwsCalls:
    """The calls that this function makes, about one database, one lake and one workgroup."""

    def __init__(self, glue: Any, s3: Any, athena: Any, settings: Settings) -> None:
        self._glue = glue
        self._s3 = s3
        self._athena = athena
        self._settings = settings

    def table(self, name: str) -> Mapping[str, Any] | None:
        """A table or view, or None if there is none."""
        try:
            found = self._glue.get_table(DatabaseName=self._settings.database_name, Name=name)
        except ClientError as error:
            if _code(error) != "EntityNotFoundException":
                raise
            return None
        table: Mapping[str, Any] = found["Table"]
        return table

    def partitions(self, table: str) -> list[Mapping[str, Any]]:
        """All partitions of a table, without their columns. None if there is no table."""
        pages = self._glue.get_paginator("get_partitions").paginate(
            DatabaseName=self._settings.database_name, TableName=table, ExcludeColumnSchema=True
        )
        try:
            return [one for page in pages for one in page["Partitions"]]
        except ClientError as error:
            if _code(error) != "EntityNotFoundException":
                raise
            return []

    def create_partition(self, table: str, partition_input: Mapping[str, Any]) -> bool:
        """Whether the partition is new."""
        try:
            self._glue.create_partition(**self._table(table), PartitionInput=partition_input)
        except ClientError as error:
            if _code(error) != "AlreadyExistsException":
                raise
            return False
        return True

    def update_partition(self, table: str, partition_input: Mapping[str, Any]) -> None:
        """Replace a partition by one of the same values."""
        self._glue.update_partition(
            **self._table(table), PartitionValueList=partition_input["Values"], PartitionInput=partition_input
        )

    def create_partitions(self, table: str, partition_inputs: Iterable[Mapping[str, Any]]) -> None:
        """Create partitions; those that exist stay as they are. Raises ClientError for any other error."""
        for batch in batched(partition_inputs, _CREATED, strict=False):
            response = self._glue.batch_create_partition(**self._table(table), PartitionInputList=list(batch))
            _raise_unless("AlreadyExistsException", response, "BatchCreatePartition")

    def delete_partitions(self, table: str, values: Iterable[Sequence[str]]) -> None:
        """Delete partitions by their values; the objects stay. One that is gone meanwhile is no error."""
        for batch in batched(values, _DELETED, strict=False):
            gone = [{"Values": list(one)} for one in batch]
            response = self._glue.batch_delete_partition(**self._table(table), PartitionsToDelete=gone)
            _raise_unless("EntityNotFoundException", response, "BatchDeletePartition")

    def objects(self, prefix: str) -> list[LakeObject]:
        """The lake's objects below a prefix. Empty ones are folders of consoles."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._settings.lake_bucket, Prefix=prefix)
        return [
            LakeObject(item["Key"], item["ETag"], item["Size"], item["LastModified"].astimezone(UTC))
            for page in pages
            for item in page.get("Contents", [])
            if item["Size"]
        ]

    def delete_objects(self, keys: Iterable[str]) -> None:
        """Delete objects of the lake. Raises NotDeletedError."""
        for batch in batched(keys, _DELETED_OBJECTS, strict=False):
            response = self._s3.delete_objects(
                Bucket=self._settings.lake_bucket, Delete={"Objects": [{"Key": key} for key in batch], "Quiet": True}
            )
            for error in response.get("Errors") or []:
                raise NotDeletedError(f"S3 did not delete {error.get('Key')}: {error.get('Message')}")

    def start(self, sql: str, token: str) -> str:
        """Start a statement, or find the one that was started with the same token. Returns its id."""
        started = self._athena.start_query_execution(
            QueryString=sql,
            ClientRequestToken=token,
            WorkGroup=self._settings.work_group,
            QueryExecutionContext={"Database": self._settings.database_name},
        )
        return str(started["QueryExecutionId"])

    def execution(self, query_id: str) -> Execution:
        """How far a statement is."""
        found = self._athena.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]
        status = found["Status"]
        return Execution(status["State"], status.get("StateChangeReason", "no reason given"), found.get("Query", ""))

    def first_row(self, query_id: str) -> Mapping[str, str | None]:
        """The first row of a SELECT's result, by column."""
        rows = self._athena.get_query_results(QueryExecutionId=query_id)["ResultSet"]["Rows"]
        names, cells = ([cell.get("VarCharValue") for cell in row["Data"]] for row in rows[:2])
        return dict(zip(map(str, names), cells, strict=True))

    def _table(self, name: str) -> dict[str, str]:
        return {"DatabaseName": self._settings.database_name, "TableName": name}


def connect(settings: Settings) -> AwsCalls:
    """The catalog, the lake and Athena of this account and Region."""
    return AwsCalls(
        boto3.client("glue", config=_CONFIG),
        boto3.client("s3", config=_CONFIG),
        boto3.client("athena", config=_CONFIG),
        settings,
    )


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _raise_unless(code: str, response: Mapping[str, Any], operation: str) -> None:
    """The first of a batch's errors, unless all are the expected one."""
    for error in response.get("Errors") or []:
        detail = error["ErrorDetail"]
        if detail.get("ErrorCode") != code:
            raise ClientError(
                {"Error": {"Code": str(detail.get("ErrorCode")), "Message": str(detail.get("ErrorMessage"))}}, operation
            )
