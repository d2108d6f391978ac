# SPDX-License-Identifier: Apache-2.0
"""Log lines to user records to aggregates. Pure.

Firehose bills each record rounded up to 5,120 bytes, and AWS does not say whether that record is the aggregate or the
user record in it. So both are kept just below a multiple: a user record gives up, from its own budget, the bytes that
its frame in an aggregate takes, and those that an aggregate has once.

The container is KPL's (https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md), made with
the protobuf classes of aws-kinesis-agg. Its RecordAggregator is not used: it counts a repeated key for every record,
which wastes 7 % of what is billed, and drops a record within 20 bytes of the limit.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aws_kinesis_agg import MAGIC

# Importing this module makes that one importable.
from aws_kinesis_agg.deaggregator import messages_pb2

from settings import KINESIS_RECORD_BYTES

KEY_BYTES = 4
# What an aggregate has once: magic number, MD5, and the partition key table (tag, length, key).
AGGREGATE_FRAME = len(MAGIC) + 16 + 2 + KEY_BYTES
# What each user record has in it: tags and lengths of the record and of its data (3 bytes up to 2 MiB), key index.
USER_RECORD_FRAME = 4 + 4 + 2
# A user record of one line and its newline, alone in an aggregate, with the partition key that Kinesis counts too.
LONGEST_LINE = KINESIS_RECORD_BYTES - KEY_BYTES - AGGREGATE_FRAME - USER_RECORD_FRAME - 1


@dataclass(frozen=True)
class UserRecord:
    """Whole lines, each with its newline. `first_line`: index of the first of them in the batch."""

    data: bytes
    first_line: int
    lines: int


@dataclass(frozen=True)
class Aggregate:
    """A Kinesis record that holds user records. `first_line`: index of its first line in the batch."""

    data: bytes
    partition_key: str
    first_line: int
    lines: int


def partition_key(sequence_number: str) -> str:
    """A short key from a sequence number: the same for a retry, and spread over the shards by Kinesis's own hash."""
    return hashlib.md5(sequence_number.encode(), usedforsecurity=False).hexdigest()[:KEY_BYTES]


def pack(lines: Sequence[bytes], user_record_bytes: int, aggregate_bytes: int, key: str) -> list[Aggregate]:
    """Pack lines (without newlines) in order. A line that is longer than a user record travels alone."""
    aggregates: list[Aggregate] = []
    waiting: list[UserRecord] = []
    size = AGGREGATE_FRAME
    for record in make_user_records(lines, user_record_bytes):
        framed = len(record.data) + USER_RECORD_FRAME
        if waiting and size + framed > aggregate_bytes:
            aggregates.append(make_aggregate(waiting, key))
            waiting, size = [], AGGREGATE_FRAME
        waiting.append(record)
        size += framed
    if waiting:
        aggregates.append(make_aggregate(waiting, key))
    return aggregates


def make_user_records(lines: Sequence[bytes], user_record_bytes: int) -> Iterator[UserRecord]:
    """Blocks of whole lines, each at most `user_record_bytes` with its frames."""
    budget = user_record_bytes - USER_RECORD_FRAME - AGGREGATE_FRAME
    first, size = 0, 0
    for index, line in enumerate(lines):
        length = len(line) + 1
        if size and size + length > budget:
            yield _user_record(lines, first, index)
            first, size = index, 0
        size += length
    if size:
        yield _user_record(lines, first, len(lines))


def _user_record(lines: Sequence[bytes], first: int, end: int) -> UserRecord:
    return UserRecord(b"\n".join(lines[first:end]) + b"\n", first, end - first)


def make_aggregate(records: Sequence[UserRecord], key: str) -> Aggregate:
    """The container. One key for all, inside and outside: consumers may drop user records of other keys' shards."""
    message = messages_pb2.AggregatedRecord(partition_key_table=[key])
    for record in records:
        message.records.add(partition_key_index=0, data=record.data)
    body = message.SerializeToString()
    data = MAGIC + body + hashlib.md5(body, usedforsecurity=False).digest()
    return Aggregate(data, key, records[0].first_line, sum(record.lines for record in records))
