# SPDX-License-Identifier: Apache-2.0
"""One thread that reads one shard for one event source mapping: in order, with one batch in flight."""

import logging
import random
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from localcloud.clock import Clock
from localcloud.functions.batch import Batch, Record, arrival, fill, next_index, sequence_number
from localcloud.functions.retry import (
    Attempt,
    Discard,
    MappingSettings,
    delay_seconds,
    expired_records,
    plan_after,
    records_done,
)

logger = logging.getLogger("localcloud.event_source")


@dataclass(frozen=True)
class Invocation:
    """The outcome of an invocation. `started` is False when the function was throttled or absent."""

    started: bool = True
    failed: bool = False
    response: object = None


class EventSource(Protocol):
    """What a reader needs of its event source mapping."""

    def settings(self) -> MappingSettings:
        """The settings as they are now: an update applies from the next step on."""

    def event_record(self, stored: Mapping[str, Any]) -> Record:
        """The invocation event's form of a stored record."""

    def invoke(self, records: tuple[Record, ...]) -> Invocation:
        """Run the function with these records."""

    def discard(self, discard: Discard) -> None:
        """Hand records that were given up to the on-failure destination."""


class ShardReader(threading.Thread):
    """Reads a shard until stopped. `checkpoints` belongs to the mapping and holds its sequence number by shard.

    A function that blocks, blocks this thread only. An unforeseen error ends the thread with a logged traceback; its
    supervisor then starts another one, which goes on from the checkpoint.
    """

    def __init__(
        self, source: EventSource, shard_id: str, shard: Mapping[str, Any], checkpoints: dict[str, str], clock: Clock
    ) -> None:
        super().__init__(name=f"event-source-{shard_id}", daemon=True)
        self.shard = shard
        self._source = source
        self._shard_id = shard_id
        self._checkpoints = checkpoints
        self._clock = clock
        self._next = 0
        self._wake = threading.Event()
        self._stopping = threading.Event()

    def notify(self) -> None:
        """The stream may have new records, or the mapping other settings."""
        self._wake.set()

    def stop(self) -> None:
        """End after the invocation in flight, if any; what it finishes still counts."""
        self._stopping.set()
        self._wake.set()

    @property
    def stopping(self) -> bool:
        return self._stopping.is_set()

    def run(self) -> None:
        try:
            while (batch := self._gather()) is not None:
                self._process(batch)
        except Exception:
            logger.exception("reader of %s ended; it starts again from its checkpoint", self._shard_id)

    def _gather(self) -> Batch | None:
        """Wait for a batch to close; None when stopped."""
        batch = Batch()
        while not self.stopping:
            self._wake.clear()
            settings = self._source.settings()
            stored = self.shard["records"]  # read anew each time: MiniStack replaces the list when retention trims it
            last = sequence_number(batch.records[-1]) if batch.records else self._checkpoints[self._shard_id]
            self._next = next_index(stored, last, self._next)
            arrived = stored[self._next : self._next + settings.batch_size - len(batch.records)]
            fuller, full = fill(batch, map(self._source.event_record, arrived), settings.batch_size)
            self._next += len(fuller.records) - len(batch.records)
            batch = fuller
            if not batch.records:
                self._wake.wait()
                continue
            window = self._clock.real_seconds(settings.window_seconds)
            left = arrival(batch.records[0]) + window - time.time()
            if full or left <= 0:
                return batch
            self._wake.wait(min(left, window))
        return None

    def _process(self, batch: Batch) -> None:
        """Invoke until every record is done or discarded, or the reader is stopped."""
        attempts = deque([Attempt(batch.records)])
        not_started = 0
        failed = False
        while attempts and not self.stopping:
            attempt = attempts.popleft()
            settings = self._source.settings()
            expired = expired_records(attempt.records, time.time(), settings)
            if expired:
                self._discard(Discard(attempt.records[:expired], "RecordAgeExceeded", attempt.retries, failed))
                attempt = Attempt(attempt.records[expired:], attempt.retries)
                if not attempt.records:
                    continue
            invocation = self._source.invoke(attempt.records)
            if not invocation.started:
                attempts.appendleft(attempt)
                not_started += 1
                self._back_off(not_started)
                continue
            not_started = 0
            failed = invocation.failed
            done = _records_done(invocation, attempt.records, settings)
            if done:
                self._checkpoint(attempt.records[done - 1])
            plan = plan_after(attempt, done, settings)
            if plan.discarded:
                self._discard(Discard(plan.discarded, "RetryAttemptsExhausted", attempt.retries + 1, failed))
            attempts.extendleft(reversed(plan.attempts))
            if plan.back_off:
                self._back_off(plan.attempts[0].retries)

    def _discard(self, discard: Discard) -> None:
        self._source.discard(discard)
        self._checkpoint(discard.records[-1])

    def _checkpoint(self, last_done: Record) -> None:
        self._checkpoints[self._shard_id] = sequence_number(last_done)

    def _back_off(self, retry: int) -> None:
        # Jitter needs no cryptographic randomness.
        self._stopping.wait(self._clock.real_seconds(delay_seconds(retry, random.random())))  # noqa: S311


def _records_done(invocation: Invocation, records: tuple[Record, ...], settings: MappingSettings) -> int | None:
    if invocation.failed:
        return None
    if not settings.reports_item_failures:
        return len(records)
    return records_done(invocation.response, [sequence_number(record) for record in records])
