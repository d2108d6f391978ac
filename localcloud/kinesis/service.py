# SPDX-License-Identifier: Apache-2.0
"""Kinesis as the local cloud adds to it: the retention of a stream costs little.

MiniStack copies a stream's records with every record that is put, and before long that is most of the work.
"""

import time

from localcloud.clock import Clock
from localcloud.ministack import kinesis


def install(_clock: Clock) -> None:
    """Let a stream's retention look at its oldest records only."""
    kinesis.expire_records.replace(expire_records)


def expire_records(stream: kinesis.Stream) -> None:
    """Drop the records that are older than the stream's retention, which stand first in their shard.

    As in MiniStack, a shard then gets a new list: readers may be in the middle of the old one.
    """
    cutoff = time.time() - stream["RetentionPeriodHours"] * 3600
    for shard in stream["shards"].values():
        records = shard["records"]
        if records and records[0]["ApproximateArrivalTimestamp"] < cutoff:
            shard["records"] = [record for record in records if record["ApproximateArrivalTimestamp"] >= cutoff]
