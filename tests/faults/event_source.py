# SPDX-License-Identifier: Apache-2.0
"""Lambda's Kinesis event source, as the template sets it up: what it delivers, and what it delivers again.

Lambda Developer Guide, "Process Kinesis records with Lambda": a shard's batches come in order; a batch with failures
comes again from the lowest reported sequence number on; a batch whose invocation ended in an error is cut in two.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.fakes.lambda_context import FakeContext

BATCH_RECORDS = 10_000
PAYLOAD_BYTES = 6_000_000
_MOST_INVOCATIONS = 21  # the template's MaximumRetryAttempts, and the first one
_RECORD_BYTES = 450  # of JSON around a record's data


class Crash(BaseException):
    """The function's process ends. No `except Exception` in it may go on."""


class GivenUp(AssertionError):
    """Lambda would send the batch to the on-failure destination."""


@dataclass
class Clock(FakeContext):
    """A handler's context whose time runs only when somebody looks, calls or sleeps, so nothing ever waits for it."""

    milliseconds: int = 120_000
    look_milliseconds: int = 10

    def get_remaining_time_in_millis(self) -> int:
        self.milliseconds -= self.look_milliseconds
        return self.milliseconds

    def sleep(self, seconds: float) -> None:
        """What the function does instead of `time.sleep`: a back-off of seconds, in no time."""
        self.milliseconds -= round(seconds * 1000)


@dataclass(frozen=True, slots=True)
class Record:
    """A record of a shard, as Lambda hands it over, and the numbers of its good lines: from `first` to before `end`."""

    event: dict[str, Any]
    first: int
    end: int

    @property
    def sequence_number(self) -> str:
        return str(self.event["kinesis"]["sequenceNumber"])


@dataclass
class EventSource:
    """Invokes a handler with the batches of shards. `acknowledged` is told of the records that never come again."""

    handler: Callable[[dict[str, Any], Clock], dict[str, list[dict[str, str]]]]
    clock: Clock
    random: Random
    acknowledged: Callable[[Sequence[Record]], None]
    invoked: Callable[[], None] = lambda: None  # after each invocation, however it ended
    duplicates: float = 0.0  # the chance of a batch that was acknowledged to be delivered again
    timeout_milliseconds: Callable[[], int] = lambda: 120_000  # of each invocation; the template's
    counts: Counter[str] = field(default_factory=Counter)

    def process(self, batch: Sequence[Record]) -> None:
        """Deliver a batch until all of it is acknowledged. Raises GivenUp when Lambda would."""
        for _ in range(_MOST_INVOCATIONS):
            failures = self._invoke(batch)
            self.invoked()
            if failures is None:
                if len(batch) > 1:
                    self.counts["batches cut in two"] += 1
                    self.process(batch[: len(batch) // 2])
                    self.process(batch[len(batch) // 2 :])
                    return
                continue
            if not failures:
                self.acknowledged(batch)
                return
            self.counts["batches brought again in part"] += 1
            lowest = min((failure["itemIdentifier"] for failure in failures), key=int)
            position = [record.sequence_number for record in batch].index(lowest)
            self.acknowledged(batch[:position])
            batch = batch[position:]
        raise GivenUp(f"{len(batch)} records, from {batch[0].sequence_number} on")

    def deliver(self, batch: Sequence[Record]) -> None:
        """Process a batch, and sometimes all of it once more: Lambda promises at least once."""
        self.process(batch)
        if self.random.random() < self.duplicates:
            self.counts["batches delivered twice"] += 1
            self.process(batch)

    def _invoke(self, batch: Sequence[Record]) -> list[dict[str, str]] | None:
        """The failures that the handler reports; None for an invocation that crashed or did not end in time."""
        self.counts["invocations"] += 1
        self.clock.milliseconds = self.timeout_milliseconds()
        try:
            result = self.handler({"Records": [record.event for record in batch]}, self.clock)
        except Crash:
            self.counts["invocations crashed"] += 1
            return None
        if self.clock.milliseconds < 0:
            self.counts["invocations timed out"] += 1
            return None
        return result["batchItemFailures"]


def batches(records: Iterable[Record], random: Random) -> Iterator[list[Record]]:
    """A shard's records in batches, most of them as large as Lambda's limits let them be."""
    batch: list[Record] = []
    size, most = 0, BATCH_RECORDS
    for record in records:
        size += len(record.event["kinesis"]["data"]) + _RECORD_BYTES
        if batch and (len(batch) == most or size > PAYLOAD_BYTES):
            yield batch
            batch, size = [], len(record.event["kinesis"]["data"]) + _RECORD_BYTES
            most = BATCH_RECORDS if random.random() < 0.6 else random.randint(1, 2_000)
        batch.append(record)
    if batch:
        yield batch
