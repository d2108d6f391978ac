# SPDX-License-Identifier: Apache-2.0
"""The AWS Glue catalog in memory, with one table and one crawler."""

from dataclasses import dataclass, field
from typing import Any

from tests.fakes.client import client_error


@dataclass
class Glue:
    """One table, its partitions by their values, and one crawler."""

    table: dict[str, Any] | None = None
    partitions: dict[tuple[str, ...], dict[str, Any]] = field(default_factory=dict)
    crawler_runs: bool = False
    last_crawl: dict[str, Any] | None = None

    def get_crawler(self, Name: str) -> dict[str, Any]:
        last = {"LastCrawl": self.last_crawl} if self.last_crawl else {}
        return {"Crawler": {"Name": Name, "State": "RUNNING" if self.crawler_runs else "READY", **last}}

    def get_table(self, DatabaseName: str, Name: str) -> dict[str, Any]:
        if self.table is None:
            raise client_error("EntityNotFoundException")
        return {"Table": {"DatabaseName": DatabaseName, "Name": Name, **self.table}}

    def create_partition(self, DatabaseName: str, TableName: str, PartitionInput: dict[str, Any]) -> dict[str, Any]:
        values = tuple(PartitionInput["Values"])
        if values in self.partitions:
            raise client_error("AlreadyExistsException")
        self.partitions[values] = PartitionInput
        return {}

    def start_crawler(self, Name: str) -> dict[str, Any]:
        if self.crawler_runs:
            raise client_error("CrawlerRunningException")
        self.crawler_runs = True
        return {}
