# SPDX-License-Identifier: Apache-2.0
"""Asks AWS for the facts about the stages from the lake to the answers."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from edgepixel.aws import lake_names
from edgepixel.doctor.facts.said import Refused, Said, part
from edgepixel.doctor.facts.stack_resources import NOT_ASKED, UNKNOWN, StackResources
from edgepixel.doctor.findings import Stage
from edgepixel.doctor.stages.catalog import CatalogFacts, Hour
from edgepixel.doctor.stages.lake import LakeFacts
from edgepixel.doctor.stages.queries import QueryFacts
from edgepixel.doctor.stages.trigger import TriggerFacts
from edgepixel.doctor.stages.typed_days import TypedDaysFacts

_BATCH = 50  # named queries that BatchGetNamedQuery takes (Athena API reference)


class CatalogWayFacts(StackResources):
    """The facts about what is in the lake, in the catalog and in Athena."""

    def lake(self) -> LakeFacts:
        bucket = self.stack.lake_bucket
        return LakeFacts(
            bucket,
            self._calls.ask("s3", "list_objects_v2", Bucket=bucket, Prefix=lake_names.EVENTS, MaxKeys=1),
            self._calls.ask("s3", "get_bucket_policy", Bucket=bucket),
        )

    def trigger(self) -> TriggerFacts:
        rule = self._names.get("CrawlerTriggerFunctionObjectCreated", UNKNOWN)
        known = rule != UNKNOWN
        name = self.stack.outputs["CrawlerTriggerFunctionName"]
        function = self._function(Stage.TRIGGER, name)
        return TriggerFacts(
            self._calls.ask("s3", "get_bucket_notification_configuration", Bucket=self.stack.lake_bucket),
            rule,
            self._calls.ask("events", "describe_rule", Name=rule) if known else NOT_ASKED,
            self._calls.ask("events", "list_targets_by_rule", Rule=rule) if known else NOT_ASKED,
            self._calls.ask("lambda", "get_policy", FunctionName=name),
            self.arns.trigger,
            function,
            self._role("CrawlerTriggerRole"),
        )

    def catalog(self, settled_seconds: float) -> CatalogFacts:
        """`settled_seconds`: how old an object is that must be in the catalog by now."""
        database, crawler = self.stack.database, self.stack.outputs["CrawlerName"]
        table = self._calls.ask("glue", "get_table", DatabaseName=database, Name=lake_names.TABLE)
        function = self._calls.ask(
            "lambda", "get_function_configuration", FunctionName=self.stack.outputs["CrawlerTriggerFunctionName"]
        )
        fields = part(function, "Environment", "Variables", "LOG_FIELDS") or ""
        return CatalogFacts(
            database,
            self._calls.ask("glue", "get_database", Name=database),
            table,
            crawler,
            self._calls.ask("glue", "get_crawler", Name=crawler),
            [field.strip().replace("-", "_") for field in fields.split(",") if field],
            [Hour(day, hour, self.partition(day, hour)) for day, hour in self._settled_hours(settled_seconds)],
            self._role("CrawlerRole"),
        )

    def partition(self, day: str, hour: str) -> Said:
        """What the catalog says of an hour of the lake."""
        return self._calls.ask(
            "glue",
            "get_partition",
            DatabaseName=self.stack.database,
            TableName=lake_names.TABLE,
            PartitionValues=[day, hour],
        )

    def typed_days(self) -> TypedDaysFacts:
        return TypedDaysFacts(
            self._days(lake_names.DAYS_TABLE),
            self._days(lake_names.TABLE),
            self._function(Stage.CATALOG, self.stack.outputs["CompactorFunctionName"]),
            datetime.fromtimestamp(self._calls.now(), UTC),
        )

    def _days(self, table: str) -> list[date] | None:
        """The days that a table has partitions of; None if nobody may look."""
        asked: dict[str, Any] = {"DatabaseName": self.stack.database, "TableName": table, "ExcludeColumnSchema": True}
        days: set[date] = set()
        while True:
            page = self._calls.ask("glue", "get_partitions", **asked)
            if isinstance(page, Refused):
                return sorted(days) if page.absent else None
            days |= {date.fromisoformat(one["Values"][0]) for one in page.get("Partitions", [])}
            if not page.get("NextToken"):
                return sorted(days)
            asked["NextToken"] = page["NextToken"]

    def queries(self) -> QueryFacts:
        workgroup = self.stack.workgroup
        return QueryFacts(
            self._calls.ask("glue", "get_table", DatabaseName=self.stack.database, Name="events"),
            workgroup,
            self._calls.ask("athena", "get_work_group", WorkGroup=workgroup),
            self._answers,
            self._calls.ask("athena", "batch_get_named_query", NamedQueryIds=sorted(self._answers)[:_BATCH])
            if self._answers
            else NOT_ASKED,
        )

    def _settled_hours(self, settled_seconds: float) -> list[tuple[str, str]]:
        """The hours of this day (UTC) in the lake whose oldest object is old enough.

        Only of this day: what became of closed days in the catalog is not this module's to know.
        """
        latest = datetime.now(UTC) - timedelta(seconds=settled_seconds)
        bucket = self.stack.lake_bucket
        hours = []
        for day in (f"{datetime.now(UTC):{form}}" for form in lake_names.DAY_FOLDERS):
            listed = self._calls.ask("s3", "list_objects_v2", Bucket=bucket, Prefix=day, Delimiter="/")
            for folder in part(listed, "CommonPrefixes") or []:
                first = self._calls.ask("s3", "list_objects_v2", Bucket=bucket, Prefix=folder["Prefix"], MaxKeys=1)
                if any(item["LastModified"] <= latest for item in part(first, "Contents") or []):
                    hours.append(lake_names.partition_of(folder["Prefix"]))
        return hours
