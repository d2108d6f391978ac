# SPDX-License-Identifier: Apache-2.0
"""The Glue Data Catalog, the crawler and the lake's folders: the only module of this function that calls AWS."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from crawls import Crawler, crawler_of
from settings import Settings

# boto3's default is a minute for each attempt: a call that hangs would take longer than the function has.
_CONFIG = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 4})
BATCH = 100
"""Partitions in one BatchCreatePartition or BatchUpdatePartition (AWS Glue API, partitions)."""


class Changed(Exception):
    """Somebody else has made, changed or deleted the table meanwhile."""


class AwsCalls:
    """The calls that this function makes, about one table, one crawler and one bucket."""

    def __init__(self, glue: Any, s3: Any, settings: Settings) -> None:
        self._glue = glue
        self._s3 = s3
        self._settings = settings
        self._table = {"DatabaseName": settings.database_name, "TableName": settings.table_name}

    def table(self) -> Mapping[str, Any] | None:
        """The table, or None if there is none."""
        try:
            found = self._glue.get_table(DatabaseName=self._settings.database_name, Name=self._settings.table_name)
        except ClientError as error:
            if _code(error) != "EntityNotFoundException":
                raise
            return None
        table: Mapping[str, Any] = found["Table"]
        return table

    def create_table(self, table_input: Mapping[str, Any]) -> None:
        """Raises Changed if there is a table already."""
        try:
            self._glue.create_table(DatabaseName=self._settings.database_name, TableInput=table_input)
        except ClientError as error:
            raise _changed(error, "AlreadyExistsException", "ConcurrentModificationException") from error

    def update_table(self, table: Mapping[str, Any], table_input: Mapping[str, Any]) -> None:
        """Replace the table's definition. Raises Changed if it is not the one that was read any more."""
        version = {"VersionId": table["VersionId"]} if "VersionId" in table else {}
        try:
            self._glue.update_table(DatabaseName=self._settings.database_name, TableInput=table_input, **version)
        except ClientError as error:
            raise _changed(error, "EntityNotFoundException", "ConcurrentModificationException") from error

    def delete_table(self) -> None:
        """Delete the table's definition, and with it its partitions. The objects stay. Raises Changed if it is gone."""
        try:
            self._glue.delete_table(DatabaseName=self._settings.database_name, Name=self._settings.table_name)
        except ClientError as error:
            raise _changed(error, "EntityNotFoundException", "ConcurrentModificationException") from error

    def create_partition(self, partition_input: Mapping[str, Any]) -> bool:
        """Whether the partition is new."""
        try:
            self._glue.create_partition(**self._table, PartitionInput=partition_input)
        except ClientError as error:
            if _code(error) != "AlreadyExistsException":
                raise
            return False
        return True

    def create_partitions(self, partition_inputs: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Create at most BATCH partitions. Returns those that exist already. Raises ClientError for any other error."""
        response = self._glue.batch_create_partition(**self._table, PartitionInputList=partition_inputs)
        existing = set()
        for error in response.get("Errors") or []:
            _raise_unless(error, "AlreadyExistsException", "BatchCreatePartition")
            existing.add(tuple(error["PartitionValues"]))
        return [one for one in partition_inputs if tuple(one["Values"]) in existing]

    def update_partitions(self, partition_inputs: Sequence[Mapping[str, Any]]) -> None:
        """Replace at most BATCH partitions. One that is gone meanwhile is none of them any more."""
        entries = [{"PartitionValueList": one["Values"], "PartitionInput": one} for one in partition_inputs]
        for error in self._glue.batch_update_partition(**self._table, Entries=entries).get("Errors") or []:
            _raise_unless(error, "EntityNotFoundException", "BatchUpdatePartition")

    def crawler(self) -> Crawler:
        """The crawler's state and last crawl."""
        return crawler_of(self._glue.get_crawler(Name=self._settings.crawler_name)["Crawler"])

    def start_crawl(self) -> bool:
        """Whether a crawl was started; False if one is running."""
        try:
            self._glue.start_crawler(Name=self._settings.crawler_name)
        except ClientError as error:
            if _code(error) != "CrawlerRunningException":
                raise
            return False
        return True

    def folders(self, prefix: str) -> Iterator[str]:
        """The folders directly below a folder, as key prefixes: both end in a slash."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=self._settings.lake_bucket, Prefix=prefix, Delimiter="/"
        )
        for page in pages:
            yield from (common["Prefix"] for common in page.get("CommonPrefixes", []))


def connect(settings: Settings) -> AwsCalls:
    """The catalog and the lake of this account and Region."""
    return AwsCalls(boto3.client("glue", config=_CONFIG), boto3.client("s3", config=_CONFIG), settings)


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _changed(error: ClientError, *codes: str) -> Exception:
    return Changed(_code(error)) if _code(error) in codes else error


def _raise_unless(error: Mapping[str, Any], code: str, operation: str) -> None:
    """A batch's error for one partition, unless it is the expected one."""
    detail = error["ErrorDetail"]
    if detail.get("ErrorCode") != code:
        raise ClientError(
            {"Error": {"Code": str(detail.get("ErrorCode")), "Message": str(detail.get("ErrorMessage"))}}, operation
        )
