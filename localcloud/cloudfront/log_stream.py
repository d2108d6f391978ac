# SPDX-License-Identifier: Apache-2.0
"""Log lines into the raw stream, in this process: Lambda and Firehose see them like any other record."""

import base64
import json
import logging
import time
from collections import Counter
from typing import Any

from ministack.core.arn import parse_arn
from ministack.core.responses import new_uuid, request_scope
from ministack.services import kinesis

_logger = logging.getLogger("localcloud.realtime_logs")

_lost: Counter[str] = Counter()  # stream ARN -> lines


def install() -> None:
    """Make MiniStack's retention cheap.

    It copies a stream's records with every record that is put, and before long that is most of the work.
    """
    kinesis._expire_records = expire_records


def write(stream_arn: str, line: str) -> None:
    """Put one record with one line. A stream that is not there loses the line, as in AWS; that is counted."""
    arn = parse_arn(stream_arn)
    record = {
        "StreamARN": stream_arn,
        "PartitionKey": new_uuid(),
        "Data": base64.b64encode(line.encode("ascii")).decode("ascii"),
    }
    with request_scope(arn.account_id, arn.region):
        status, _, body = kinesis._put_record(record)
    if status != 200:
        _lost[stream_arn] += 1
        if _lost[stream_arn] == 1:  # /_localcloud/health says how many
            _logger.warning("log lines are lost: %s takes none: %s", stream_arn, json.loads(body).get("message"))


def lost_lines() -> int:
    """How many log lines no stream took since the start."""
    return _lost.total()


def expire_records(stream: dict[str, Any]) -> None:
    """Drop the records that are older than the stream's retention, which stand first in their shard.

    As in MiniStack, a shard then gets a new list: readers may be in the middle of the old one.
    """
    cutoff = time.time() - stream["RetentionPeriodHours"] * 3600
    for shard in stream["shards"].values():
        records = shard["records"]
        if records and records[0]["ApproximateArrivalTimestamp"] < cutoff:
            shard["records"] = [record for record in records if record["ApproximateArrivalTimestamp"] >= cutoff]
