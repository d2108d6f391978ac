# SPDX-License-Identifier: Apache-2.0
"""Where lines go, aggregated stream and quarantine: the only module of this function that calls AWS."""

import itertools
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError

import put_records_body
from packing import Aggregate
from quarantine import Quarantined, object_body, object_key
from settings import Settings

# PutRecords: records, and bytes of data and partition keys, in one request (Kinesis API reference, quotas).
REQUEST_RECORDS = 500
REQUEST_BYTES = 10 * 1024 * 1024

_CONNECT_SECONDS, _READ_SECONDS = 3, 15
CALL_MILLISECONDS = (_CONNECT_SECONDS + _READ_SECONDS + 2) * 1000
"""No call starts with less time than this: it could not end in time for the function to return its result."""

# Full jitter, https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/. A shard takes 1 MB a second,
# and a full batch is 4.5 MB at most: waiting longer would not help.
BACKOFF_BASE_SECONDS, BACKOFF_CAP_SECONDS = 0.1, 3.0

_TRANSIENT_CODES = frozenset(
    {
        "InternalFailure",
        "KMSThrottlingException",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "ServiceUnavailable",
        "ThrottlingException",
    }
)


class QuarantineError(Exception):
    """The quarantine object could not be written. The message is AWS's error code."""


@dataclass(frozen=True, slots=True)
class PutOutcome:
    """The aggregates that were not accepted, in order; the error codes; and how often an aggregate was sent again."""

    unsent: list[Aggregate]
    retries: int
    errors: Counter[str]


class AggregatedStream:
    """Puts aggregates into the aggregated stream."""

    def __init__(
        self,
        kinesis: Any,
        name: str,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._kinesis = kinesis
        self._name = name
        self._sleep = sleep
        self._jitter = jitter

    def put(self, aggregates: Sequence[Aggregate], remaining_milliseconds: Callable[[], int]) -> PutOutcome:
        """Send all aggregates. Retry those that fail, until time is short or a retry cannot help."""
        errors: Counter[str] = Counter()
        retries = 0
        pending, retryable = self._put_once(aggregates, remaining_milliseconds, errors)
        for attempt in itertools.count():
            delay = self._jitter(0, min(BACKOFF_CAP_SECONDS, BACKOFF_BASE_SECONDS * 2**attempt))
            if not pending or not retryable or remaining_milliseconds() - delay * 1000 < CALL_MILLISECONDS:
                break
            self._sleep(delay)
            retries += len(pending)
            pending, retryable = self._put_once(pending, remaining_milliseconds, errors)
        return PutOutcome(pending, retries, errors)

    def _put_once(
        self, aggregates: Sequence[Aggregate], remaining_milliseconds: Callable[[], int], errors: Counter[str]
    ) -> tuple[list[Aggregate], bool]:
        """The aggregates that are still to be sent after one try, and whether another try can help."""
        unsent: list[Aggregate] = []
        retryable = True
        for request in requests_of(aggregates):
            if not retryable or remaining_milliseconds() < CALL_MILLISECONDS:
                errors["NotTried"] += len(request)
                unsent += request
                continue
            failed, retryable = self._call(request, errors)
            unsent += failed
        return unsent, retryable

    def _call(self, request: list[Aggregate], errors: Counter[str]) -> tuple[list[Aggregate], bool]:
        records = [{"Data": aggregate.data, "PartitionKey": aggregate.partition_key} for aggregate in request]
        try:
            response = self._kinesis.put_records(StreamName=self._name, Records=records)
        except ClientError as error:
            errors[error.response["Error"]["Code"]] += len(request)
            return request, _is_transient(error)
        except (ConnectionError, HTTPClientError) as error:
            # The records may have arrived. Sending them again can only duplicate them: answers count a request id once.
            errors[type(error).__name__] += len(request)
            return request, True
        failed = []
        for aggregate, result in zip(request, response["Records"], strict=True):
            if "ErrorCode" in result:
                errors[result["ErrorCode"]] += 1
                failed.append(aggregate)
        return failed, True


class Quarantine:
    """Writes rejected lines. Its client is made when it is needed, and most cold starts do not need it."""

    def __init__(self, s3: Callable[[], Any], bucket: str, prefix: str) -> None:
        self._s3 = cache(s3)
        self._bucket = bucket
        self._prefix = prefix

    def write(self, entries: Sequence[Quarantined]) -> None:
        """Write one object with all entries. Raises QuarantineError."""
        try:
            self._s3().put_object(
                Bucket=self._bucket,
                Key=object_key(self._prefix, entries),
                Body=object_body(entries),
                ContentType="application/gzip",
            )
        except ClientError as error:
            raise QuarantineError(error.response["Error"]["Code"]) from error
        except BotoCoreError as error:
            raise QuarantineError(type(error).__name__) from error


def requests_of(aggregates: Iterable[Aggregate]) -> Iterator[list[Aggregate]]:
    """The aggregates, in order, in groups that one PutRecords request may carry."""
    request: list[Aggregate] = []
    size = 0
    for aggregate in aggregates:
        size += len(aggregate.data) + len(aggregate.partition_key)
        if request and (len(request) == REQUEST_RECORDS or size > REQUEST_BYTES):
            yield request
            request, size = [], len(aggregate.data) + len(aggregate.partition_key)
        request.append(aggregate)
    if request:
        yield request


def connect(settings: Settings) -> tuple[AggregatedStream, Quarantine]:
    """Both destinations, with clients whose calls end in time."""
    config = Config(connect_timeout=_CONNECT_SECONDS, read_timeout=_READ_SECONDS, retries={"total_max_attempts": 3})
    # Only `put` knows the batch's deadline, so its client does not retry.
    kinesis = boto3.client("kinesis", config=config.merge(Config(retries={"total_max_attempts": 1})))
    put_records_body.attach(kinesis)
    return (
        AggregatedStream(kinesis, settings.aggregated_stream_name),
        Quarantine(lambda: boto3.client("s3", config=config), settings.quarantine_bucket, settings.quarantine_prefix),
    )


def _is_transient(error: ClientError) -> bool:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= 500 or error.response["Error"]["Code"] in _TRANSIENT_CODES
