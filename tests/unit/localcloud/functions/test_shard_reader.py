# SPDX-License-Identifier: Apache-2.0
"""How shards are read for an event source mapping: one reader's behaviour, and which readers there are."""

import base64
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from localcloud.clock import Clock
from localcloud.functions.batch import Record, event_record, sequence_number
from localcloud.functions.event_source import KinesisPoller, starting_checkpoint
from localcloud.functions.retry import Discard, MappingSettings
from localcloud.functions.shard_reader import Invocation, ShardReader
from localcloud.ministack import functions, kinesis

FAST = Clock(speed=1_000.0)


def stored_record(number: int, arrived: float | None = None) -> dict[str, Any]:
    return {
        "SequenceNumber": f"{number:030d}",
        "ApproximateArrivalTimestamp": time.time() if arrived is None else arrived,
        "Data": base64.b64encode(b"a line\n").decode(),
        "PartitionKey": "key",
    }


class RecordingSource:
    """An event source whose function is a plain callable; remembers what it was asked."""

    def __init__(self, function: Callable[[tuple[Record, ...]], Invocation], settings: MappingSettings) -> None:
        self.function = function
        self.current = settings
        self.invoked: list[list[int]] = []
        self.times: list[float] = []
        self.discards: list[Discard] = []

    def settings(self) -> MappingSettings:
        return self.current

    def event_record(self, stored: Mapping[str, Any]) -> Record:
        return event_record(stored, shard_id="shard", stream_arn="stream", region="here", role_arn="role")

    def invoke(self, records: tuple[Record, ...]) -> Invocation:
        self.times.append(time.time())
        self.invoked.append([int(sequence_number(record)) for record in records])
        return self.function(records)

    def discard(self, discard: Discard) -> None:
        self.discards.append(discard)


