# SPDX-License-Identifier: Apache-2.0
"""CloudWatch, the lake and Athena: the only module of this function that calls AWS."""

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.config import Config

from settings import Counted, Settings

# boto3's default is a minute for each attempt: a call that hangs would take longer than the function has.
_CONFIG = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 4})
_CLOUDFRONT_METRICS_REGION = "us-east-1"  # Amazon CloudFront Developer Guide, "Types of metrics for CloudFront"
_HOUR_SECONDS = 3600
_PAUSE_SECONDS = 2.0


class CountFailedError(RuntimeError):
    """CloudWatch did not give all of the sums that were asked for."""


class QueryFailedError(RuntimeError):
    """Athena did not answer. The message has its reason."""


class AwsCalls:
    """The calls that this function makes, about one distribution, one lake and one workgroup."""

    def __init__(
        self, cloudwatch: Any, s3: Any, athena: Any, settings: Settings, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._cloudwatch = cloudwatch
        self._s3 = s3
        self._athena = athena
        self._settings = settings
        self._pause = pause

    def hourly_hits(self, begin: datetime, end: datetime) -> dict[datetime, int]:
        """The hits that CloudFront counted in each hour, by when it begins in UTC. `begin` and `end` are full hours.

        Hours without hits are not there. Raises CountFailedError if CloudWatch has not told everything.
        """
        if self._settings.counted is Counted.UNKNOWN:
            return {}
        found: dict[datetime, int] = {}
        pages = self._cloudwatch.get_paginator("get_metric_data").paginate(
            MetricDataQueries=[
                {
                    "Id": "hits",
                    "MetricStat": {"Metric": self._metric(), "Period": _HOUR_SECONDS, "Stat": "Sum"},
                }
            ],
            StartTime=begin,
            EndTime=end,
        )
        complete = False
        for page in pages:
            for result in page["MetricDataResults"]:
                complete = result["StatusCode"] == "Complete"
                moments = (moment.astimezone(UTC) for moment in result["Timestamps"])
                found |= {moment: round(value) for moment, value in zip(moments, result["Values"], strict=True)}
        if not complete:
            raise CountFailedError("CloudWatch has not told all sums of the hits that CloudFront counted")
        return found

    def modified(self, prefix: str) -> dict[str, datetime]:
        """When the lake's objects below a prefix were last modified, by key. Empty ones are folders of consoles."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._settings.lake_bucket, Prefix=prefix)
        held = (item for page in pages for item in page.get("Contents", []))
        return {item["Key"]: item["LastModified"].astimezone(UTC) for item in held if item["Size"]}

    def write(self, key: str, text: bytes) -> None:
        """Write an object of the lake, in the place of the one that is there."""
        self._s3.put_object(
            Bucket=self._settings.lake_bucket, Key=key, Body=text, ContentType="text/tab-separated-values"
        )

    def saved_question(self) -> str:
        """The SQL of the answer `coverage`, as the stack has it saved."""
        saved = self._athena.get_named_query(NamedQueryId=self._settings.coverage_query_id)
        return str(saved["NamedQuery"]["QueryString"])

    def ask(self, sql: str, seconds_left: Callable[[], float]) -> list[Mapping[str, str | None]]:
        """Run a query and give its rows by column. Raises QueryFailedError with Athena's reason, or for lack of time.

        A query that nobody waits for any more is stopped, because Athena bills what it reads.
        """
        query_id = self._athena.start_query_execution(
            QueryString=sql,
            WorkGroup=self._settings.work_group,
            QueryExecutionContext={"Database": self._settings.database_name},
        )["QueryExecutionId"]
        while True:
            status = self._athena.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]["Status"]
            if status["State"] == "SUCCEEDED":
                return list(self._rows(query_id))
            if status["State"] in ("FAILED", "CANCELLED"):
                reason = status.get("StateChangeReason", "no reason given")
                raise QueryFailedError(f"Athena reports {status['State']}: {reason} (query {query_id})")
            if seconds_left() < _PAUSE_SECONDS:
                self._athena.stop_query_execution(QueryExecutionId=query_id)
                raise QueryFailedError(f"Athena has not finished query {query_id} while there was time")
            self._pause(_PAUSE_SECONDS)

    def _rows(self, query_id: str) -> Iterator[Mapping[str, str | None]]:
        names: list[str] = []
        for page in self._athena.get_paginator("get_query_results").paginate(QueryExecutionId=query_id):
            for row in page["ResultSet"]["Rows"]:
                cells = [cell.get("VarCharValue") for cell in row["Data"]]
                if names:
                    yield dict(zip(names, cells, strict=True))
                else:  # the first row of a SELECT holds the names
                    names = [str(cell) for cell in cells]

    def _metric(self) -> dict[str, Any]:
        """Amazon CloudFront Developer Guide, "Types of metrics for CloudFront"."""
        dimensions = {"DistributionId": self._settings.distribution_id, "Region": "Global"}
        name = "Requests"
        if self._settings.counted is Counted.INVOCATIONS:
            name = "FunctionInvocations"
            dimensions["FunctionName"] = self._settings.function_name
        return {
            "Namespace": "AWS/CloudFront",
            "MetricName": name,
            "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
        }


def connect(settings: Settings) -> AwsCalls:
    """CloudFront's metrics of this account, and the lake and Athena of this Region."""
    return AwsCalls(
        boto3.client("cloudwatch", region_name=_CLOUDFRONT_METRICS_REGION, config=_CONFIG),
        boto3.client("s3", config=_CONFIG),
        boto3.client("athena", config=_CONFIG),
        settings,
    )
