# SPDX-License-Identifier: Apache-2.0
"""Kinesis: streams and their records."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from ministack.services import kinesis as _kinesis

from localcloud.ministack import Replaceable, Request, Response, Table, cloudformation

type Stream = dict[str, Any]
"""StreamStatus, RetentionPeriodHours, and `shards` by id: each has its `records` and a `starting_sequence_number`."""

reset: Callable[[], None] = _kinesis.reset
create_stream: Callable[[Request], Response] = _kinesis._create_stream
put_record: Callable[[Request], Response] = _kinesis._put_record
iterators: Table = _kinesis._shard_iterators  # token -> stream_arn, shard_id and position

# The first and the last hash key of so many shards.
hash_ranges: Callable[[int], Sequence[tuple[str, str]]] = _kinesis._compute_hash_ranges
next_sequence_number: Callable[[], str] = _kinesis._next_sequence_number
# The name and the stream that a request names by StreamName or StreamARN.
resolve: Callable[[Request], tuple[str | None, Stream | None]] = _kinesis._resolve_stream

handle_request: Replaceable[[str, str, Mapping[str, str], bytes, Mapping[str, Any]], Awaitable[Response]] = Replaceable(
    _kinesis, "handle_request", "method, path, headers, body, query_params"
)
# Drops the records of a stream that are older than its retention; called before every put and read.
expire_records: Replaceable[[Stream], None] = Replaceable(_kinesis, "_expire_records", "stream")
# The id of the shard that takes a record with this hash key.
route_to_shard: Replaceable[[int, Stream], str] = Replaceable(_kinesis, "_route_to_shard", "hash_key_int, stream")
# A shard's id and the shard: what ListShards and DescribeStream show of it.
described_shard: Replaceable[[str, dict[str, Any]], dict[str, Any]] = Replaceable(
    _kinesis, "_shard_out", "shard_id, shard"
)
describe_stream_summary: Replaceable[[Request], Response] = Replaceable(_kinesis, "_describe_stream_summary", "data")
get_records: Replaceable[[Request], Response] = Replaceable(_kinesis, "_get_records", "data")
update_shard_count: Replaceable[[Request], Response] = Replaceable(_kinesis, "_update_shard_count", "data")

create_in_stack = cloudformation.handler("AWS::Kinesis::Stream", "create")
update_in_stack = cloudformation.handler("AWS::Kinesis::Stream", "update")


def stream(account: str, region: str, name: str) -> Stream | None:
    """A stream of any account and Region."""
    found: Stream | None = _kinesis._streams.get_scoped(account, region, name)
    return found
