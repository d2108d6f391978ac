# SPDX-License-Identifier: Apache-2.0
"""The conversations with Kinesis and S3: the only module of this function that talks to AWS."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from packing import Aggregate

# PutRecords: at most 500 records and 10 MiB a request, keys included (Kinesis API Reference). 5 MiB was the limit until
# 2025 and is enough to be efficient.
REQUEST_RECORDS = 500
REQUEST_BYTES = 5 * 1024 * 1024
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 5.0
# A request is given up after this, and none is begun with less time left.
REQUEST_SECONDS = 10.0


@dataclass(frozen=True)
class Sent:
    """`unsent`: aggregates that Kinesis did not take, in order. `error`: the last code, empty if all were taken."""

    unsent: list[Aggregate]
    retries: int
    error: str


class AggregatedStream:
    """The stream that aggregates go to."""

    def __init__(self, kinesis: Any, name: str, sleep: Callable[[float], None] = time.sleep) -> None:
        self._kinesis = kinesis
        self._name = name
        self._sleep = sleep

    def put(self, aggregates: Sequence[Aggregate], remaining_seconds: Callable[[], float]) -> Sent:
        """Put aggregates, and again those that Kinesis refused, until all are taken or time runs out.

        Never raises for what Kinesis answers: what is unsent is in the result.
        """
        waiting, retries, error = list(aggregates), 0, ""
        while True:
            refused: list[Aggregate] = []
            for request in _requests(waiting):
                if remaining_seconds() < REQUEST_SECONDS:
                    refused += request
                    error = error or "no time left"
                    continue
                failed, code = self._put_once(request)
                refused += failed
                error = code or error
            if not refused:
                return Sent([], retries, "")
            pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**retries)
            pause *= random.uniform(0.5, 1)  # noqa: S311 (jitter is no secret)
            if remaining_seconds() < REQUEST_SECONDS + pause:
                return Sent(refused, retries, error)
            self._sleep(pause)
            waiting, retries = refused, retries + 1

    def _put_once(self, request: Sequence[Aggregate]) -> tuple[list[Aggregate], str]:
        """The aggregates of one request that were refused, and why."""
        records = [{"Data": aggregate.data, "PartitionKey": aggregate.partition_key} for aggregate in request]
        try:
            answer = self._kinesis.put_records(StreamName=self._name, Records=records)
        except ClientError as error:
            return list(request), str(error.response.get("Error", {}).get("Code", "ClientError"))
        except BotoCoreError as error:
            return list(request), type(error).__name__
        if not answer["FailedRecordCount"]:
            return [], ""
        codes = [entry.get("ErrorCode") for entry in answer["Records"]]
        refused = [aggregate for aggregate, code in zip(request, codes, strict=True) if code]
        return refused, next(code for code in codes if code)


class Quarantine:
    """The folder of the lake that bad lines go to."""

    def __init__(self, s3: Any, bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    def write(self, key: str, body: bytes) -> None:
        """Write an object. Raises botocore's errors."""
        self._s3.put_object(
            Bucket=self._bucket, Key=key, Body=body, ContentType="application/x-ndjson", ContentEncoding="gzip"
        )


def connect_stream(name: str) -> AggregatedStream:
    """The aggregated stream. Retries are ours, because only the refused records of a request may be sent again."""
    config = Config(
        retries={"total_max_attempts": 1}, connect_timeout=3, read_timeout=REQUEST_SECONDS - 3, tcp_keepalive=True
    )
    return AggregatedStream(boto3.client("kinesis", config=config), name)


def connect_quarantine(bucket: str) -> Quarantine:
    """The quarantine, made when the first bad line comes: most batches have none."""
    config = Config(retries={"mode": "standard", "total_max_attempts": 3}, connect_timeout=3, read_timeout=10)
    return Quarantine(boto3.client("s3", config=config), bucket)


def _requests(aggregates: Sequence[Aggregate]) -> Iterator[list[Aggregate]]:
    """Cut into requests within the limits, in order."""
    request: list[Aggregate] = []
    size = 0
    for aggregate in aggregates:
        length = len(aggregate.data) + len(aggregate.partition_key)
        if request and (len(request) == REQUEST_RECORDS or size + length > REQUEST_BYTES):
            yield request
            request, size = [], 0
        request.append(aggregate)
        size += length
    if request:
        yield request
