# SPDX-License-Identifier: Apache-2.0
"""Makes hours of the lake queryable, and the table right if no crawl did."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import batched
from typing import Any

from aws_calls import BATCH, AwsCalls, Changed
from partition import Partition, folders_above_hours, partition_in
from settings import Settings
from table import (
    difference_to,
    finished,
    is_finished,
    lacks_last_columns,
    partition_input,
    table_input,
    wrong_keys,
)


class CatalogNotReady(Exception):
    """The table cannot take a partition yet. A crawl may repair it, and then the event has to be retried."""

    def __init__(self, reason: str, *, crawl_started: bool = False) -> None:
        super().__init__(reason)
        self.crawl_started = crawl_started


class Registration(StrEnum):
    """How the hours that an event is about got into the catalog."""

    REGISTERED = "registered"
    ALREADY_REGISTERED = "already_registered"
    SEEN_BEFORE = "seen_before"
    TABLE_REPAIRED = "table_repaired"
    """With all other hours of the lake: the table was made, or made right, from the log fields."""


@dataclass(frozen=True)
class Outcome:
    """What was done: `partitions` are those that are new in the catalog, `repaired` says what was wrong, if anything.

    A table that was marked as unfinished only gets the hours that it lacks: then `repaired` is empty.
    """

    registration: Registration
    partitions: int = 0
    repaired: str = ""


class Catalog:
    """Registers partitions of one table.

    It remembers registered partitions as long as its process lives and the table is the same one: of an hour's objects
    only the first needs more than a look at the table. That look is not left out, so that a table that was dropped is
    noticed at once: Glue's first million requests of a month are free, and a shard has three thousand objects.
    """

    def __init__(
        self, aws: AwsCalls, settings: Settings, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._aws = aws
        self._now = now
        self._settings = settings
        self._seen: set[Partition] = set()
        self._created: Any = None

    def register(self, partition: Partition) -> Outcome:
        """Make one hour of the lake queryable. For one of standard logs no crawl is started: it would not help.

        Raises CatalogNotReady while a crawl that may make the table right is running, or somebody else changes the
        table. Other errors of AWS pass through. A table that no crawl made right is made right here.
        """
        table = self._aws.table()
        reason = self._what_is_wrong(table)
        if reason and not partition.is_of_standard_logs:
            self._crawl_first(reason, table)
        if reason or table is None or not is_finished(table):
            return self._repair(table, reason, partition)
        self._forget_another(table)
        if partition in self._seen:
            return Outcome(Registration.SEEN_BEFORE)
        created = self._aws.create_partition(partition_input(table, partition))
        self._seen.add(partition)
        return Outcome(Registration.REGISTERED if created else Registration.ALREADY_REGISTERED, int(created))

    def after_crawl(self) -> Outcome:
        """Make the table right if the crawl that has ended did not, and register every hour that is not yet.

        So no hour depends on what a crawl finds, nor on the retries of events that came while it ran.
        """
        table = self._aws.table()
        reason = self._what_is_wrong(table)
        if reason or table is None or not is_finished(table):
            return self._repair(table, reason, None)
        self._forget_another(table)
        created = sum(len(hours) - len(self._aws.create_partitions(hours)) for hours in self._hours(table))
        return Outcome(Registration.REGISTERED if created else Registration.ALREADY_REGISTERED, created)

    def _what_is_wrong(self, table: Mapping[str, Any] | None) -> str:
        name = f"{self._settings.database_name}.{self._settings.table_name}"
        if table is None:
            return f"table {name} does not exist"
        difference = difference_to(table, self._settings.columns)
        return f"table {name} differs from the log fields: {difference}" if difference else ""

    def _forget_another(self, table: Mapping[str, Any]) -> None:
        """Forget the partitions of another table that had this one's name before."""
        if table.get("CreateTime") != self._created:
            self._seen.clear()
        self._created = table.get("CreateTime")

    def _crawl_first(self, reason: str, table: Mapping[str, Any] | None) -> None:
        """Start a crawl, or wait for the one that runs, by raising CatalogNotReady. Return if that would not help.

        It does not help within the hour after the last crawl. Nor does it if only the last columns are missing: a
        crawler does not classify anew what it has seen (AWS Glue developer guide, "Defining and managing classifiers").
        """
        if table is not None and lacks_last_columns(table, self._settings.columns):
            return
        crawler = self._aws.crawler()
        if crawler.ran_lately(self._now()):
            return
        started = crawler.state == "READY" and self._aws.start_crawl()
        what = "was started" if started else "is already running"
        raise CatalogNotReady(f"{reason}; crawler {self._settings.crawler_name} {what}", crawl_started=started)

    def _repair(self, table: Mapping[str, Any] | None, reason: str, first: Partition | None) -> Outcome:
        """Make the table right, then register `first` and all other hours.

        The table is marked until its hours are registered. So a process that dies on the way leaves a right table
        with a mark, and the next one goes on: Lambda retries this one's event, and every later one does as well.
        """
        columns, name = self._settings.columns, self._settings.table_name
        location = f"s3://{self._settings.lake_bucket}/{self._settings.events_prefix}"
        try:
            # Partitions of other keys cannot be read, and go with their table. The objects stay.
            if table is not None and wrong_keys(table):
                self._aws.delete_table()
                table = None
            if table is None:
                self._aws.create_table(table_input(name, columns, location))
            elif reason:
                self._aws.update_table(table, table_input(name, columns, location, table))
            made = self._aws.table()
            if made is None:
                raise Changed("EntityNotFoundException")
            created = self._register_all(made, first)
            if not is_finished(made):
                self._aws.update_table(made, finished(made))
            self._forget_another(made)
            self._seen |= {first} if first is not None else set()
        except Changed as error:
            raise CatalogNotReady(f"{reason or 'the table is unfinished'}, and changed meanwhile ({error})") from error
        return Outcome(Registration.TABLE_REPAIRED, created, reason)

    def _register_all(self, table: Mapping[str, Any], first: Partition | None) -> int:
        """Register all hours, or replace what they were registered as. Returns how many are new."""
        created = 0
        if first is not None:
            new = self._aws.create_partition(partition_input(table, first))
            if not new:
                self._aws.update_partitions([partition_input(table, first)])
            created += new
        for hours in self._hours(table):
            existing = self._aws.create_partitions(hours)
            if existing:
                self._aws.update_partitions(existing)
            created += len(hours) - len(existing)
        return created

    def _hours(self, table: Mapping[str, Any]) -> Iterator[list[dict[str, Any]]]:
        """The partitions of all hours that the lake has objects of, the latest first, in batches.

        Listing costs one request of S3 for each day, some thousandths of a cent: a crawl would find the same for some
        cents at least, ten minutes of two DPUs.
        """
        prefix = self._settings.events_prefix
        folders = (
            hour
            for first in self._latest_first(prefix)
            if (above := folders_above_hours(first, prefix))
            for hour in self._folders_below(first, above)
        )
        partitions = (partition_in(self._settings.lake_bucket, folder, prefix) for folder in folders)
        inputs = (partition_input(table, one) for one in partitions if one is not None)
        return map(list, batched(inputs, BATCH, strict=False))

    def _folders_below(self, folder: str, levels: int) -> Iterator[str]:
        if levels == 0:
            yield folder
            return
        for below in self._latest_first(folder):
            yield from self._folders_below(below, levels - 1)

    def _latest_first(self, folder: str) -> list[str]:
        return sorted(self._aws.folders(folder), reverse=True)
