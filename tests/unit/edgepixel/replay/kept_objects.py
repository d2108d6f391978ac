# SPDX-License-Identifier: Apache-2.0
"""Kept objects as the aggregator and Lambda write them, the bucket that they are in, and the stream they go to."""

import base64
import gzip
import json
from collections.abc import Sequence, Set
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.fakes.client import FakeClient
from tests.fakes.kinesis import Kinesis
from tests.fakes.s3 import S3
from tests.unit.edgepixel.fake_cloud import STACK

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
RAW_STREAM = "edgepixel-raw"
NOON_MS = int(NOON.timestamp() * 1000)


class Lake:
    """The bucket with what was kept, as the client sees it. Objects are as old as the test says."""

    def __init__(self) -> None:
        self.client = FakeClient("s3", S3({STACK.lake_bucket: []}))

    @property
    def objects(self) -> dict[str, bytes]:
        """The content of every object, by key."""
        return {held["Key"]: held["Body"] for held in self._held}

    @property
    def reads(self) -> list[str]:
        """The keys of the objects that were read, in order."""
        return [arguments["Key"] for arguments in self.client.arguments("get_object")]

    @property
    def puts(self) -> list[str]:
        """The keys of the objects that were written, in order."""
        return [arguments["Key"] for arguments in self.client.arguments("put_object")]

    def hold(self, key: str, body: bytes, written: datetime = NOON + timedelta(minutes=10)) -> None:
        """Let the bucket have an object."""
        self.client.service.now = written
        self.client.service.put_object(STACK.lake_bucket, key, Body=body)

    def date_all(self, written: datetime) -> None:
        """Let all objects be written at this time."""
        for held in self._held:
            held["LastModified"] = written

    @property
    def _held(self) -> list[dict[str, Any]]:
        held: list[dict[str, Any]] = self.client.service.buckets[STACK.lake_bucket]
        return held


def raw_stream_client(refusals: Sequence[Set[int]] = (), *, always: bool = False) -> FakeClient:
    """A client of a stream that refuses the records at these positions, request after request, or always all."""

    def refuses(call: int, position: int) -> str | None:
        refused = always or (call < len(refusals) and position in refusals[call])
        return "ProvisionedThroughputExceededException" if refused else None

    return FakeClient("kinesis", Kinesis(RAW_STREAM, refuses))


def taken(kinesis: FakeClient) -> list[bytes]:
    """The lines that the stream took, in order."""
    return [record["Data"] for record in kinesis.service.taken]


def quarantine_body(*entries: tuple[str, bytes], arrived: float = NOON_MS / 1000) -> bytes:
    """An object of quarantine with these reasons and lines, the n-th of which arrived n minutes later."""
    documents = (
        {
            "reason": reason,
            "line": base64.b64encode(line).decode(),
            "shard": "shardId-000000000000",
            "sequence_number": str(number),
            "arrival_timestamp": arrived + 60 * number,
            "detail": "as the test wants it",
        }
        for number, (reason, line) in enumerate(entries)
    )
    return gzip.compress("".join(json.dumps(document) + "\n" for document in documents).encode(), mtime=0)


def failed_batch_body(*records: bytes, arrived: float = NOON_MS / 1000) -> bytes:
    """An object of Lambda's S3 on-failure destination with the records of a batch."""
    event = {
        "Records": [
            {
                "kinesis": {
                    "partitionKey": str(number),
                    "sequenceNumber": str(number),
                    "data": base64.b64encode(data).decode(),
                    "approximateArrivalTimestamp": arrived,
                },
                "eventSource": "aws:kinesis",
                "eventID": f"shardId-000000000000:{number}",
            }
            for number, data in enumerate(records)
        ]
    }
    document = {
        "requestContext": {"condition": "RetryAttemptsExhausted", "approximateInvokeCount": 21},
        "KinesisBatchInfo": {"shardId": "shardId-000000000000", "batchSize": len(records)},
        "payload": json.dumps(event),
    }
    return json.dumps(document).encode()
