# SPDX-License-Identifier: Apache-2.0
"""Puts lines into the raw stream without crowding out the lines of viewers."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from edgepixel.errors import ReplayError
from edgepixel.replay.undelivered_lines import KeptLine

# What one provisioned shard takes in a second (Kinesis Data Streams developer guide, "Quotas and limits").
SHARD_RECORDS, SHARD_BYTES = 1000, 1_000_000
SHARE = 0.8
"""How much of one shard a replay may use. CloudFront does not repeat lines that a full stream refuses."""

_TRIES = 12  # in a row in which nothing of a request is taken: up to 40 seconds
_BACKOFF_BASE_SECONDS, _BACKOFF_CAP_SECONDS = 0.1, 5.0


@dataclass(frozen=True)
class Pace:
    """How much goes into a request, and how much of it may go in a second (None: as fast as it can)."""

    request_records: int
    request_bytes: int
    records_a_second: float | None = None
    bytes_a_second: float | None = None

    def seconds(self, lines: Sequence[KeptLine]) -> float:
        """How long to wait from the start of a request with these lines to that of the next one."""
        records = len(lines) / self.records_a_second if self.records_a_second else 0.0
        size = sum(map(_size, lines)) / self.bytes_a_second if self.bytes_a_second else 0.0
        return max(records, size)


# A quarter of a second's worth in a request: no second, wherever it starts, then gets more than a whole shard takes.
GENTLE = Pace(int(SHARD_RECORDS * SHARE / 4), int(SHARD_BYTES * SHARE / 4), SHARD_RECORDS * SHARE, SHARD_BYTES * SHARE)
# PutRecords takes 500 records and 10 MiB, partition keys included (Kinesis API reference).
FAST = Pace(500, 10 * 1024 * 1024)


class RawStream:
    """The stream of log lines, as one who writes to it sees it."""

    def __init__(
        self,
        kinesis: Any,
        name: str,
        pace: Pace,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._kinesis = kinesis
        self._name = name
        self._pace = pace
        self._sleep = sleep
        self._clock = clock
        self._jitter = jitter
        self._next_request = clock()

    def put(self, lines: Sequence[KeptLine]) -> None:
        """Put every line, one in a record, and those that are refused again, each time later.

        Raises ReplayError if the stream keeps refusing; what it took until then stays there.
        """
        for request in requests_of(lines, self._pace):
            self._put(request)

    def _put(self, request: list[KeptLine]) -> None:
        tries = 0
        while True:
            refused, errors = self._put_once(request)
            if not refused:
                return
            tries = 0 if len(refused) < len(request) else tries + 1
            if tries == _TRIES:
                codes = ", ".join(f"{code} {count:,} times" for code, count in errors.most_common())
                raise ReplayError(
                    f"the raw stream {self._name} keeps refusing lines ({codes}). Try again when it has less to do: "
                    "what was replayed completely is marked and will not be sent again"
                )
            request = refused
            self._sleep(self._jitter(0, min(_BACKOFF_CAP_SECONDS, _BACKOFF_BASE_SECONDS * 2**tries)))

    def _put_once(self, request: list[KeptLine]) -> tuple[list[KeptLine], Counter[str]]:
        """What was refused of a request, and why."""
        self._sleep(max(0.0, self._next_request - self._clock()))
        self._next_request = self._clock() + self._pace.seconds(request)
        records = [{"Data": line.data, "PartitionKey": line.partition_key} for line in request]
        results = self._kinesis.put_records(StreamName=self._name, Records=records)["Records"]
        refused = [line for line, result in zip(request, results, strict=True) if result.get("ErrorCode")]
        return refused, Counter(result["ErrorCode"] for result in results if result.get("ErrorCode"))


def requests_of(lines: Iterable[KeptLine], pace: Pace) -> Iterator[list[KeptLine]]:
    """The lines, in order, in groups of a request's size; a line that is longer than that is alone in its request."""
    request: list[KeptLine] = []
    size = 0
    for line in lines:
        if request and (len(request) == pace.request_records or size + _size(line) > pace.request_bytes):
            yield request
            request, size = [], 0
        request.append(line)
        size += _size(line)
    if request:
        yield request


def _size(line: KeptLine) -> int:
    return len(line.data) + len(line.partition_key)
