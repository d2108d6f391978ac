# SPDX-License-Identifier: Apache-2.0
"""Amazon Kinesis Data Streams in memory, as a reader sees it: shards that are split, iterators that expire, limits.

From the Kinesis API Reference: a shard answers five GetRecords a second and gives 2 MB a second; an iterator lives for
300 seconds; a closed shard ends with no next iterator; a response has at most 10,000 records.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.fakes.client import client_error

ITERATOR_SECONDS = 300
CALLS_A_SECOND, BYTES_A_SECOND, MOST_RECORDS = 5, 2_000_000, 10_000


@dataclass
class Clock:
    """A time that goes on when it is told to, in epoch seconds."""

    now: float = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class _Shard:
    records: list[dict[str, Any]] = field(default_factory=list)
    closed: bool = False
    reads: list[tuple[float, int]] = field(default_factory=list)


@dataclass
class ShardedStream:
    """A stream of shards. `most_calls` and `most_bytes`: what a shard was asked for in a second at the most."""

    name: str
    clock: Clock
    shards: dict[str, _Shard] = field(default_factory=dict)
    page_size: int = 100
    most_calls: int = 0
    most_bytes: int = 0
    _iterators: dict[str, tuple[str, int, float]] = field(default_factory=dict)
    _numbers: Counter[str] = field(default_factory=Counter)

    def open(self, name: str) -> None:
        self.shards[name] = _Shard()

    def put(self, shard: str, data: bytes, arrived: float | None = None) -> None:
        self._numbers["record"] += 1
        assert not self.shards[shard].closed
        record = {
            "SequenceNumber": f"{self._numbers['record']:020}",
            "ApproximateArrivalTimestamp": datetime.fromtimestamp(arrived or self.clock(), UTC),
            "Data": data,
            "PartitionKey": "0",
        }
        self.shards[shard].records.append(record)

    def split(self, parent: str, *children: str) -> None:
        self.shards[parent].closed = True
        for child in children:
            self.open(child)

    def list_shards(
        self,
        StreamName: str | None = None,
        ShardFilter: dict[str, Any] | None = None,
        NextToken: str | None = None,
    ) -> dict[str, Any]:
        if NextToken is None and StreamName != self.name:
            raise client_error("ResourceNotFoundException", f"Stream {StreamName} not found.", "ListShards")
        assert (NextToken is None) == (ShardFilter is not None)
        names = [name for name in self.shards if NextToken is None or name > NextToken]
        more = {"NextToken": names[self.page_size - 1]} if len(names) > self.page_size else {}
        return {"Shards": [{"ShardId": name} for name in names[: self.page_size]], **more}

    def get_shard_iterator(
        self, StreamName: str, ShardId: str, ShardIteratorType: str, Timestamp: datetime | None = None
    ) -> dict[str, Any]:
        records = self.shards[ShardId].records
        position = {"TRIM_HORIZON": 0, "LATEST": len(records)}.get(ShardIteratorType)
        if position is None:
            assert Timestamp is not None
            if Timestamp.timestamp() > self.clock():
                raise client_error("InvalidArgumentException", "in the future", "GetShardIterator")
            later = (n for n, one in enumerate(records) if one["ApproximateArrivalTimestamp"] >= Timestamp)
            position = next(later, len(records))
        return {"ShardIterator": self._iterator(ShardId, position)}

    def get_records(self, ShardIterator: str, Limit: int) -> dict[str, Any]:
        assert 1 <= Limit <= MOST_RECORDS
        name, position, made = self._iterators[ShardIterator]
        now = self.clock()
        if now - made > ITERATOR_SECONDS:
            raise client_error("ExpiredIteratorException", "Iterator expired.", "GetRecords")
        shard = self.shards[name]
        records = shard.records[position : position + Limit]
        shard.reads.append((now, sum(len(one["Data"]) for one in records)))
        second = [size for at, size in shard.reads if at > now - 1]
        self.most_calls, self.most_bytes = max(self.most_calls, len(second)), max(self.most_bytes, sum(second))
        position += len(records)
        rest = shard.records[position:]
        behind = now - rest[0]["ApproximateArrivalTimestamp"].timestamp() if rest else 0
        found = {"Records": records, "MillisBehindLatest": int(behind * 1000)}
        if rest or not shard.closed:
            found["NextShardIterator"] = self._iterator(name, position)
        return found

    def _iterator(self, shard: str, position: int) -> str:
        self._numbers["iterator"] += 1
        token = f"iterator-{self._numbers['iterator']}"
        self._iterators[token] = shard, position, self.clock()
        return token
