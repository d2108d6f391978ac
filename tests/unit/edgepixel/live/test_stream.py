# SPDX-License-Identifier: Apache-2.0
"""The raw stream is read whole, once, and so slowly that its own reader has what it needs."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from edgepixel.errors import LiveError
from edgepixel.live.stream import BYTES_A_SECOND, JUDGE_SECONDS, MOST_BEHIND_SECONDS, PAUSE_SECONDS, RawStreamReader
from tests.fakes.client import FakeClient, client_error
from tests.fakes.kinesis_shards import CALLS_A_SECOND, Clock, ShardedStream

FIRST, SECOND, THIRD = "shardId-000000000000", "shardId-000000000001", "shardId-000000000002"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def stream(clock: Clock) -> ShardedStream:
    found = ShardedStream("raw", clock)
    found.open(FIRST)
    return found


@pytest.fixture
def client(stream: ShardedStream) -> FakeClient:
    return FakeClient("kinesis", stream)


def begun(client: FakeClient, clock: Clock, seconds: float = 300) -> RawStreamReader:
    reader = RawStreamReader(client, "raw", seconds, clock=clock, now=clock)
    reader.start()
    return reader


def read_for(
    reader: RawStreamReader, clock: Clock, seconds: float, each: Callable[[], None] = lambda: None
) -> list[bytes]:
    """What comes while time goes on in steps of a tenth of a second; a look takes place when it is due."""
    found, end = [], clock.now + seconds
    while clock.now < end:
        if reader.seconds_to_next() <= 0:
            found += [record.data for record in reader.read()]
        clock.now += 0.1
        each()
    return found


def test_it_begins_where_the_window_does_and_reads_each_record_once(
    stream: ShardedStream, client: FakeClient, clock: Clock
) -> None:
    for age in (400, 299, 10):
        stream.put(FIRST, b"%d" % age, clock.now - age)
    reader = begun(client, clock)
    later = iter([b"new", b"newer"])
    found = read_for(reader, clock, 5)
    for data in later:
        stream.put(FIRST, data)
        found += read_for(reader, clock, 5)
    assert found == [b"299", b"10", b"new", b"newer"]


def test_shards_are_listed_page_by_page_and_all_of_them_read(
    stream: ShardedStream, client: FakeClient, clock: Clock
) -> None:
    stream.page_size = 1
    stream.open(SECOND)
    stream.put(FIRST, b"one")
    stream.put(SECOND, b"two")
    assert sorted(record.data for record in begun(client, clock).read()) == [b"one", b"two"]


def test_the_children_of_a_closed_shard_are_read_from_their_beginning(
    stream: ShardedStream, client: FakeClient, clock: Clock
) -> None:
    stream.put(FIRST, b"before")
    reader = begun(client, clock)
    assert read_for(reader, clock, 3) == [b"before"]
    stream.put(FIRST, b"last of the parent")
    stream.split(FIRST, SECOND, THIRD)
    stream.put(SECOND, b"left")
    stream.put(THIRD, b"right")
    assert sorted(read_for(reader, clock, 10)) == [b"last of the parent", b"left", b"right"]
    assert reader.shards == 2


def test_children_are_looked_for_again_while_that_is_refused(
    stream: ShardedStream, client: FakeClient, clock: Clock
) -> None:
    reader = begun(client, clock)
    stream.split(FIRST, SECOND)
    stream.put(SECOND, b"child")
    client.fail_next["list_shards"] = ["LimitExceededException", "LimitExceededException"]
    assert read_for(reader, clock, 20) == [b"child"]


def test_an_iterator_that_expired_is_replaced_and_nothing_of_the_window_lost(
    stream: ShardedStream, client: FakeClient, clock: Clock
) -> None:
    reader = begun(client, clock)
    read_for(reader, clock, 3)
    stream.put(FIRST, b"while it slept")
    clock.now += 250
    stream.put(FIRST, b"later")
    clock.now += 51
    assert read_for(reader, clock, 5) == [b"later"], "the first one is older than the window"


@pytest.mark.parametrize("code", ["ProvisionedThroughputExceededException", "KMSThrottlingException"])
def test_it_gives_way_when_the_shard_is_throttled(
    code: str, stream: ShardedStream, client: FakeClient, clock: Clock
) -> None:
    reader = begun(client, clock)
    read_for(reader, clock, 2)
    client.fail_next["get_records"] = [code] * 3
    stream.put(FIRST, b"later")
    before = client.count("get_records")
    assert read_for(reader, clock, 2 * PAUSE_SECONDS) == []
    assert reader.slowed == code
    assert client.count("get_records") == before + 1
    assert read_for(reader, clock, 30) == [b"later"]
    assert reader.slowed == ""
    calls = client.count("get_records")
    read_for(reader, clock, 10 * PAUSE_SECONDS)
    assert client.count("get_records") >= calls + 9, "it is as quick as before"


def test_without_a_connection_it_waits(stream: ShardedStream, client: FakeClient, clock: Clock) -> None:
    reader = begun(client, clock)
    found = stream.get_records

    def lost(**_: object) -> dict[str, object]:
        raise EndpointConnectionError(endpoint_url="https://kinesis")

    stream.get_records = lost  # type: ignore[method-assign,assignment]
    assert reader.read() == []
    assert "https://kinesis" in reader.slowed
    stream.get_records = found  # type: ignore[method-assign]
    stream.put(FIRST, b"back")
    assert read_for(reader, clock, 10) == [b"back"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("AccessDeniedException", "kinesis:ListShards, kinesis:GetShardIterator and kinesis:GetRecords"),
        ("ResourceNotFoundException", "deleted"),
        ("ValidationException", "AWS refused"),
    ],
)
@pytest.mark.parametrize("operation", ["list_shards", "get_shard_iterator", "get_records"])
def test_a_refusal_is_told_with_what_to_do(
    code: str, words: str, operation: str, stream: ShardedStream, client: FakeClient, clock: Clock
) -> None:
    client.fail_next[operation] = [code]
    with pytest.raises(LiveError, match=words):
        begun(client, clock).read()


def test_a_busy_shard_is_read_at_half_its_rate_and_what_is_skipped_is_told(
    stream: ShardedStream, client: FakeClient, clock: Clock
) -> None:
    line = b"x" * 1000

    def traffic() -> None:  # 1 MB in a second, which is all that a shard takes
        for _ in range(100):
            stream.put(FIRST, line)

    for tenth in range(3000):
        stream.put(FIRST, line, clock.now - 300 + tenth / 10)
        for _ in range(99):
            stream.put(FIRST, line, clock.now - 300 + tenth / 10)
    reader = begun(client, clock)
    read_for(reader, clock, 60, traffic)
    assert stream.most_calls <= CALLS_A_SECOND / 2
    assert stream.most_bytes <= 2 * BYTES_A_SECOND
    assert reader.read_bytes <= BYTES_A_SECOND * 62
    assert reader.read_bytes >= BYTES_A_SECOND * 40
    assert reader.skipped
    for _ in range(100):
        clock.now += 0.1
        traffic()
        for record in reader.read():
            assert record.arrived > clock.now - MOST_BEHIND_SECONDS - JUDGE_SECONDS


def test_a_backlog_that_can_be_read_in_time_is_read_whole(
    stream: ShardedStream, client: FakeClient, clock: Clock
) -> None:
    for number in range(3000):
        stream.put(FIRST, b"%05d" % number + b"x" * 1000, clock.now - 300 + number / 10)
    reader = begun(client, clock, 301)
    assert len(read_for(reader, clock, 15)) == 3000
    assert not reader.skipped


@pytest.mark.parametrize("age", [3, 25, 250])
@pytest.mark.parametrize("hits", [600, 1200, 3000])
def test_many_hits_of_one_moment_are_read_whole(
    hits: int, age: int, stream: ShardedStream, client: FakeClient, clock: Clock
) -> None:
    for number in range(hits):
        stream.put(FIRST, b"%05d" % number + b"x" * 600, clock.now - age + number / hits)
    stream.put(FIRST, b"after them", clock.now - 1)
    reader = begun(client, clock)
    assert len(read_for(reader, clock, 15)) == hits + 1
    assert not reader.skipped


def test_many_hits_of_one_moment_are_read_whole_while_it_looks_on(
    stream: ShardedStream, client: FakeClient, clock: Clock
) -> None:
    reader = begun(client, clock)
    read_for(reader, clock, 60)
    for _ in range(3000):
        stream.put(FIRST, b"x" * 2000)
    assert len(read_for(reader, clock, 20)) == 3000
    assert not reader.skipped


def test_large_records_make_smaller_requests(stream: ShardedStream, client: FakeClient, clock: Clock) -> None:
    for _ in range(100):
        stream.put(FIRST, b"x" * 50_000, clock.now - 20)
    reader = begun(client, clock)
    read_for(reader, clock, 40)
    assert [call["Limit"] for call in client.arguments("get_records")][:2] == [500, 10]


def test_a_failure_of_aws_s_without_a_name_is_waited_out(stream: ShardedStream, clock: Clock) -> None:
    """botocore takes the status as the code where the body has none."""
    own, failures = stream.get_records, [500, 503]

    def failing(**arguments: Any) -> dict[str, Any]:
        if failures:
            error = client_error(str(failures[0]))
            error.response["ResponseMetadata"] = {"HTTPStatusCode": failures.pop()}  # type: ignore[typeddict-item]
            raise error
        return own(**arguments)

    reader = begun(FakeClient("kinesis", stream), clock)
    stream.get_records = failing  # type: ignore[method-assign]
    stream.put(FIRST, b"x", clock.now)
    assert read_for(reader, clock, 30) == [b"x"]
    assert failures == []


def test_an_error_of_another_kind_is_not_hidden(stream: ShardedStream, clock: Clock) -> None:
    def broken(**_: object) -> dict[str, object]:
        raise ZeroDivisionError

    reader = begun(FakeClient("kinesis", stream), clock)
    stream.get_records = broken  # type: ignore[method-assign,assignment]
    with pytest.raises(ZeroDivisionError):
        reader.read()


def test_the_fake_refuses_what_aws_does(stream: ShardedStream, clock: Clock) -> None:
    token = stream.get_shard_iterator("raw", FIRST, "LATEST")["ShardIterator"]
    clock.now += 301
    with pytest.raises(type(client_error("x")), match="ExpiredIteratorException"):
        stream.get_records(token, 1)
