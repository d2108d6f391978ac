# SPDX-License-Identifier: Apache-2.0
"""The Glue Data Catalog: the only module of this function that calls AWS."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import boto3
from botocore.exceptions import ClientError

from partition import PARTITION_KEYS, Partition
from settings import Settings

# A crawl is billed for at least ten minutes of two DPUs, and what one did not repair, the next will not either.
BETWEEN_CRAWLS = timedelta(hours=1)


class CatalogNotReady(Exception):
    """The table cannot take a partition yet. A crawl repairs it, and then the event has to be retried."""

    def __init__(self, reason: str, *, crawl_started: bool) -> None:
        super().__init__(reason)
        self.crawl_started = crawl_started


class Registration(StrEnum):
    """How a partition got into the catalog."""

    REGISTERED = "registered"
    ALREADY_REGISTERED = "already_registered"
    SEEN_BEFORE = "seen_before"


class Catalog:
    """Registers partitions of one table.

    It remembers registered partitions as long as its process lives: every hour gets several objects, and only the
    first of them needs a call. If the table is dropped meanwhile, the crawl that the next hour starts finds all
    folders again.
    """

    def __init__(self, glue: Any, settings: Settings, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._glue = glue
        self._now = now
        self._settings = settings
        self._seen: set[Partition] = set()

    def register(self, partition: Partition) -> Registration:
        """Make one hour of the lake queryable.

        Raises CatalogNotReady when the table is missing or does not match the log fields; then a crawl is running, or
        one ended within the last hour and did not help. Other errors of the Glue API pass through.
        """
        if partition in self._seen:
            return Registration.SEEN_BEFORE
        registration = self._create_partition(self._table(), partition)
        self._seen.add(partition)
        return registration

    def _table(self) -> Mapping[str, Any]:
        name = f"{self._settings.database_name}.{self._settings.table_name}"
        try:
            found = self._glue.get_table(DatabaseName=self._settings.database_name, Name=self._settings.table_name)
        except ClientError as error:
            if _code(error) != "EntityNotFoundException":
                raise
            raise self._crawl(f"table {name} does not exist") from error
        table: Mapping[str, Any] = found["Table"]
        difference = difference_to(table, self._settings.columns)
        if difference:
            raise self._crawl(f"table {name} differs from the log fields: {difference}")
        return table

    def _crawl(self, reason: str) -> CatalogNotReady:
        crawler = self._settings.crawler_name
        found = self._glue.get_crawler(Name=crawler)["Crawler"]
        last = found.get("LastCrawl") or {}
        if found["State"] == "READY" and "StartTime" in last and self._now() < last["StartTime"] + BETWEEN_CRAWLS:
            message = f": {last['ErrorMessage']}" if last.get("ErrorMessage") else ""
            return CatalogNotReady(
                f"{reason}, although crawler {crawler} ran at {last['StartTime']:%H:%M} ({last['Status']}{message}); "
                f"it is not started again before {last['StartTime'] + BETWEEN_CRAWLS:%H:%M} UTC",
                crawl_started=False,
            )
        try:
            self._glue.start_crawler(Name=crawler)
        except ClientError as error:
            if _code(error) != "CrawlerRunningException":
                raise
            return CatalogNotReady(f"{reason}; crawler {crawler} is already running", crawl_started=False)
        return CatalogNotReady(f"{reason}; crawler {crawler} was started", crawl_started=True)

    def _create_partition(self, table: Mapping[str, Any], partition: Partition) -> Registration:
        # The table's own descriptor, so that a partition is always read the way its table is.
        storage = {**table["StorageDescriptor"], "Location": partition.location}
        try:
            self._glue.create_partition(
                DatabaseName=self._settings.database_name,
                TableName=self._settings.table_name,
                PartitionInput={"Values": list(partition.values), "StorageDescriptor": storage},
            )
        except ClientError as error:
            if _code(error) != "AlreadyExistsException":
                raise
            return Registration.ALREADY_REGISTERED
        return Registration.REGISTERED


def connect(settings: Settings) -> Catalog:
    """The catalog of this account and Region."""
    return Catalog(boto3.client("glue"), settings)


def difference_to(table: Mapping[str, Any], columns: tuple[str, ...]) -> str:
    """What is wrong with a table's columns or partition keys, in words; empty if nothing is.

    Types are not compared: every column of a raw log line is text, and the view casts it.
    """
    found = tuple(column["Name"] for column in table.get("StorageDescriptor", {}).get("Columns", []))
    if found != columns:
        missing = [name for name in columns if name not in found]
        unknown = [name for name in found if name not in columns]
        if missing or unknown:
            return f"missing {', '.join(missing) or 'none'}, unknown {', '.join(unknown) or 'none'}"
        return f"columns are in the order {', '.join(found)}"
    keys = tuple(key["Name"] for key in table.get("PartitionKeys", []))
    if keys != PARTITION_KEYS:
        return f"partition keys are {', '.join(keys) or 'none'} instead of {', '.join(PARTITION_KEYS)}"
    return ""


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
