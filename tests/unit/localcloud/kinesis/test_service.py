# SPDX-License-Identifier: Apache-2.0
"""A stream's retention is MiniStack's, and costs nothing while there is nothing to drop."""

import time
from typing import Any

from localcloud.kinesis import service

HOUR = 3600


def _shard(*ages: float) -> dict[str, Any]:
    return {"records": [{"ApproximateArrivalTimestamp": time.time() - age} for age in ages]}


def test_records_older_than_the_retention_go_and_readers_keep_their_list() -> None:
    shard = _shard(25 * HOUR, 24.5 * HOUR, 23 * HOUR, 0)
    old = shard["records"]
    service.expire_records({"RetentionPeriodHours": 24, "shards": {"shardId-0": shard, "shardId-1": _shard()}})
    assert shard["records"] == old[2:]
    assert len(old) == 4


def test_nothing_is_copied_while_nothing_is_too_old() -> None:
    shard = _shard(23 * HOUR, 0)
    before = shard["records"]
    service.expire_records({"RetentionPeriodHours": 24, "shards": {"shardId-0": shard}})
    assert shard["records"] is before
