# SPDX-License-Identifier: Apache-2.0
"""What the aggregator reads and what it writes: log lines, Kinesis events, and readers of both its destinations."""

import base64
import gzip
import json
from collections.abc import Iterable, Sequence
from typing import Any

from aws_kinesis_agg.deaggregator import deaggregate_records

from edgepixel.template.function_environment import function_environment
from edgepixel.template.reader import log_fields

FIELDS = tuple(log_fields())
SHARD = "shardId-000000000002"
AGGREGATED_STREAM = "aggregated"
ARRIVED = 1_773_480_415.25  # 2026-03-14T09:26:55.25Z

ENVIRONMENT = function_environment(
    "AggregatorFunction",
    AGGREGATED_STREAM_NAME=AGGREGATED_STREAM,
    USER_RECORD_BYTES="5120",
    AGGREGATE_BYTES="10240",
    QUARANTINE_BUCKET="lake",
    POWERTOOLS_METRICS_NAMESPACE="EdgePixel",
)


def line(
    number: int = 1,
    address: str = "198.51.100.0",
    headers: str = "-",
    query: str = "e=view",
    log_data: str = "-",
) -> bytes:
    """A log line, without its newline, that privacy leaves as it is unless the address or the headers say more."""
    values = dict.fromkeys(FIELDS, "-") | {
        "timestamp": "1773480413.123",
        "c-ip": address,
        "x-edge-request-id": f"request-{number}",
        "cs-user-agent": "SecretBrowser/1.0",
        "cs-uri-query": query,
        "cs-headers": headers,
        "viewer-request-log-data": log_data,
    }
    return "\t".join(values.values()).encode()


def sequence_number(position: int) -> str:
    return f"4967126854{position:046d}"


def event(*records: bytes | str) -> dict[str, Any]:
    """A Kinesis event; text stands for data as it is, bytes for what base64 has to be made of."""
    return {
        "Records": [
            {
                "kinesis": {
                    "kinesisSchemaVersion": "1.0",
                    "partitionKey": "1",
                    "sequenceNumber": sequence_number(position),
                    "data": data if isinstance(data, str) else base64.b64encode(data).decode(),
                    "approximateArrivalTimestamp": ARRIVED + position,
                },
                "eventID": f"{SHARD}:{sequence_number(position)}",
                "eventSource": "aws:kinesis",
            }
            for position, data in enumerate(records)
        ]
    }


def failure(position: int) -> dict[str, list[dict[str, str]]]:
    """What the handler returns when the batch must come again from the record at a position."""
    return {"batchItemFailures": [{"itemIdentifier": sequence_number(position)}]}


DONE: dict[str, list[dict[str, str]]] = {"batchItemFailures": []}


def user_records_of(aggregate: dict[str, Any]) -> list[bytes]:
    """The user records of a Kinesis record, as AWS's own library takes them out."""
    kinesis = {
        "kinesisSchemaVersion": "1.0",
        "sequenceNumber": "1",
        "approximateArrivalTimestamp": 0.0,
        "partitionKey": aggregate["PartitionKey"],
        "data": base64.b64encode(aggregate["Data"]).decode(),
    }
    records = deaggregate_records([{"kinesis": kinesis}])
    assert all(record["kinesis"]["aggregated"] for record in records)
    assert {record["kinesis"]["partitionKey"] for record in records} == {aggregate["PartitionKey"]}
    return [base64.b64decode(record["kinesis"]["data"]) for record in records]


def lines_of(aggregates: Iterable[dict[str, Any]]) -> list[bytes]:
    """All lines in Kinesis records, in order, without their newlines."""
    text = b"".join(block for aggregate in aggregates for block in user_records_of(aggregate))
    assert text == b"" or text.endswith(b"\n")
    return text.split(b"\n")[:-1]


def entries_of(objects: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The quarantine's entries, of all objects."""
    return [json.loads(text) for held in objects for text in gzip.decompress(held["Body"]).splitlines()]
