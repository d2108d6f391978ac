# SPDX-License-Identifier: Apache-2.0
"""The shards of a stream: which are open, and how another number of them is reached without losing a record.

As in AWS, the old shards are closed and keep their records until the retention ends, and new ones, which share the hash
keys evenly, take what is put from then on. Unlike AWS, the change is made at once and without shards in between, so a
new shard can have more than two parents; the API shows two of them.
"""

import time
from collections.abc import Mapping
from typing import Any

from localcloud.ministack import kinesis

type Shard = dict[str, Any]


def open_shards(stream: kinesis.Stream) -> dict[str, Shard]:
    """The shards that take records, by id."""
    return {shard_id: shard for shard_id, shard in stream["shards"].items() if is_open(shard)}


def is_open(shard: Mapping[str, Any]) -> bool:
    """Whether the shard takes records."""
    return "closed_at" not in shard


def reshard(stream: kinesis.Stream, count: int) -> None:
    """Close the open shards and open so many new ones."""
    old = open_shards(stream)
    first = 1 + max(int(shard_id.partition("-")[2]) for shard_id in stream["shards"])
    new = {
        f"shardId-{first + index:012d}": _child(old, start, end)
        for index, (start, end) in enumerate(kinesis.hash_ranges(count))
    }
    # In this order a record that is put meanwhile finds an open shard: the dictionary is replaced at once.
    stream["shards"] = {**stream["shards"], **new}
    for shard in old.values():
        shard["ending_sequence_number"] = kinesis.next_sequence_number()
        shard["closed_at"] = time.time()


def route(hash_key: int, stream: kinesis.Stream) -> str:
    """The id of the open shard that a hash key belongs to."""
    for shard_id, shard in open_shards(stream).items():
        if int(shard["starting_hash_key"]) <= hash_key <= int(shard["ending_hash_key"]):
            return shard_id
    raise LookupError(f"no shard of {stream['StreamName']} has the hash key {hash_key}")


def expire(stream: kinesis.Stream, now: float) -> None:
    """Drop the records that are older than the stream's retention, which stand first in their shard; then the shard.

    A shard that loses records gets a new list: readers may be in the middle of the old one.
    """
    cutoff = now - stream["RetentionPeriodHours"] * 3600
    expired = [shard_id for shard_id, shard in stream["shards"].items() if shard.get("closed_at", now) < cutoff]
    if expired:
        stream["shards"] = {name: shard for name, shard in stream["shards"].items() if name not in expired}
    for shard in stream["shards"].values():
        records = shard["records"]
        if records and records[0]["ApproximateArrivalTimestamp"] < cutoff:
            shard["records"] = [record for record in records if record["ApproximateArrivalTimestamp"] >= cutoff]


def _child(old: Mapping[str, Shard], start: str, end: str) -> Shard:
    parents = [
        shard_id
        for shard_id, shard in old.items()
        if int(shard["starting_hash_key"]) <= int(end) and int(start) <= int(shard["ending_hash_key"])
    ]
    return {
        "records": [],
        "starting_hash_key": start,
        "ending_hash_key": end,
        "starting_sequence_number": kinesis.next_sequence_number(),
        "parent_shard_id": parents[0],
        "adjacent_parent_shard_id": parents[-1] if len(parents) > 1 else None,
        "parents": parents,
    }
