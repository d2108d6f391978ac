# SPDX-License-Identifier: Apache-2.0
"""How a Kinesis event source mapping cuts a shard into batches: pure functions, no clock, no threads.

A batch closes at `BatchSize` records, when its invocation event reaches 6 MB as JSON (base64 included), or when the
batching window of its first record is over. Source: AWS Lambda developer guide, "Using Lambda to process records from
Amazon Kinesis Data Streams" (services-kinesis-parameters).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

PAYLOAD_BYTES = 6 * 1024 * 1024
"""A synchronous invocation's payload quota (AWS Lambda developer guide, "Lambda quotas")."""

EMPTY_EVENT_BYTES = len('{"Records":[]}')

type Record = dict[str, Any]
"""One element of the invocation event's `Records`."""


@dataclass(frozen=True)
class Batch:
    """Records gathered for one invocation, and the size of their invocation event as compact JSON, in bytes."""

    records: tuple[Record, ...] = ()
    payload_bytes: int = EMPTY_EVENT_BYTES


def event_record(stored: Mapping[str, Any], *, shard_id: str, stream_arn: str, region: str, role_arn: str) -> Record:
    """The invocation event's form of a record that a shard stores (`Data` is base64 text already)."""
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": stored["PartitionKey"],
            "sequenceNumber": stored["SequenceNumber"],
            "data": stored["Data"],
            "approximateArrivalTimestamp": stored["ApproximateArrivalTimestamp"],
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{shard_id}:{stored['SequenceNumber']}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": role_arn,
        "awsRegion": region,
        "eventSourceARN": stream_arn,
    }


def sequence_number(record: Record) -> str:
    return str(record["kinesis"]["sequenceNumber"])


def arrival(record: Record) -> float:
    """When the stream accepted the record, in epoch seconds."""
    return float(record["kinesis"]["approximateArrivalTimestamp"])


def fill(
    batch: Batch, arrived: Iterable[Record], batch_size: int, payload_limit: int = PAYLOAD_BYTES
) -> tuple[Batch, bool]:
    """The batch with as many of the arrived records as fit, in order, and whether it is full.

    A record that is over the limit by itself still makes a batch of one, or its shard would stand still for ever.
    """
    taken = list(batch.records)
    payload_bytes = batch.payload_bytes
    full = len(taken) >= batch_size
    for record in arrived:
        if full:
            break
        comma = 1 if taken else 0
        grown = payload_bytes + comma + len(json.dumps(record, separators=(",", ":")))
        if taken and grown > payload_limit:
            full = True
            break
        taken.append(record)
        payload_bytes = grown
        full = len(taken) >= batch_size or payload_bytes >= payload_limit
    return Batch(tuple(taken), payload_bytes), full


def next_index(stored: Sequence[Mapping[str, Any]], checkpoint: str, guess: int) -> int:
    """Index of the first record after the checkpoint, the sequence number of the last record done.

    The list may have lost records at its front (retention) since the guess was right, so the guess is checked, then
    the checkpoint's record is looked for from the newest, and only when it is gone do sequence numbers decide. List
    order comes first because concurrent writers may append two records in the opposite order of their numbers.
    """
    if 0 < guess <= len(stored) and stored[guess - 1]["SequenceNumber"] == checkpoint:
        return guess
    for index in range(len(stored) - 1, -1, -1):
        if stored[index]["SequenceNumber"] == checkpoint:
            return index + 1
    for index, record in enumerate(stored):
        if record["SequenceNumber"] > checkpoint:
            return index
    return len(stored)
