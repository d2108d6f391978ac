# SPDX-License-Identifier: Apache-2.0
"""Looks for marked hits in a stream, gently: each look takes up where the last one ended."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aws_kinesis_agg.deaggregator import iter_deaggregate_records

from edgepixel.doctor.facts.aws_calls import AwsCalls
from edgepixel.doctor.facts.said import Refused

# A shard gives its readers 2 MB in a second, all together, and each of its own two readers may want 1 MB of it
# (Kinesis Data Streams developer guide, "Quotas and limits"). So this one takes no more in a second.
BYTES_A_CALL = 1_000_000
LONGEST_LINE_BYTES = 1000  # about that: CloudFront cuts the longest fields
MEGABYTES_A_SHARD = 100
MOST_SHARDS = 50
CLOCK_TOLERANCE_SECONDS = 5.0

type Find = Callable[[bytes], set[int]]


@dataclass
class StreamSearch:
    """Reads each shard of a stream from a time on. `found`: when each hit's line arrived there, in epoch seconds.

    `record_bytes`: the size of the stream's records. `given_up`: why it does not look any further, if it does not.
    """

    calls: AwsCalls
    stream: str
    since: float
    find: Find
    record_bytes: int = LONGEST_LINE_BYTES
    aggregated: bool = False
    found: dict[int, float] = field(default_factory=dict)
    given_up: str = ""
    _iterators: dict[str, str] | None = None
    _bytes: int = 0

    def look(self) -> None:
        """One GetRecords for each shard."""
        if self.given_up:
            return
        if self._iterators is None:
            self._iterators = self._start()
        for shard, iterator in list(self._iterators.items()):
            self._read(shard, iterator)
        if self._bytes > MEGABYTES_A_SHARD * 1_000_000 * max(1, len(self._iterators)):
            self.given_up = f"not found in {MEGABYTES_A_SHARD} MB of each shard, and more would disturb its readers"

    def look_and_count(self) -> int:
        """Look, and tell how many hits have been found so far."""
        self.look()
        return len(self.found)

    def why_given_up(self) -> str:
        return self.given_up

    def _start(self) -> dict[str, str]:
        shards = list(self.calls.listed("kinesis", "list_shards", "Shards", StreamName=self.stream))
        if len(shards) > MOST_SHARDS:
            self.given_up = f"not looked into, because it has more than {MOST_SHARDS} shards"
            return {}
        begin = datetime.fromtimestamp(self.since - CLOCK_TOLERANCE_SECONDS, UTC)
        iterators = {}
        for shard in shards:
            said = self.calls.ask(
                "kinesis",
                "get_shard_iterator",
                StreamName=self.stream,
                ShardId=shard["ShardId"],
                ShardIteratorType="AT_TIMESTAMP",
                Timestamp=begin,
            )
            if isinstance(said, Refused):
                self.given_up = f"not looked into: {said.code}"
                return {}
            iterators[shard["ShardId"]] = said["ShardIterator"]
        return iterators

    def _read(self, shard: str, iterator: str) -> None:
        assert self._iterators is not None  # noqa: S101 (set by whoever calls)
        limit = max(1, BYTES_A_CALL // self.record_bytes)
        said = self.calls.ask("kinesis", "get_records", ShardIterator=iterator, Limit=limit)
        if isinstance(said, Refused):
            if said.code != "ProvisionedThroughputExceededException":  # its readers come first: later
                self.given_up = f"not looked into: {said.code}"
            return
        for record in said["Records"]:
            self._bytes += len(record["Data"])
            for number in self._numbers(record):
                self.found.setdefault(number, record["ApproximateArrivalTimestamp"].timestamp())
        following = said.get("NextShardIterator")
        if following:
            self._iterators[shard] = following
        else:  # the shard was split or merged, and has been read to its end
            del self._iterators[shard]

    def _numbers(self, record: dict[str, Any]) -> set[int]:
        numbers = self.find(record["Data"])
        if not self.aggregated or not numbers:
            return numbers
        users = iter_deaggregate_records([record], data_format="Boto3")
        return set().union(*(self.find(base64.b64decode(user["kinesis"]["data"])) for user in users))
