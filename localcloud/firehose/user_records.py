# SPDX-License-Identifier: Apache-2.0
"""KPL de-aggregation, as Firehose does it on what it reads from a stream. Pure.

Format: https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md
"""

import hashlib

from aws_kinesis_agg import DIGEST_SIZE, MAGIC
from aws_kinesis_agg.deaggregator import messages_pb2  # this module makes that one importable
from google.protobuf.message import DecodeError


def user_records(data: bytes) -> list[bytes]:
    """The user records of a Kinesis record: of an aggregate its own, of any other record the record itself.

    As consumers of the format do, whatever has the magic number but not the checksum, or not the content, of an
    aggregate is an ordinary record.
    """
    if not data.startswith(MAGIC):
        return [data]
    message, digest = data[len(MAGIC) : -DIGEST_SIZE], data[-DIGEST_SIZE:]
    if hashlib.md5(message, usedforsecurity=False).digest() != digest:
        return [data]
    try:
        aggregate = messages_pb2.AggregatedRecord.FromString(message)
    except DecodeError:
        return [data]
    return [record.data for record in aggregate.records]