def eventually(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the expected state was not reached"
        time.sleep(0.002)


def start(source: RecordingSource, *numbers: int, clock: Clock = FAST) -> tuple[ShardReader, dict[str, str]]:
    shard = {"records": [stored_record(number) for number in numbers]}
    checkpoints = {"shard": "0"}
    reader = ShardReader(source, "shard", shard, checkpoints, clock)
    reader.start()
    return reader, checkpoints


def finish(reader: ShardReader) -> None:
    reader.stop()
    reader.join(10)
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
    source = RecordingSource(succeed, MappingSettings(window_seconds=60.0))
    reader, checkpoints = start(source, 1, clock=Clock(speed=200.0))
    arrived = reader.shard["records"][0]["ApproximateArrivalTimestamp"]
    reader.shard["records"].append(stored_record(2))
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
    source = RecordingSource(succeed, MappingSettings(record_age_seconds=60))
    reader, checkpoints = start(source)
    reader.shard["records"] += [stored_record(1, arrived=time.time() - 61), stored_record(2)]
    reader.notify()
    eventually(lambda: checkpoints["shard"] == f"{2:030d}")
    finish(reader)
    assert source.invoked == [[2]]
    assert [(discard.condition, discard.invocations) for discard in source.discards] == [("RecordAgeExceeded", 0)]


def test_reader_goes_on_after_retention_trimmed_what_it_had_read() -> None:
    source = RecordingSource(succeed, MappingSettings())
    reader, checkpoints = start(source, 1, 2, 3)
    eventually(lambda: checkpoints["shard"] == f"{3:030d}")
    reader.shard["records"][:] = [stored_record(4), stored_record(5)]
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
        release.wait(10)
        return Invocation()

    source = RecordingSource(function, MappingSettings())
    reader, checkpoints = start(source, 1)
    eventually(lambda: bool(source.invoked))
    reader.stop()
    release.set()
    reader.join(10)
    assert checkpoints["shard"] == f"{1:030d}"


# ---- Which shards are read

ACCOUNT, REGION = "000000000000", "us-east-1"
STREAM_ARN = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/raw"


class Cloud:
    """In MiniStack's place: one mapping of one stream, and a function that notes what it is invoked with."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, starting_position: str) -> None:
        self.mappings: list[tuple[str, str, dict[str, Any]]] = []
        self.function: dict[str, Any] | None = {}
        self.stream: dict[str, Any] = {}
        self.positions: dict[str, dict[str, str]] = {}
        monkeypatch.setattr(functions, "source_mappings", lambda: iter(self.mappings))
        monkeypatch.setattr(functions, "by_qualifier", lambda *_: (self.function, {"Role": "role"}))
        monkeypatch.setattr(functions, "positions", self.positions)
        monkeypatch.setattr(functions, "execute", self.execute)
        monkeypatch.setattr(kinesis, "stream", lambda *_: self.stream)
        self.invoked: list[int] = []
        self.result: dict[str, Any] = {"body": None}
        self.mapping: dict[str, Any] = {
            "UUID": "mapping",
            "EventSourceArn": STREAM_ARN,
            "FunctionArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:aggregator",
            "FunctionName": "aggregator",
            "StartingPosition": starting_position,
        }
        self.mappings.append((ACCOUNT, REGION, self.mapping))
        self.poller = KinesisPoller(FAST)

    def execute(self, _: dict[str, Any], event: dict[str, Any]) -> dict[str, Any]:
        self.invoked += [int(sequence_number(record)) for record in event["Records"]]
        return self.result

    def create_stream(self, first_number: int) -> None:
        shard = {"records": [], "starting_sequence_number": f"{first_number:030d}"}
        self.stream = {"StreamARN": STREAM_ARN, "StreamStatus": "ACTIVE", "shards": {"shard": shard}}

    def put(self, *numbers: int) -> None:
        self.stream["shards"]["shard"]["records"] += [stored_record(number) for number in numbers]

    def checkpoint(self) -> str:
        return self.positions["mapping"]["shard"]


@pytest.fixture
def make_cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Cloud]]:
    made: list[Cloud] = []

    def make(starting_position: str) -> Cloud:
        made.append(Cloud(monkeypatch, starting_position))
        return made[-1]

    yield make
    for one in made:
        one.mappings.clear()
        one.poller.poll()


def test_trim_horizon_reads_what_the_stream_holds(make_cloud: Callable[[str], Cloud]) -> None:
    cloud = make_cloud("TRIM_HORIZON")
    cloud.create_stream(0)
    cloud.put(1, 2)
    assert cloud.poller.poll() is False
    eventually(lambda: cloud.invoked == [1, 2])


def test_latest_reads_only_what_comes_after_the_mapping(make_cloud: Callable[[str], Cloud]) -> None:
    cloud = make_cloud("LATEST")
    cloud.create_stream(0)
    cloud.put(1, 2)
    cloud.poller.poll()
    cloud.put(3)
    cloud.poller.poll()
    eventually(lambda: cloud.checkpoint() == f"{3:030d}")
    assert cloud.invoked == [3]


def test_latest_starts_an_empty_or_later_shard_at_its_beginning() -> None:
    shard = {"records": [], "starting_sequence_number": "5"}
    assert starting_checkpoint(shard, from_now=True) == "5"
    shard = {"records": [stored_record(7)], "starting_sequence_number": "5"}
    assert starting_checkpoint(shard, from_now=False) == "5"


def test_a_stream_made_anew_is_read_from_its_beginning(make_cloud: Callable[[str], Cloud]) -> None:
    cloud = make_cloud("TRIM_HORIZON")
    cloud.create_stream(0)
    cloud.put(1, 2)
    cloud.poller.poll()
    eventually(lambda: cloud.checkpoint() == f"{2:030d}")
    cloud.create_stream(10)
    cloud.put(11, 12)

    def polled_to_the_end() -> bool:
        cloud.poller.poll()  # the first pass stops the old reader, a later one starts the new
        return cloud.checkpoint() == f"{12:030d}"

    eventually(polled_to_the_end)
    assert cloud.invoked == [1, 2, 11, 12]


def test_an_absent_function_is_waited_for(make_cloud: Callable[[str], Cloud]) -> None:
    cloud = make_cloud("TRIM_HORIZON")
    cloud.mapping["MaximumRetryAttempts"] = 0
    cloud.create_stream(0)
    cloud.put(1)
    function, cloud.function = cloud.function, None
    cloud.poller.poll()
    time.sleep(0.05)
    cloud.function = function
    eventually(lambda: cloud.invoked == [1])


def test_a_reader_that_broke_is_replaced_and_goes_on_from_the_checkpoint(
    make_cloud: Callable[[str], Cloud], caplog: pytest.LogCaptureFixture
) -> None:
    cloud = make_cloud("TRIM_HORIZON")
    cloud.mapping["BatchSize"] = 1
    cloud.create_stream(0)
    cloud.put(1)
    cloud.poller.poll()
    eventually(lambda: cloud.checkpoint() == f"{1:030d}")
    cloud.mapping["BatchSize"] = "broken"
    cloud.put(2)
    cloud.poller.poll()
    eventually(lambda: "starts again from its checkpoint" in caplog.text)
    cloud.mapping["BatchSize"] = 1

    def polled_to_the_end() -> bool:
        cloud.poller.poll()
        return cloud.checkpoint() == f"{2:030d}"

    eventually(polled_to_the_end)
    assert cloud.invoked == [1, 2]


@pytest.mark.parametrize(
    ("destination", "message"),
    [
        (None, "no on-failure destination"),
        ("arn:aws:s3:::no-such-bucket", "not delivered to arn:aws:s3:::no-such-bucket"),
        (f"arn:aws:sqs:{REGION}:{ACCOUNT}:no-such-queue", "not delivered"),
        (f"arn:aws:sns:{REGION}:{ACCOUNT}:topic", "not delivered"),
        ("not an ARN", "not delivered"),
    ],
)
def test_a_discard_that_reaches_no_destination_is_logged_and_the_shard_moves_on(
    make_cloud: Callable[[str], Cloud], caplog: pytest.LogCaptureFixture, destination: str | None, message: str
) -> None:
    cloud = make_cloud("TRIM_HORIZON")
    cloud.mapping["MaximumRetryAttempts"] = 0
    if destination is not None:
        cloud.mapping["DestinationConfig"] = {"OnFailure": {"Destination": destination}}
    cloud.result = {"error": True, "body": {"errorMessage": "broken"}}
    cloud.create_stream(0)
    cloud.put(1)
    cloud.poller.poll()
    eventually(lambda: cloud.checkpoint() == f"{1:030d}")
    assert message in caplog.text
    assert "RetryAttemptsExhausted, records given up: 1" in caplog.text
    assert cloud.mapping["LastProcessingResult"] == "PROBLEM: Function call failed"
