# SPDX-License-Identifier: Apache-2.0
"""A lake bucket and a raw stream in memory, and kept objects as the aggregator and Lambda write them."""

import base64
import gzip
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
NOON_MS = int(NOON.timestamp() * 1000)


class FakeS3:
    """One bucket. Objects are as old as the test says; lists come two keys a page."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.written: dict[str, datetime] = {}
        self.reads: list[str] = []
        self.puts: list[str] = []

    def hold(self, key: str, body: bytes, written: datetime = NOON + timedelta(minutes=10)) -> str:
        self.objects[key], self.written[key] = body, written
        return key

    def get_paginator(self, operation: str) -> "FakeS3":
        assert operation == "list_objects_v2"
        return self

    def paginate(self, Bucket: str, Prefix: str) -> Iterator[dict[str, Any]]:
        assert Bucket == "edgepixel-lake"
        keys = sorted(key for key in self.objects if key.startswith(Prefix))
        yield {"KeyCount": 0} if not keys else {}
        for start in range(0, len(keys), 2):
            yield {"Contents": [{"Key": key, "LastModified": self.written[key]} for key in keys[start : start + 2]]}

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:
        self.reads.append(Key)
        return {"Body": io.BytesIO(self.objects[Key])}

    def put_object(self, Bucket: str, Key: str, Body: bytes) -> dict[str, Any]:
        self.puts.append(Key)
        self.hold(Key, Body)
        return {}


class FakeKinesis:
    """A stream that refuses the records that the test tells, request after request."""

    def __init__(self, refusals: list[set[int] | Exception] | None = None, always: bool = False) -> None:
        self.refusals = refusals or []
        self.always = always
        self.requests: list[list[dict[str, Any]]] = []
        self.taken: list[bytes] = []

    def put_records(self, StreamName: str, Records: list[dict[str, Any]]) -> dict[str, Any]:
        assert StreamName == "edgepixel-raw"
        self.requests.append(Records)
        refusal = self.refusals.pop(0) if self.refusals else set()
        if isinstance(refusal, Exception):
            raise refusal
        results: list[dict[str, str]] = []
        for number, record in enumerate(Records):
            if self.always or number in refusal:
                results.append({"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "slow down"})
            else:
                self.taken.append(record["Data"])
                results.append({"SequenceNumber": "1", "ShardId": "shardId-000000000000"})
        return {"FailedRecordCount": sum("ErrorCode" in result for result in results), "Records": results}


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
