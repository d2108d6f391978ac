# SPDX-License-Identifier: Apache-2.0
"""The calls to AWS, all of them read-only but Athena's queries: the only module of the doctor that makes any."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from botocore.exceptions import ClientError

from edgepixel.ask.athena import find_saved_queries, run_query
from edgepixel.aws.stack import Stack
from edgepixel.console.table import Table
from edgepixel.doctor.facts.said import Refused, Said

METRIC_MINUTES = 15
_LOG_PAGES, _MOST_LOG_PAGES = 5, 50  # with events, and at all
_CLOCKS_AGREE_SECONDS = 2.0  # AWS tells whole seconds, and its response takes a moment
_CHUNK_BYTES = 1 << 20


class AwsCalls:
    """Asks AWS about one stack. `counts` are the calls so far by operation, `unanswered` what AWS refused to tell."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.counts: Counter[str] = Counter()
        self.unanswered: dict[str, Refused] = {}
        self._clients: dict[tuple[str, str | None], Any] = {}
        self._ahead = 0.0

    def ask(self, service: str, operation: str, region: str | None = None, **arguments: Any) -> Said:
        """One call, by the name of boto3's method. An error of the service is what AWS said, too.

        `region`: another one than the stack's.

        Raises botocore's other errors: no credentials, no connection.
        """
        self.counts[operation] += 1
        try:
            response: Mapping[str, Any] = getattr(self._client(service, region), operation)(**arguments)
        except ClientError as error:
            return self._refused(error)
        self._compare_clocks(response)
        return response

    def now(self) -> float:
        """The time in epoch seconds by AWS's clock, which is what everything of a stack is compared with."""
        return time.time() - self._ahead

    def listed(
        self, service: str, operation: str, key: str, region: str | None = None, **arguments: Any
    ) -> Iterator[Any]:
        """What a call lists under a key, page after page. Raises ClientError."""
        for page in self._client(service, region).get_paginator(operation).paginate(**arguments):
            self.counts[operation] += 1
            yield from page.get(key, [])

    def chunks(self, bucket: str, key: str) -> Iterator[bytes]:
        """The bytes of an object, piece by piece. Raises ClientError."""
        self.counts["get_object"] += 1
        body = self._client("s3").get_object(Bucket=bucket, Key=key)["Body"]
        return iter(lambda: body.read(_CHUNK_BYTES), b"")

    def log(self, group: str | None, since: float) -> list[str] | None:
        """Messages of a log group since a time (epoch seconds), of the first pages. None: it cannot be read.

        A page can be empty though others follow (CloudWatch Logs API reference, FilterLogEvents).
        """
        if not group:
            return None
        arguments: dict[str, Any] = {"logGroupName": group, "startTime": int(since * 1000)}
        messages: list[str] = []
        with_events = 0
        for _ in range(_MOST_LOG_PAGES):
            page = self.ask("logs", "filter_log_events", **arguments)
            if isinstance(page, Refused):
                return None
            events = page.get("events", [])
            messages += [event["message"] for event in events]
            with_events += bool(events)
            if not page.get("nextToken") or with_events == _LOG_PAGES:
                return messages
            arguments["nextToken"] = page["nextToken"]
        return messages or None  # nothing found so far does not say that there is nothing

    def total(self, namespace: str, metric: str, minutes: int = METRIC_MINUTES, **dimensions: str) -> float | None:
        """The sum of a metric over the last minutes; None if there is none, or nobody may look."""
        now = datetime.now(UTC)
        found = self.ask(
            "cloudwatch",
            "get_metric_statistics",
            Namespace=namespace,
            MetricName=metric,
            Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
            StartTime=now - timedelta(minutes=minutes),
            EndTime=now,
            Period=minutes * 60,
            Statistics=["Sum"],
        )
        points = [] if isinstance(found, Refused) else found["Datapoints"]
        return sum(point["Sum"] for point in points) if points else None

    def query(self, sql: str, timeout_seconds: float) -> Table:
        """Run a query in the stack's workgroup. Raises AnswerFailedError, ClientError."""
        self.counts["start_query_execution"] += 1
        return run_query(self.stack, sql, timeout_seconds=timeout_seconds)

    def answers(self) -> dict[str, str]:
        """The SQL of the stack's answers. Raises ClientError."""
        return {query.name: query.sql for query in find_saved_queries(self.stack)}

    def region(self) -> str:
        """The Region of the stack."""
        return str(self._client("kinesis").meta.region_name)

    def _compare_clocks(self, response: Mapping[str, Any]) -> None:
        told = response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
        if told:
            ahead = time.time() - parsedate_to_datetime(told).timestamp()
            self._ahead = ahead if abs(ahead) > _CLOCKS_AGREE_SECONDS else 0.0

    def _client(self, service: str, region: str | None = None) -> Any:
        if (service, region) not in self._clients:
            self._clients[service, region] = self.stack.cloud.client(service, region)
        return self._clients[service, region]

    def _refused(self, error: ClientError) -> Refused:
        told = error.response["Error"]
        refused = Refused(error.operation_name, told.get("Code", ""), told.get("Message", ""))
        if not refused.absent:
            self.unanswered[refused.operation] = refused
        return refused
