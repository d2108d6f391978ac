# SPDX-License-Identifier: Apache-2.0
"""Log lines into user records, user records into aggregates. Pure, and the same for the same lines.

Firehose bills every record rounded up to 5 KB, and no AWS page says whether "record" means the aggregate or the user
records in it. So both stay just below a multiple of that step: `user_record_bytes` and `aggregate_bytes` are multiples,
and every user record leaves room for a whole container, so that any number of full ones, in their container, needs no
more steps than they need one by one.

Container: magic number, AggregatedRecord in protobuf, MD5 of the protobuf
(https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md).
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from aws_kinesis_agg import DIGEST_SIZE, MAGIC

# Not its RecordAggregator, which miscounts repeated keys and can lose a record that almost fills an aggregate. Imported
# from this module, because messages_pb2 can be imported only after it.
from aws_kinesis_agg.deaggregator import messages_pb2

from settings import BILLING_STEP_BYTES

type SourcedLine = tuple[int, bytes]
"""A line without its newline, and the position in the batch of the Kinesis record that brought it."""

KINESIS_RECORD_BYTES = 1_048_576
"""A Kinesis record's data and partition key together (Kinesis Data Streams quotas: 1 MiB unless raised)."""

PARTITION_KEY_BYTES = 4

# Tag and length of the partition key; tag and length of a user record, its key's index, tag and length of its data.
# Lengths below 2 MiB take three bytes at most.
_CONTAINER_BYTES = len(MAGIC) + 2 + PARTITION_KEY_BYTES + DIGEST_SIZE
_ENTRY_BYTES = (1 + 3) + 2 + (1 + 3)
ENVELOPE_BYTES = _CONTAINER_BYTES + _ENTRY_BYTES
"""The most that an aggregate of one user record adds to it."""

LONGEST_LINE_BYTES = KINESIS_RECORD_BYTES - PARTITION_KEY_BYTES - ENVELOPE_BYTES - len(b"\n")
"""A longer line does not fit into a Kinesis record."""


@dataclass(frozen=True, slots=True)
class UserRecord:
    """Whole lines, each ending in one newline. `first_record` is the place in the batch of the first line's record."""

    data: bytes
    lines: int
    first_record: int


@dataclass(frozen=True, slots=True)
class Aggregate:
    """The data of one Kinesis record, and what it is made of."""

    data: bytes
    partition_key: str
    user_records: tuple[UserRecord, ...]

    @property
    def lines(self) -> int:
        return sum(record.lines for record in self.user_records)

    @property
    def first_record(self) -> int:
        """The position in the batch of the first line's record."""
        return self.user_records[0].first_record


def pack(
    lines: Iterable[SourcedLine], sequence_numbers: Sequence[str], user_record_bytes: int, aggregate_bytes: int
) -> list[Aggregate]:
    """All lines in their order, in aggregates. `sequence_numbers` are those of the batch's Kinesis records.

    A user record is larger than `user_record_bytes`, and an aggregate than `aggregate_bytes`, only when it holds a
    single line that is. No line may be longer than LONGEST_LINE_BYTES.
    """
    groups = _aggregates(_user_records(lines, user_record_bytes - ENVELOPE_BYTES), aggregate_bytes)
    return [_contain(group, partition_key(sequence_numbers[group[0].first_record])) for group in groups]


def partition_key(sequence_number: str) -> str:
    """Four characters for an aggregate, from the sequence number of the record that its first line came in.

    A retry makes the same key; the aggregates of one batch spread over the shards of the aggregated stream.
    """
    return hashlib.blake2b(sequence_number.encode(), digest_size=PARTITION_KEY_BYTES // 2).hexdigest()


def billed_bytes(aggregates: Iterable[Aggregate]) -> int:
    """What Firehose bills for the aggregates, in bytes, by the worse reading of its 5 KB rule."""
    by_aggregate = by_user_record = 0
    for aggregate in aggregates:
        by_aggregate += _rounded_up(len(aggregate.data))
        by_user_record += sum(_rounded_up(len(record.data)) for record in aggregate.user_records)
    return max(by_aggregate, by_user_record)


def packing_efficiency(aggregates: Sequence[Aggregate]) -> float | None:
    """Bytes of log lines in 100 billed bytes; None if there are no aggregates."""
    if not aggregates:
        return None
    raw = sum(len(record.data) for aggregate in aggregates for record in aggregate.user_records)
    return 100 * raw / billed_bytes(aggregates)


def _rounded_up(size: int) -> int:
    return -(-size // BILLING_STEP_BYTES) * BILLING_STEP_BYTES


def _user_records(lines: Iterable[SourcedLine], limit: int) -> Iterator[UserRecord]:
    block: list[bytes] = []
    size = first_record = 0
    for record, line in lines:
        size += len(line) + 1
        if block and size > limit:
            yield _user_record(block, first_record)
            block, size = [], len(line) + 1
        if not block:
            first_record = record
        block.append(line)
    if block:
        yield _user_record(block, first_record)


def _user_record(block: list[bytes], first_record: int) -> UserRecord:
    return UserRecord(b"\n".join(block) + b"\n", len(block), first_record)


def _aggregates(user_records: Iterable[UserRecord], limit: int) -> Iterator[tuple[UserRecord, ...]]:
    group: list[UserRecord] = []
    size = _CONTAINER_BYTES
    for record in user_records:
        size += _ENTRY_BYTES + len(record.data)
        if group and size > limit:
            yield tuple(group)
            group, size = [], _CONTAINER_BYTES + _ENTRY_BYTES + len(record.data)
        group.append(record)
    if group:
        yield tuple(group)


def _contain(user_records: tuple[UserRecord, ...], key: str) -> Aggregate:
    # One key, inside and outside: consumers drop a user record whose own key belongs to another shard
    # (https://github.com/awslabs/kinesis-aggregation/blob/master/potential_data_loss.md).
    message = messages_pb2.AggregatedRecord(partition_key_table=[key])
    for record in user_records:
        message.records.add(partition_key_index=0, data=record.data)
    content: bytes = message.SerializeToString(deterministic=True)
    digest = hashlib.md5(content, usedforsecurity=False).digest()
    return Aggregate(MAGIC + content + digest, key, user_records)
