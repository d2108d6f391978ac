# SPDX-License-Identifier: Apache-2.0
"""Records of a shard for tests: as the stream stores them, and as an invocation event has them."""

import base64
import time
from collections.abc import Callable
from typing import Any

from localcloud.functions.batch import Record, event_record
from tests.waiting import wait_until


def stored_record(number: int, data: bytes = b"a line\n", arrived: float = 1_700_000_000.0) -> dict[str, Any]:
    return {
        "SequenceNumber": f"{number:030d}",
        "ApproximateArrivalTimestamp": arrived,
        "Data": base64.b64encode(data).decode(),
        "PartitionKey": "key",
    }


def new_record(number: int) -> dict[str, Any]:
    """A record that has just arrived."""
    return stored_record(number, arrived=time.time())


def invocation_event_record(number: int, data: bytes = b"a line\n", arrived: float = 1_700_000_000.0) -> Record:
    return event_record(
        stored_record(number, data, arrived),
        shard_id="shardId-000000000000",
        stream_arn="arn:aws:kinesis:us-east-1:000000000000:stream/raw",
        region="us-east-1",
        role_arn="arn:aws:iam::000000000000:role/aggregator",
    )


def numbered(count: int) -> tuple[Record, ...]:
    return tuple(invocation_event_record(number) for number in range(1, count + 1))


def eventually(condition: Callable[[], bool]) -> None:
    """Wait until something holds."""
    wait_until(condition, "the expected state is reached", pause_seconds=0.002)
