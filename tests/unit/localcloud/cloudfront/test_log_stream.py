# SPDX-License-Identifier: Apache-2.0
"""Log lines that no stream takes are counted; the streams' retention is MiniStack's."""

import logging
import time
from typing import Any

import pytest

from localcloud.cloudfront import log_stream

HOUR = 3600


def test_a_missing_stream_loses_lines_which_are_counted_and_reported_once(caplog: pytest.LogCaptureFixture) -> None:
    before = log_stream.lost_lines()
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            log_stream.write("arn:aws:kinesis:eu-central-1:000000000000:stream/absent", "line\n")
    assert log_stream.lost_lines() - before == 3
    assert [record.message for record in caplog.records if "stream/absent" in record.message] == [
        "log lines are lost: arn:aws:kinesis:eu-central-1:000000000000:stream/absent takes none: "
        "Stream arn:aws:kinesis:eu-central-1:000000000000:stream/absent not found"
    ]


def _shard(*ages: float) -> dict[str, Any]:
    return {"records": [{"ApproximateArrivalTimestamp": time.time() - age} for age in ages]}


def test_records_older_than_the_retention_go_and_readers_keep_their_list() -> None:
    shard = _shard(25 * HOUR, 24.5 * HOUR, 23 * HOUR, 0)
    old = shard["records"]
    log_stream.expire_records({"RetentionPeriodHours": 24, "shards": {"shardId-0": shard, "shardId-1": _shard()}})
    assert shard["records"] == old[2:]
    assert len(old) == 4


def test_nothing_is_copied_while_nothing_is_too_old() -> None:
    shard = _shard(23 * HOUR, 0)
    before = shard["records"]
    log_stream.expire_records({"RetentionPeriodHours": 24, "shards": {"shardId-0": shard}})
    assert shard["records"] is before
