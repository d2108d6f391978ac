# SPDX-License-Identifier: Apache-2.0
"""Kinesis: streams and their records."""

from collections.abc import Callable
from typing import Any

from ministack.services import kinesis as _kinesis

from localcloud.ministack import Replaceable, Request, Response

type Stream = dict[str, Any]
"""StreamStatus, RetentionPeriodHours, and `shards` by id: each has its `records` and a `starting_sequence_number`."""

put_record: Callable[[Request], Response] = _kinesis._put_record

# Drops the records of a stream that are older than its retention; called before every put and read.
expire_records: Replaceable[[Stream], None] = Replaceable(_kinesis, "_expire_records", "stream")


def stream(account: str, region: str, name: str) -> Stream | None:
    """A stream of any account and Region."""
    found: Stream | None = _kinesis._streams.get_scoped(account, region, name)
    return found
