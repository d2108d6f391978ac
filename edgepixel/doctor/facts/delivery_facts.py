# SPDX-License-Identifier: Apache-2.0
"""Asks AWS for the facts about the stages from the edge to the lake."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from edgepixel.aws import lake_names
from edgepixel.doctor.facts.said import Refused, Said
from edgepixel.doctor.facts.stack_resources import NOT_ASKED, UNKNOWN, StackResources
from edgepixel.doctor.findings import Stage
from edgepixel.doctor.stages import coverage
from edgepixel.doctor.stages.aggregator import AggregatorFacts
from edgepixel.doctor.stages.delivery import DeliveryFacts
from edgepixel.doctor.stages.edge import EdgeFacts, behavior
from edgepixel.doctor.stages.log_configuration import LogFacts
from edgepixel.doctor.stages.log_delivery import LogDeliveryFacts
from edgepixel.doctor.stages.streams import StreamFacts
from edgepixel.template.reader import logged_fields

_LOGS_REGION = "us-east-1"  # where CloudFront's logs are delivered from


class DeliveryWayFacts(StackResources):
    """The facts about the way of a log line into the lake."""

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
            self._calls.ask("lambda", "get_event_source_mapping", UUID=mapping) if mapping != UNKNOWN else NOT_ASKED,
            self.arns.raw_stream,
            self.stack.outputs["AggregatedStreamName"],
            self._function(Stage.AGGREGATOR, self.stack.outputs["AggregatorFunctionName"]),
            self._role("AggregatorRole"),
        )

    @property
    def mapping_id(self) -> str:
        """The id of the aggregator's event source mapping."""
        return self._names.get("AggregatorFunctionLogLines", UNKNOWN)

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
        """The delivery of events, with Source=standard."""
        return self._log_delivery("LogDelivery", lake_names.EVENTS)

    def cross_check(self) -> LogDeliveryFacts:
        """The delivery beside real-time logs, with CrossCheck=enabled."""
        return self._log_delivery("CrossCheckDelivery", lake_names.CROSS_CHECK)

    def _log_delivery(self, logical_id: str, prefix: str) -> LogDeliveryFacts:
        partition, account = self.stack.outputs["AlarmTopicArn"].split(":")[1:5:3]
        # Its physical id begins with the destination's name: functions/edge_setup/resources/log_delivery.py.
        physical_id = self._names.get(logical_id, UNKNOWN)
        name = physical_id.removeprefix("log-delivery:").partition("@")[0]
        return LogDeliveryFacts(
            f"arn:{partition}:cloudfront::{account}:distribution/{self.stack.outputs['DistributionId']}",
            self._calls.ask("logs", "get_delivery_destination", _LOGS_REGION, name=name)
            if physical_id != UNKNOWN
            else NOT_ASKED,
            self._pages(
                "deliverySources",
                lambda more: self._calls.ask("logs", "describe_delivery_sources", _LOGS_REGION, **more),
            ),
            self._pages(
                "deliveries", lambda more: self._calls.ask("logs", "describe_deliveries", _LOGS_REGION, **more)
            ),
            f"{self.arns.lake}/{prefix.rstrip('/')}",
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
