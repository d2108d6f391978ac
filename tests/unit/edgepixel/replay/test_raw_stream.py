# SPDX-License-Identifier: Apache-2.0
"""Putting lines into the raw stream: request sizes, retries and pace."""

from typing import Any

import pytest

from edgepixel.errors import ReplayError
from edgepixel.replay.raw_stream import FAST, GENTLE, SHARD_BYTES, SHARD_RECORDS, Pace, RawStream, requests_of
from edgepixel.replay.undelivered_lines import KeptLine
from tests.fakes.client import FakeClient
from tests.fakes.kinesis import Kinesis, Record
from tests.unit.edgepixel.replay.kept_objects import RAW_STREAM, raw_stream_client, taken


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.now += seconds


class TimedKinesis(Kinesis):
    """Remembers when each record arrives, and how many bytes it has."""

    def __init__(self, time: Time) -> None:
        super().__init__(RAW_STREAM)
        self.time = time
        self.arrivals: list[tuple[float, int]] = []

    def put_records(self, StreamName: str, Records: list[Record]) -> dict[str, Any]:
        self.arrivals += [(self.time.now, len(record["PartitionKey"]) + len(record["Data"])) for record in Records]
        return super().put_records(StreamName, Records)


def lines(count: int, size: int = 10) -> list[KeptLine]:
    return [KeptLine("timestamp", 0, str(number).encode().ljust(size, b".")) for number in range(count)]


def stream(kinesis: FakeClient, pace: Pace, time: Time) -> RawStream:
    return RawStream(kinesis, RAW_STREAM, pace, time.sleep, lambda: time.now, lambda _low, high: high)


@pytest.mark.parametrize("pace", [GENTLE, FAST])
def test_requests_stay_within_the_limits_of_put_records_and_lose_nothing(pace: Pace) -> None:
    sent = [*lines(1200), *lines(30, 900_000), *lines(3)]
    requests = list(requests_of(sent, pace))
    assert [line for request in requests for line in request] == sent
    for request in requests:
        assert len(request) <= 500
        assert sum(len(line.data) + len(line.partition_key) for line in request) <= 10 * 1024 * 1024


@pytest.mark.parametrize(("count", "size"), [(5000, 300), (60, 90_000)])
def test_no_second_gets_more_than_a_shard_takes_and_on_average_four_fifths(count: int, size: int) -> None:
    time = Time()
    kinesis = TimedKinesis(time)
    started = time.now
    stream(FakeClient("kinesis", kinesis), GENTLE, time).put(lines(count, size))
    assert len(kinesis.taken) == count
    for start, _ in kinesis.arrivals:
        second = [size for moment, size in kinesis.arrivals if start <= moment < start + 1]
        assert len(second) <= SHARD_RECORDS
        assert sum(second) <= SHARD_BYTES
    # Without the last request, which nobody has to wait for.
    last = kinesis.arrivals[-1][0]
    before = [size for moment, size in kinesis.arrivals if moment < last]
    assert last - started >= max(len(before) / (0.8 * SHARD_RECORDS), sum(before) / (0.8 * SHARD_BYTES)) - 1e-6


def test_the_pace_holds_from_one_call_to_the_next() -> None:
    time = Time()
    kinesis = TimedKinesis(time)
    raw = stream(FakeClient("kinesis", kinesis), GENTLE, time)
    for line in lines(801):
        raw.put([line])
    assert time.now - 100.0 == pytest.approx(1.0)


def test_fast_does_not_wait() -> None:
    time = Time()
    kinesis = raw_stream_client()
    stream(kinesis, FAST, time).put(lines(5000))
    assert (len(taken(kinesis)), len(kinesis.calls), time.now) == (5000, 10, 100.0)


def test_only_refused_lines_are_sent_again_and_later_each_time() -> None:
    time = Time()
    kinesis = raw_stream_client([{1, 3}, {0, 1}, {1}])
    stream(kinesis, FAST, time).put(lines(4))
    assert [len(arguments["Records"]) for arguments in kinesis.arguments("put_records")] == [4, 2, 2, 1]
    assert sorted(taken(kinesis)) == sorted(line.data for line in lines(4))
    assert time.now - 100.0 == pytest.approx(0.1 + 0.2 + 0.1)  # the second round took nothing


def test_a_stream_that_goes_on_refusing_is_an_error_that_says_why() -> None:
    with pytest.raises(ReplayError, match=r"ProvisionedThroughputExceededException 3 times.*Try again"):
        stream(raw_stream_client(always=True), FAST, Time()).put(lines(3))


def test_lines_spread_over_shards() -> None:
    assert len({line.partition_key for line in lines(1000)}) == 1000
