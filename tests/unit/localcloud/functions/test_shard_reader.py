# SPDX-License-Identifier: Apache-2.0
"""How one reader reads a shard for an event source mapping."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from localcloud.clock import Clock
from localcloud.functions.batch import Record, event_record, sequence_number
from localcloud.functions.retry import Discard, MappingSettings
from localcloud.functions.shard_reader import Invocation, ShardReader
from tests.unit.localcloud.functions.shard_records import eventually, new_record, stored_record
from tests.waiting import PATIENCE_SECONDS

FAST = Clock(speed=1_000.0)


class RecordingSource:
    """An event source whose function is a plain callable; remembers what it was asked."""

    def __init__(self, function: Callable[[tuple[Record, ...]], Invocation], settings: MappingSettings) -> None:
        self.function = function
        self.current = settings
        self.read: list[int] = []
        self.invoked: list[list[int]] = []
        self.times: list[float] = []
        self.discards: list[Discard] = []

    def settings(self) -> MappingSettings:
        return self.current

    def event_record(self, stored: Mapping[str, Any]) -> Record:
        self.read.append(int(stored["SequenceNumber"]))
        return event_record(stored, shard_id="shard", stream_arn="stream", region="here", role_arn="role")

    def invoke(self, records: tuple[Record, ...]) -> Invocation:
        self.times.append(time.time())
        self.invoked.append([int(sequence_number(record)) for record in records])
        return self.function(records)

    def discard(self, discard: Discard) -> None:
        self.discards.append(discard)


def start(source: RecordingSource, *numbers: int, clock: Clock = FAST) -> tuple[ShardReader, dict[str, str]]:
    shard = {"records": [new_record(number) for number in numbers]}
    checkpoints = {"shard": "0"}
    reader = ShardReader(source, "shard", shard, checkpoints, clock)
    reader.start()
    return reader, checkpoints


def finish(reader: ShardReader) -> None:
    reader.stop()
    reader.join(PATIENCE_SECONDS)
    assert not reader.is_alive()


def succeed(_: tuple[Record, ...]) -> Invocation:
    return Invocation()


def test_reader_without_window_invokes_at_once_and_moves_its_checkpoint() -> None:
    source = RecordingSource(succeed, MappingSettings(batch_size=2))
    reader, checkpoints = start(source, 1, 2, 3)
    eventually(lambda: checkpoints["shard"] == f"{3:030d}")
    finish(reader)
    assert source.invoked == [[1, 2], [3]]


def test_reader_waits_for_the_window_of_the_first_record() -> None:
    # The window is far too long until both records are read, so that a slow machine has the time for it.
    source = RecordingSource(succeed, MappingSettings(window_seconds=100_000.0))
    reader, checkpoints = start(source, 1, clock=Clock(speed=200.0))
    arrived = reader.shard["records"][0]["ApproximateArrivalTimestamp"]
    reader.shard["records"].append(new_record(2))
    reader.notify()
    eventually(lambda: source.read == [1, 2])
    assert source.invoked == []
    source.current = MappingSettings(window_seconds=60.0)
    reader.notify()
    eventually(lambda: checkpoints["shard"] == f"{2:030d}")
    finish(reader)
    assert source.invoked == [[1, 2]]
    assert source.times[0] - arrived >= 60.0 / 200.0


def test_reader_retries_from_the_reported_record() -> None:
    responses = iter([{"batchItemFailures": [{"itemIdentifier": f"{3:030d}"}]}, None])
    source = RecordingSource(
        lambda _: Invocation(response=next(responses)), MappingSettings(reports_item_failures=True)
    )
    reader, checkpoints = start(source, 1, 2, 3, 4)
    eventually(lambda: checkpoints["shard"] == f"{4:030d}")
    finish(reader)
    assert source.invoked == [[1, 2, 3, 4], [3, 4]]


def test_reader_ignores_the_response_of_a_mapping_without_item_failures() -> None:
    response = {"batchItemFailures": [{"itemIdentifier": f"{1:030d}"}]}
    source = RecordingSource(lambda _: Invocation(response=response), MappingSettings())
    reader, checkpoints = start(source, 1)
    eventually(lambda: checkpoints["shard"] == f"{1:030d}")
    finish(reader)
    assert source.invoked == [[1]]


def test_reader_discards_a_poisoned_record_and_goes_on() -> None:
    def function(records: tuple[Record, ...]) -> Invocation:
        return Invocation(failed=any(int(sequence_number(record)) == 3 for record in records))

    source = RecordingSource(function, MappingSettings(retry_attempts=1, bisects=True))
    reader, checkpoints = start(source, 1, 2, 3, 4)
    eventually(lambda: checkpoints["shard"] == f"{4:030d}")
    finish(reader)
    assert source.invoked == [[1, 2, 3, 4], [1, 2], [3, 4], [3], [3], [4]]
    (discard,) = source.discards
    assert [int(sequence_number(record)) for record in discard.records] == [3]
    assert (discard.condition, discard.invocations, discard.function_failed) == ("RetryAttemptsExhausted", 2, True)


def test_reader_discards_records_that_are_too_old_before_it_invokes() -> None:
    source = RecordingSource(succeed, MappingSettings(record_age_seconds=3600))
    reader, checkpoints = start(source)
    reader.shard["records"] += [stored_record(1, arrived=time.time() - 3601), new_record(2)]
    reader.notify()
    eventually(lambda: checkpoints["shard"] == f"{2:030d}")
    finish(reader)
    assert source.invoked == [[2]]
    assert [(discard.condition, discard.invocations) for discard in source.discards] == [("RecordAgeExceeded", 0)]


def test_reader_goes_on_after_retention_trimmed_what_it_had_read() -> None:
    source = RecordingSource(succeed, MappingSettings())
    reader, checkpoints = start(source, 1, 2, 3)
    eventually(lambda: checkpoints["shard"] == f"{3:030d}")
    reader.shard["records"][:] = [new_record(4), new_record(5)]
    reader.notify()
    eventually(lambda: checkpoints["shard"] == f"{5:030d}")
    finish(reader)
    assert source.invoked == [[1, 2, 3], [4, 5]]


def test_a_throttled_invocation_uses_no_retry() -> None:
    outcomes = iter([Invocation(started=False), Invocation(started=False), Invocation()])
    source = RecordingSource(lambda _: next(outcomes), MappingSettings(retry_attempts=0))
    reader, checkpoints = start(source, 1)
    eventually(lambda: checkpoints["shard"] == f"{1:030d}")
    finish(reader)
    assert source.invoked == [[1], [1], [1]]
    assert source.discards == []


def test_a_stopped_reader_ends_between_retries_and_leaves_the_checkpoint() -> None:
    source = RecordingSource(lambda _: Invocation(failed=True), MappingSettings())
    reader, checkpoints = start(source, 1, clock=Clock(speed=1.0))
    eventually(lambda: bool(source.invoked))
    finish(reader)
    assert checkpoints["shard"] == "0"


def test_what_a_stopped_reader_has_in_flight_still_counts() -> None:
    release = threading.Event()

    def function(_: tuple[Record, ...]) -> Invocation:
        release.wait(PATIENCE_SECONDS)
        return Invocation()

    source = RecordingSource(function, MappingSettings())
    reader, checkpoints = start(source, 1)
    eventually(lambda: bool(source.invoked))
    reader.stop()
    release.set()
    reader.join(PATIENCE_SECONDS)
    assert checkpoints["shard"] == f"{1:030d}"
