# SPDX-License-Identifier: Apache-2.0
"""Log lines that did not get through, as the lake keeps them, and which of them a replay is about. Pure.

Quarantine holds single lines that the aggregator did not accept. The on-failure destination of the aggregator's event
source holds whole batches that Lambda gave up: one JSON document each, with the invocation event in `payload` (AWS
Lambda developer guide, "Retain discarded batch records for a Kinesis Data Streams event source").
"""

import base64
import gzip
import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from edgepixel.aws import lake_names
from edgepixel.errors import UnreadableObjectError

FAILED_BATCH = "failed_batch"
# The aggregator's own codes (functions/aggregator/quarantine.py), which a test holds this copy to: a function's folder
# is not a package that could be imported here. The last one is not the aggregator's, it stands for failed batches.
REASONS = ("not_base64", "not_utf8", "too_long", "carriage_return", "field_count", "timestamp", FAILED_BATCH)


@dataclass(frozen=True, slots=True)
class KeptLine:
    """What to put into the raw stream again: one line of quarantine, or one Kinesis record of a failed batch.

    `arrived_ms` is when it first reached the raw stream, in milliseconds since the epoch; `data` its bytes then.
    """

    reason: str
    arrived_ms: int
    data: bytes

    @property
    def partition_key(self) -> str:
        """Spreads lines over the stream's shards."""
        return f"{zlib.crc32(self.data):08x}"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which kept lines are meant: those of one reason, or of any, that arrived at a time or later."""

    reason: str | None = None
    since_ms: int = 0

    def takes(self, line: KeptLine) -> bool:
        return self.reason in (None, line.reason) and line.arrived_ms >= self.since_ms


EVERYTHING = Selection()


def taken(line: KeptLine, selections: Iterable[Selection]) -> bool:
    """Whether any of the selections is about the line."""
    return any(selection.takes(line) for selection in selections)


def read_lines(key: str, body: bytes) -> list[KeptLine]:
    """The lines in an object of one of the two prefixes, in order. Raises UnreadableObjectError for anything else."""
    try:
        return _failed_batch(body) if key.startswith(lake_names.FAILED_BATCHES) else _quarantined(body)
    except (OSError, EOFError, zlib.error, ValueError, LookupError, TypeError, AttributeError) as error:
        raise UnreadableObjectError(f"{key} ({type(error).__name__}: {error})") from error


def _quarantined(body: bytes) -> list[KeptLine]:
    entries = map(json.loads, gzip.decompress(body).splitlines())
    return [
        KeptLine(
            str(entry["reason"]),
            _milliseconds(entry["arrival_timestamp"]),
            base64.b64decode(entry["line"], validate=True),
        )
        for entry in entries
    ]


def _failed_batch(body: bytes) -> list[KeptLine]:
    event: dict[str, Any] = json.loads(json.loads(body)["payload"])
    return [
        KeptLine(
            FAILED_BATCH,
            _milliseconds(record["kinesis"]["approximateArrivalTimestamp"]),
            base64.b64decode(record["kinesis"]["data"], validate=True),
        )
        for record in event["Records"]
    ]


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
