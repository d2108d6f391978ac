# SPDX-License-Identifier: Apache-2.0
"""Asks AWS for the facts about each stage of a stack."""

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from edgepixel.aws import lake_names
from edgepixel.aws.stack import Stack
from edgepixel.doctor.facts.aws_calls import AwsCalls
from edgepixel.doctor.facts.role_needs import Arns, role_needs
from edgepixel.doctor.facts.said import Refused, Said, part
from edgepixel.doctor.findings import Stage
from edgepixel.doctor.stages import coverage
from edgepixel.doctor.stages.aggregator import AggregatorFacts
from edgepixel.doctor.stages.catalog import CatalogFacts, Hour
from edgepixel.doctor.stages.delivery import DeliveryFacts
from edgepixel.doctor.stages.edge import EdgeFacts, behavior
from edgepixel.doctor.stages.functions import FunctionFacts
from edgepixel.doctor.stages.lake import LakeFacts
from edgepixel.doctor.stages.log_configuration import LogFacts
from edgepixel.doctor.stages.log_delivery import LogDeliveryFacts
from edgepixel.doctor.stages.queries import QueryFacts
from edgepixel.doctor.stages.roles import Need, RoleFacts
from edgepixel.doctor.stages.streams import StreamFacts
from edgepixel.doctor.stages.trigger import TriggerFacts
from edgepixel.template import logged_fields

_ANSWER_TYPE = "AWS::Athena::NamedQuery"
_BATCH = 50  # named queries that BatchGetNamedQuery takes (Athena API reference)
_UNKNOWN = "unknown"
_LOGS_REGION = "us-east-1"  # where CloudFront's logs are delivered from
# A stack of another version may have a resource under another logical id. Then nothing is known about it.
_NOT_ASKED = Refused("nothing", "NotAsked", "the stack has no resource of this logical id")


