# SPDX-License-Identifier: Apache-2.0
"""Rejected lines with their reasons, and the quarantine object that they are written to. Pure."""

import base64
import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any


class Reason(StrEnum):
    """The `reason` of a quarantine entry."""

    NOT_BASE64 = "not_base64"
    """The record's data is not base64. The entry holds the whole data, as it came."""
    NOT_UTF8 = "not_utf8"
    """The line is not UTF-8, the encoding in which the lake is read."""
    TOO_LONG = "too_long"
    """The line does not fit into one Kinesis record of the aggregated stream."""
    CARRIAGE_RETURN = "carriage_return"
    """A carriage return inside the line: readers of the lake would take it for the end of a row."""
    FIELD_COUNT = "field_count"
    """Fewer fields than a line of the first version has."""
    TIMESTAMP = "timestamp"
    """The timestamp is not a time in seconds between 2020 and 2100."""


class Rejected(Exception):
    """Something in the raw stream is not a log line.

    `original` are its bytes as received, `detail` says what is wrong and contains none of them.
    """

    def __init__(self, reason: Reason, detail: str, original: bytes) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.original = original


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One rejected line, or record, with its place in the raw stream.

    `record` is the position of its Kinesis record in the batch, `arrival_timestamp` when that reached the raw stream,
    in seconds since the epoch, which Kinesis gives approximately.
    """

    record: int
    reason: Reason
    detail: str
    original: bytes
    shard: str
    sequence_number: str
    arrival_timestamp: float


def quarantined(record: int, event_record: dict[str, Any], rejected: Rejected) -> Quarantined:
    """The entry for what was rejected in a record of the invocation event."""
    kinesis = event_record["kinesis"]
    return Quarantined(
        record=record,
        reason=rejected.reason,
        detail=rejected.detail,
        original=rejected.original,
        shard=event_record["eventID"].partition(":")[0],
        sequence_number=kinesis["sequenceNumber"],
        arrival_timestamp=kinesis["approximateArrivalTimestamp"],
    )


def object_key(prefix: str, entries: Sequence[Quarantined]) -> str:
    """Where the entries of one batch go: `<prefix>dt=YYYY-MM-DD/hour=HH/<shard>-<first>-<last>.jsonl.gz`.

    The hour is that of the first entry's arrival, in UTC. What is between two sequence numbers of a
    shard never changes, so the object of a name does not either: a retry of the batch writes the same object again, and
    a batch that was cut elsewhere never overwrites it with fewer entries.
    """
    first, last = entries[0], entries[-1]
    hour = datetime.fromtimestamp(first.arrival_timestamp, UTC)
    name = f"{first.shard}-{first.sequence_number}-{last.sequence_number}"
    return f"{prefix}{hour:dt=%Y-%m-%d/hour=%H}/{name}.jsonl.gz"


def object_body(entries: Sequence[Quarantined]) -> bytes:
    """One JSON object a line, gzipped; the same bytes for the same entries."""
    lines = (
        json.dumps(
            {
                "reason": entry.reason,
                "line": base64.b64encode(entry.original).decode("ascii"),
                "shard": entry.shard,
                "sequence_number": entry.sequence_number,
                "arrival_timestamp": entry.arrival_timestamp,
                "detail": entry.detail,
            }
        )
        for entry in entries
    )
    return gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0)
