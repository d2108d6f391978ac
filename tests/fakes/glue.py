# SPDX-License-Identifier: Apache-2.0
"""The AWS Glue catalog in memory, with one table and one crawler."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.fakes.client import client_error


@dataclass
class Glue:
    """One table, its partitions by their values, and one crawler.

    Partitions have as many values as their table has keys, and go with it. A table that was made by a call has the
    version 1, and one more after each update; an update that names another version is refused.
    """

    table: dict[str, Any] | None = None
    partitions: dict[tuple[str, ...], dict[str, Any]] = field(default_factory=dict)
    crawler_runs: bool = False
    last_crawl: dict[str, Any] | None = None
    tables_made: int = 0

    def get_crawler(self, Name: str) -> dict[str, Any]:
        last = {"LastCrawl": self.last_crawl} if self.last_crawl else {}
        return {"Crawler": {"Name": Name, "State": "RUNNING" if self.crawler_runs else "READY", **last}}

    def get_table(self, DatabaseName: str, Name: str) -> dict[str, Any]:
        return {"Table": {"DatabaseName": DatabaseName, "Name": Name, **self._found()}}

    def create_table(self, DatabaseName: str, TableInput: dict[str, Any]) -> dict[str, Any]:
        if self.table is not None:
            raise client_error("AlreadyExistsException")
        self.tables_made += 1
        made = datetime.fromtimestamp(self.tables_made, UTC)
        self.table = {"Owner": "", "Description": "", **TableInput, "VersionId": "1", "CreateTime": made}
        return {}

    def update_table(
        self, DatabaseName: str, TableInput: dict[str, Any], VersionId: str | None = None
    ) -> dict[str, Any]:
        found = self._found()
        if VersionId is not None and VersionId != found["VersionId"]:
            raise client_error("ConcurrentModificationException")
        version = str(int(found.get("VersionId", "0")) + 1)
        self.table = {**TableInput, "VersionId": version, "CreateTime": found.get("CreateTime")}
        return {}

    def delete_table(self, DatabaseName: str, Name: str) -> dict[str, Any]:
        self._found()
        self.table = None
        self.partitions.clear()
        return {}

    def create_partition(self, DatabaseName: str, TableName: str, PartitionInput: dict[str, Any]) -> dict[str, Any]:
        if self._exists(PartitionInput):
            raise client_error("AlreadyExistsException")
        self.partitions[tuple(PartitionInput["Values"])] = PartitionInput
        return {}

    def batch_create_partition(
        self, DatabaseName: str, TableName: str, PartitionInputList: list[dict[str, Any]]
    ) -> dict[str, Any]:
        errors = []
        for one in PartitionInputList:
            if self._exists(one):
                detail = {"ErrorCode": "AlreadyExistsException", "ErrorMessage": "from the fake"}
                errors.append({"PartitionValues": one["Values"], "ErrorDetail": detail})
            else:
                self.partitions[tuple(one["Values"])] = one
        return {"Errors": errors}

    def batch_update_partition(
        self, DatabaseName: str, TableName: str, Entries: list[dict[str, Any]]
    ) -> dict[str, Any]:
        errors = []
        for entry in Entries:
            if self._exists(entry["PartitionInput"]):
                self.partitions[tuple(entry["PartitionValueList"])] = entry["PartitionInput"]
            else:
                detail = {"ErrorCode": "EntityNotFoundException", "ErrorMessage": "from the fake"}
                errors.append({"PartitionValueList": entry["PartitionValueList"], "ErrorDetail": detail})
        return {"Errors": errors}

    def start_crawler(self, Name: str) -> dict[str, Any]:
        if self.crawler_runs:
            raise client_error("CrawlerRunningException")
        self.crawler_runs = True
        return {}

    def _found(self) -> dict[str, Any]:
        if self.table is None:
            raise client_error("EntityNotFoundException")
        return self.table

    def _exists(self, partition: dict[str, Any]) -> bool:
        if len(partition["Values"]) != len(self._found()["PartitionKeys"]):
            raise client_error("InvalidInputException", "the number of values is not that of the partition keys")
        return tuple(partition["Values"]) in self.partitions
