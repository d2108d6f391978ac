# SPDX-License-Identifier: Apache-2.0
"""Which shards are read for an event source mapping, from where on, and what becomes of what is given up."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from localcloud.clock import Clock
from localcloud.functions.batch import sequence_number
from localcloud.functions.event_source import KinesisPoller, shards_to_read, starting_checkpoint
from localcloud.ministack import functions, kinesis
from tests.unit.localcloud.functions.shard_records import eventually, new_record

FAST = Clock(speed=1_000.0)
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
        self.lookups = 0
        monkeypatch.setattr(functions, "by_qualifier", self.look_up)
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

    def look_up(self, *_: Any) -> tuple[dict[str, Any] | None, dict[str, str]]:
        self.lookups += 1
        return self.function, {"Role": "role"}

    def execute(self, _: dict[str, Any], event: dict[str, Any]) -> dict[str, Any]:
        self.invoked += [int(sequence_number(record)) for record in event["Records"]]
        return self.result

    def create_stream(self, first_number: int) -> None:
        shard = {"records": [], "starting_sequence_number": f"{first_number:030d}"}
        self.stream = {"StreamARN": STREAM_ARN, "StreamStatus": "ACTIVE", "shards": {"shard": shard}}

    def put(self, *numbers: int) -> None:
        self.stream["shards"]["shard"]["records"] += [new_record(number) for number in numbers]

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
    shard = {"records": [new_record(7)], "starting_sequence_number": "5"}
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


def test_a_shard_is_read_after_the_shards_that_it_follows(make_cloud: Callable[[str], Cloud]) -> None:
    cloud = make_cloud("TRIM_HORIZON")
    cloud.create_stream(0)
    cloud.put(1, 2)
    child = {"records": [new_record(5)], "starting_sequence_number": f"{3:030d}", "parents": ["shard", "expired"]}
    cloud.stream["shards"]["child"] = child
    function, cloud.function = cloud.function, None
    cloud.poller.poll()
    eventually(lambda: cloud.lookups >= 3)  # the parent's reader is at work
    assert set(shards_to_read()) == {("mapping", "shard")}
    cloud.function = function

    def read_both() -> bool:
        cloud.poller.poll()
        return len(cloud.invoked) >= 3

    eventually(read_both)
    assert cloud.invoked == [1, 2, 5]


def test_an_absent_function_is_waited_for(make_cloud: Callable[[str], Cloud]) -> None:
    cloud = make_cloud("TRIM_HORIZON")
    cloud.mapping["MaximumRetryAttempts"] = 0
    cloud.create_stream(0)
    cloud.put(1)
    function, cloud.function = cloud.function, None
    cloud.poller.poll()
    eventually(lambda: cloud.lookups >= 3)  # for its record, and for two invocations
    assert cloud.invoked == []
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