class StackFacts:
    """The facts about one stack's stages, asked for anew at each call."""

    def __init__(self, stack: Stack, calls: AwsCalls) -> None:
        self.stack = stack
        self._calls = calls
        found = list(
            calls.listed("cloudformation", "list_stack_resources", "StackResourceSummaries", StackName=stack.name)
        )
        self._names: dict[str, str] = {
            one["LogicalResourceId"]: one["PhysicalResourceId"] for one in found if one.get("PhysicalResourceId")
        }
        self._answers = {
            one["PhysicalResourceId"]: one["LogicalResourceId"]
            for one in found
            if one["ResourceType"] == _ANSWER_TYPE and one.get("PhysicalResourceId")
        }

    @property
    def aggregates(self) -> bool:
        return "AggregatorFunctionName" in self.stack.outputs

    @property
    def delivered_stream(self) -> str:
        """The name of the stream that the delivery reads."""
        return self.stack.outputs.get("AggregatedStreamName", self.stack.raw_stream)

    @property
    def sampling_rate(self) -> int:
        return int(self.stack.parameters["SamplingRate"])

    @cached_property
    def arns(self) -> Arns:
        partition, account = self.stack.outputs["AlarmTopicArn"].split(":")[1:5:3]
        region = self._calls.region()
        kinesis = f"arn:{partition}:kinesis:{region}:{account}:stream/"
        aggregated = self.stack.outputs.get("AggregatedStreamName")
        return Arns(
            raw_stream=f"{kinesis}{self.stack.raw_stream}" if self.stack.has_realtime_logs else None,
            aggregated_stream=f"{kinesis}{aggregated}" if aggregated else None,
            lake=f"arn:{partition}:s3:::{self.stack.lake_bucket}",
            glue=f"arn:{partition}:glue:{region}:{account}",
            database=self.stack.database,
            crawler=self.stack.outputs["CrawlerName"],
            trigger=f"arn:{partition}:lambda:{region}:{account}:function:"
            f"{self.stack.outputs['CrawlerTriggerFunctionName']}",
        )

    def edge(self) -> EdgeFacts:
        identifier, path = self.stack.outputs["DistributionId"], self.stack.parameters["PixelPath"]
        return EdgeFacts(
            identifier,
            path,
            self._calls.ask("cloudfront", "get_distribution", Id=identifier),
            self._calls.ask(
                "s3", "list_objects_v2", Bucket=self.stack.outputs["SiteBucketName"], Prefix=path.lstrip("/")
            ),
        )

    def log_configuration(self) -> LogFacts:
        arn = self.stack.outputs["RealtimeLogConfigArn"]
        return LogFacts(
            arn,
            self._calls.ask("cloudfront", "get_realtime_log_config", ARN=arn),
            behavior(self.edge()),
            self.arns.raw_stream,
            self.sampling_rate,
            self._role("RealtimeLogRole"),
            self._log_fields(),
            self._edge_function(),
        )

    def coverage(self) -> Said:
        """What the hit counter has measured, by the hour."""
        now = datetime.fromtimestamp(self._calls.now(), UTC)
        return self._calls.ask(
            "cloudwatch",
            "get_metric_statistics",
            Namespace=coverage.NAMESPACE.format(stack=self.stack.name),
            MetricName=coverage.METRIC,
            Dimensions=[{"Name": name, "Value": value} for name, value in coverage.DIMENSIONS.items()],
            StartTime=now - timedelta(hours=coverage.HOURS),
            EndTime=now,
            Period=3600,
            Statistics=["Minimum"],
        )

    def _log_fields(self) -> list[str]:
        """What this version logs with the stack's parameters; nothing for a stack of another version, without one."""
        stack = self.stack
        return logged_fields(stack.has_edge_function, stack.ip_addresses) if "EdgeFunction" in stack.parameters else []

    def _edge_function(self) -> str | None:
        """The function's name: it is the last part of the ARN, if the resource's id is one."""
        found = self._names.get("PixelFunction") if self.stack.has_edge_function else None
        return found.rpartition("/")[2] if found else None

    def stream(self, stage: Stage) -> StreamFacts:
        """The raw stream, or the aggregated one."""
        name = self.stack.raw_stream if stage is Stage.RAW_STREAM else self.stack.outputs["AggregatedStreamName"]
        return StreamFacts(
            stage,
            name,
            self._calls.ask("kinesis", "describe_stream_summary", StreamName=name),
            self._calls.total("AWS/Kinesis", "WriteProvisionedThroughputExceeded", StreamName=name),
        )

    def aggregator(self) -> AggregatorFacts:
        mapping = self.mapping_id
        return AggregatorFacts(
            mapping,
            self._calls.ask("lambda", "get_event_source_mapping", UUID=mapping) if mapping != _UNKNOWN else _NOT_ASKED,
            self.arns.raw_stream,
            self.stack.outputs["AggregatedStreamName"],
            self._function(Stage.AGGREGATOR, self.stack.outputs["AggregatorFunctionName"]),
            self._role("AggregatorRole"),
        )

    @property
    def mapping_id(self) -> str:
        """The id of the aggregator's event source mapping."""
        return self._names.get("AggregatorFunctionLogLines", _UNKNOWN)

    def delivery(self) -> DeliveryFacts:
        name = self.stack.outputs["DeliveryStreamName"]
        return DeliveryFacts(
            name,
            self._calls.ask("firehose", "describe_delivery_stream", DeliveryStreamName=name),
            self.arns.delivered_stream,
            self.arns.lake,
            self._role("DeliveryRole"),
        )

    def log_delivery(self) -> LogDeliveryFacts:
        partition, account = self.stack.outputs["AlarmTopicArn"].split(":")[1:5:3]
        # Its physical id begins with the destination's name: functions/edge_setup/resources/log_delivery.py.
        physical_id = self._names.get("LogDelivery", _UNKNOWN)
        name = physical_id.removeprefix("log-delivery:").partition("@")[0]
        return LogDeliveryFacts(
            f"arn:{partition}:cloudfront::{account}:distribution/{self.stack.outputs['DistributionId']}",
            self._calls.ask("logs", "get_delivery_destination", _LOGS_REGION, name=name)
            if physical_id != _UNKNOWN
            else _NOT_ASKED,
            self._pages(
                "deliverySources",
                lambda more: self._calls.ask("logs", "describe_delivery_sources", _LOGS_REGION, **more),
            ),
            self._pages(
                "deliveries", lambda more: self._calls.ask("logs", "describe_deliveries", _LOGS_REGION, **more)
            ),
            self.arns.lake,
            self._calls.ask("s3", "get_bucket_policy", Bucket=self.stack.lake_bucket),
        )

    def _pages(self, key: str, ask: Callable[[dict[str, Any]], Said]) -> list[Any] | None:
        """What is listed under a key, page after page; None if nobody may look."""
        found: list[Any] = []
        more: dict[str, Any] = {}
        while True:
            page = ask(more)
            if isinstance(page, Refused):
                return None
            found += page.get(key, [])
            if not page.get("nextToken"):
                return found
            more = {"nextToken": page["nextToken"]}

    def lake(self) -> LakeFacts:
        bucket = self.stack.lake_bucket
        return LakeFacts(
            bucket,
            self._calls.ask("s3", "list_objects_v2", Bucket=bucket, Prefix=lake_names.EVENTS, MaxKeys=1),
            self._calls.ask("s3", "get_bucket_policy", Bucket=bucket),
        )

    def trigger(self) -> TriggerFacts:
        rule = self._names.get("CrawlerTriggerFunctionObjectCreated", _UNKNOWN)
        known = rule != _UNKNOWN
        name = self.stack.outputs["CrawlerTriggerFunctionName"]
        function = self._function(Stage.TRIGGER, name)
        return TriggerFacts(
            self._calls.ask("s3", "get_bucket_notification_configuration", Bucket=self.stack.lake_bucket),
            rule,
            self._calls.ask("events", "describe_rule", Name=rule) if known else _NOT_ASKED,
            self._calls.ask("events", "list_targets_by_rule", Rule=rule) if known else _NOT_ASKED,
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

    def queries(self) -> QueryFacts:
        workgroup = self.stack.workgroup
        return QueryFacts(
            self._calls.ask("glue", "get_table", DatabaseName=self.stack.database, Name="events"),
            workgroup,
            self._calls.ask("athena", "get_work_group", WorkGroup=workgroup),
            self._answers,
            self._calls.ask("athena", "batch_get_named_query", NamedQueryIds=sorted(self._answers)[:_BATCH])
            if self._answers
            else _NOT_ASKED,
        )

    def log_group(self, logical_id: str) -> str | None:
        """The name of a log group of the stack."""
        return self._names.get(logical_id)

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

    def _function(self, stage: Stage, name: str) -> FunctionFacts:
        return FunctionFacts(
            stage,
            name,
            self._calls.ask("lambda", "get_function_configuration", FunctionName=name),
            self._calls.ask("lambda", "get_function_concurrency", FunctionName=name),
            self._calls.ask("lambda", "get_account_settings"),
            self._calls.total("AWS/Lambda", "Throttles", FunctionName=name),
        )

    def _role(self, logical_id: str) -> RoleFacts:
        name = self._names.get(logical_id, _UNKNOWN)
        if name == _UNKNOWN:
            return RoleFacts(name, _NOT_ASKED, {})
        role = self._calls.ask("iam", "get_role", RoleName=name)
        arn = part(role, "Role", "Arn")
        decisions: dict[Need, str] = {}
        actions = defaultdict(list)
        for need in role_needs(self.arns)[logical_id] if arn else ():
            actions[need.resource].append(need.action)
        for resource, wanted in actions.items():
            simulated = self._calls.ask(
                "iam", "simulate_principal_policy", PolicySourceArn=arn, ActionNames=wanted, ResourceArns=[resource]
            )
            for result in part(simulated, "EvaluationResults") or []:
                decisions[Need(result["EvalActionName"], resource)] = result["EvalDecision"]
        return RoleFacts(name, role, decisions)
