# SPDX-License-Identifier: Apache-2.0
"""How shards are read for an event source mapping: one reader's behaviour, and which readers there are."""

import base64
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from ministack.core.responses import AccountRegionScopedDict
from ministack.services import kinesis, lambda_svc

from localcloud.clock import Clock
from localcloud.functions.batch import Record, event_record, sequence_number
from localcloud.functions.event_source import KinesisPoller, starting_checkpoint
from localcloud.functions.retry import Discard, MappingSettings
from localcloud.functions.shard_reader import Invocation, ShardReader
from tests.waiting import PATIENCE_SECONDS, wait_until

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


def eventually(condition: Callable[[], bool]) -> None:
    wait_until(condition, "the expected state is reached", pause_seconds=0.002)


def start(source: RecordingSource, *numbers: int, clock: Clock = FAST) -> tuple[ShardReader, dict[str, str]]:
    shard = {"records": [stored_record(number) for number in numbers]}
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
    reader.shard["records"].append(stored_record(2))
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
    answers = iter([{"batchItemFailures": [{"itemIdentifier": f"{3:030d}"}]}, None])
    source = RecordingSource(lambda _: Invocation(answer=next(answers)), MappingSettings(reports_item_failures=True))
    reader, checkpoints = start(source, 1, 2, 3, 4)
    eventually(lambda: checkpoints["shard"] == f"{4:030d}")
    finish(reader)
    assert source.invoked == [[1, 2, 3, 4], [3, 4]]


def test_reader_ignores_the_answer_of_a_mapping_without_item_failures() -> None:
    answer = {"batchItemFailures": [{"itemIdentifier": f"{1:030d}"}]}
    source = RecordingSource(lambda _: Invocation(answer=answer), MappingSettings())
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
    reader.shard["records"] += [stored_record(1, arrived=time.time() - 3601), stored_record(2)]
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
        release.wait(PATIENCE_SECONDS)
        return Invocation()

    source = RecordingSource(function, MappingSettings())
    reader, checkpoints = start(source, 1)
    eventually(lambda: bool(source.invoked))
    reader.stop()
    release.set()
    reader.join(PATIENCE_SECONDS)
    assert checkpoints["shard"] == f"{1:030d}"


# ---- Which shards are read

ACCOUNT, REGION = "000000000000", "us-east-1"
STREAM_ARN = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/raw"


class Tables:
    """MiniStack's tables with one mapping of one stream, and a function that notes what it is invoked with."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, starting_position: str) -> None:
        for module, table in (
            (lambda_svc, "_esms"),
            (lambda_svc, "_functions"),
            (lambda_svc, "_kinesis_positions"),
            (kinesis, "_streams"),
        ):
            monkeypatch.setattr(module, table, AccountRegionScopedDict())
        monkeypatch.setattr(lambda_svc, "_execute_function", self.execute)
        self.invoked: list[int] = []
        self.result: dict[str, Any] = {"body": None}
        self.mapping: dict[str, Any] = {
            "UUID": "mapping",
            "EventSourceArn": STREAM_ARN,
            "FunctionArn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:aggregator",
            "FunctionName": "aggregator",
            "StartingPosition": starting_position,
        }
        lambda_svc._esms.set_scoped(ACCOUNT, REGION, "mapping", self.mapping)
        lambda_svc._functions.set_scoped(ACCOUNT, REGION, "aggregator", {"config": {"Role": "role"}})
        self.poller = KinesisPoller(FAST)

    def execute(self, _: dict[str, Any], event: dict[str, Any]) -> dict[str, Any]:
        self.invoked += [int(sequence_number(record)) for record in event["Records"]]
        return self.result

    def create_stream(self, first_number: int) -> None:
        shard = {"records": [], "starting_sequence_number": f"{first_number:030d}"}
        stream = {"StreamARN": STREAM_ARN, "StreamStatus": "ACTIVE", "shards": {"shard": shard}}
        kinesis._streams.set_scoped(ACCOUNT, REGION, "raw", stream)

    def put(self, *numbers: int) -> None:
        stream = kinesis._streams.get_scoped(ACCOUNT, REGION, "raw")
        stream["shards"]["shard"]["records"] += [stored_record(number) for number in numbers]

    def checkpoint(self) -> str:
        return str(lambda_svc._kinesis_positions.get_scoped(ACCOUNT, REGION, "mapping")["shard"])


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Tables]]:
    made: list[Tables] = []

    def make(starting_position: str) -> Tables:
        made.append(Tables(monkeypatch, starting_position))
        return made[-1]

    yield make
    for one in made:
        lambda_svc._esms.clear()
        one.poller.poll()


def test_trim_horizon_reads_what_the_stream_holds(tables: Callable[[str], Tables]) -> None:
    cloud = tables("TRIM_HORIZON")
    cloud.create_stream(0)
    cloud.put(1, 2)
    assert cloud.poller.poll() is False
    eventually(lambda: cloud.invoked == [1, 2])


def test_latest_reads_only_what_comes_after_the_mapping(tables: Callable[[str], Tables]) -> None:
    cloud = tables("LATEST")
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


def test_a_stream_made_anew_is_read_from_its_beginning(tables: Callable[[str], Tables]) -> None:
    cloud = tables("TRIM_HORIZON")
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


def test_an_absent_function_is_waited_for(tables: Callable[[str], Tables], monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = tables("TRIM_HORIZON")
    cloud.mapping["MaximumRetryAttempts"] = 0
    cloud.create_stream(0)
    cloud.put(1)
    function = lambda_svc._functions.pop_scoped(ACCOUNT, REGION, "aggregator")
    lookups: list[str] = []
    look_up = lambda_svc._get_func_record_for_qualifier

    def noted(name: str, qualifier: str | None) -> Any:
        lookups.append(name)
        return look_up(name, qualifier)

    monkeypatch.setattr(lambda_svc, "_get_func_record_for_qualifier", noted)
    cloud.poller.poll()
    eventually(lambda: len(lookups) >= 3)  # for its record, and for two invocations
    assert cloud.invoked == []
    lambda_svc._functions.set_scoped(ACCOUNT, REGION, "aggregator", function)
    eventually(lambda: cloud.invoked == [1])


def test_a_reader_that_broke_is_replaced_and_goes_on_from_the_checkpoint(
    tables: Callable[[str], Tables], caplog: pytest.LogCaptureFixture
) -> None:
    cloud = tables("TRIM_HORIZON")
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
    tables: Callable[[str], Tables], caplog: pytest.LogCaptureFixture, destination: str | None, message: str
) -> None:
    cloud = tables("TRIM_HORIZON")
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
