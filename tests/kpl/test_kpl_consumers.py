# SPDX-License-Identifier: Apache-2.0
"""Consumers written for the Kinesis Producer Library read the aggregated stream: every line, in order, in both AWS's
de-aggregators."""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from urllib.parse import quote

import pytest

from tests.fakes.client import FakeClient, install
from tests.fakes.kinesis import Kinesis
from tests.fakes.lambda_context import FakeContext
from tests.fakes.s3 import S3
from tests.kpl import consumers
from tests.unit.aggregator.raw_stream import AGGREGATED_STREAM, DONE, ENVIRONMENT, event, line

KINESIS_RECORD_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Sizes:
    """The settings that shape what is sent, in bytes."""

    user_record: int
    aggregate: int


SETTINGS = {
    "5 KB user records, one to an aggregate": Sizes(5_120, 5_120),
    "5 KB user records, many to an aggregate": Sizes(5_120, 51_200),
    "large user records, many to an aggregate": Sizes(102_400, 921_600),
    "as large as a Kinesis record": Sizes(1_044_480, 1_044_480),
}


def padded(number: int, size: int) -> bytes:
    """A log line of `size` bytes."""
    return line(number, query="t=" + "x" * (size - len(line(number, query="t="))))


NO_ENDS = str.maketrans("", "", "\t\n\r")
BATCHES: dict[str, Callable[[Sizes], list[bytes]]] = {
    "one line": lambda sizes: [line()],
    "a few lines": lambda sizes: [line(number) for number in range(7)],
    "thousands of lines": lambda sizes: [padded(number, 300 + number * 97 % 400) for number in range(4_000)],
    "UTF-8": lambda sizes: [line(number, query=f"t=Über {'日本語 🪁' * number}") for number in range(60)],
    "percent-encoded": lambda sizes: [line(number, query=f"t={quote(quote('Köln 100 %'))}") for number in range(60)],
    "fields full of other bytes": lambda sizes: [line(query="".join(map(chr, range(1, 128))).translate(NO_ENDS))] * 30,
    "lines of more than 100 KB": lambda sizes: [padded(number, 100_000 + number * 30_000) for number in range(8)],
    "lines around a user record's limit": lambda sizes: [
        padded(number, sizes.user_record - 60 + number) for number in range(0, 80, 8)
    ],
    "a line that barely fits a Kinesis record": lambda sizes: [line(1), padded(2, KINESIS_RECORD_BYTES - 50), line(3)],
    "a long line between short ones": lambda sizes: [line(1), padded(2, sizes.user_record * 2 % 1_040_000), line(3)],
    "lengths around those that take one more byte": lambda sizes: [
        padded(number, 16_384 - 30 + number) for number in range(40)
    ],
}


@pytest.fixture(params=SETTINGS)
def sizes(request: pytest.FixtureRequest) -> Sizes:
    return SETTINGS[request.param]


@pytest.fixture
def stream() -> Kinesis:
    return Kinesis(AGGREGATED_STREAM)


@pytest.fixture
def handle(
    load_function: Callable[[str], SimpleNamespace],
    monkeypatch: pytest.MonkeyPatch,
    sizes: Sizes,
    stream: Kinesis,
) -> Callable[[list[bytes]], None]:
    """Sends lines through the function's handler, one to a record of the raw stream."""
    own = {"USER_RECORD_BYTES": str(sizes.user_record), "AGGREGATE_BYTES": str(sizes.aggregate)}
    for name, value in (ENVIRONMENT | own).items():
        monkeypatch.setenv(name, value)
    quarantine = FakeClient("s3", S3({"lake": []}))
    install(monkeypatch, kinesis=FakeClient("kinesis", stream), s3=quarantine)
    aggregator = load_function("aggregator")

    def send(lines: list[bytes]) -> None:
        assert aggregator.app.lambda_handler(event(*lines), FakeContext()) == DONE
        assert quarantine.calls == []

    return send


@pytest.fixture(params=["python", "node"])
def consumer(request: pytest.FixtureRequest) -> consumers.Consumer:
    found: consumers.Consumer = getattr(consumers, request.param)
    return found


@pytest.mark.parametrize("batch", BATCHES)
def test_a_consumer_reads_every_line_in_order(
    handle: Callable[[list[bytes]], None], stream: Kinesis, sizes: Sizes, consumer: consumers.Consumer, batch: str
) -> None:
    lines = BATCHES[batch](sizes)
    handle(lines)
    received = consumer(stream.taken)
    blocks = [data for records in received for _, data in records]
    assert b"".join(blocks) == b"".join(line + b"\n" for line in lines)
    assert all(block.endswith(b"\n") for block in blocks)
    # A record that is no aggregate comes back whole: only a shorter one shows that it was taken apart.
    for sent, records in zip(stream.taken, received, strict=True):
        assert len(sent["Data"]) + len(sent["PartitionKey"]) <= KINESIS_RECORD_BYTES
        assert sum(len(data) for _, data in records) < len(sent["Data"])
        assert {key for key, _ in records} == {sent["PartitionKey"]}
        # One line may be larger than all limits, and is then alone.
        assert all(len(data) <= sizes.user_record or data.count(b"\n") == 1 for _, data in records)
        assert len(sent["Data"]) <= sizes.aggregate or len(records) == 1


@pytest.mark.parametrize("sizes", [Sizes(5_120, 51_200)], ids=["5 KB"])
def test_a_consumer_finds_many_user_records_in_an_aggregate(
    handle: Callable[[list[bytes]], None], stream: Kinesis, consumer: consumers.Consumer
) -> None:
    handle([b"\n".join(padded(number, 500) for number in range(50))] * 10)
    assert max(map(len, consumer(stream.taken))) >= 8


@pytest.mark.parametrize("sizes", [Sizes(5_120, 51_200)], ids=["5 KB"])
def test_the_node_consumer_checks_the_digest(handle: Callable[[list[bytes]], None], stream: Kinesis) -> None:
    handle([line()])
    (good,) = stream.taken
    damaged = good["Data"][:-1] + bytes([good["Data"][-1] ^ 1])
    with pytest.raises(consumers.UnreadableError, match="Invalid record checksum"):
        consumers.node([good | {"Data": damaged}])
