# SPDX-License-Identifier: Apache-2.0
"""What was not a log line is kept, findable and complete."""

import base64
import gzip
import json
from types import SimpleNamespace
from typing import Any

from tests.unit.aggregator.raw_stream import SHARD, sequence_number


def entry(aggregator: SimpleNamespace, position: int, arrived: float = 1_773_480_415.25) -> Any:
    return aggregator.quarantine.Quarantined(
        record=position,
        reason=aggregator.quarantine.Reason.FIELD_COUNT,
        detail="3 fields, expected 17",
        original=b"a\tb\t\xff",
        shard=SHARD,
        sequence_number=sequence_number(position),
        arrival_timestamp=arrived,
    )


def test_the_key_tells_hour_of_arrival_shard_and_place(aggregator: SimpleNamespace) -> None:
    entries = [entry(aggregator, 3, 1_773_446_399.999), entry(aggregator, 8, 1_773_446_400.0)]
    assert aggregator.quarantine.object_key("quarantine/", entries) == (
        f"quarantine/dt=2026-03-13/hour=23/{SHARD}-{sequence_number(3)}-{sequence_number(8)}.jsonl.gz"
    )


def test_a_batch_that_was_cut_elsewhere_does_not_overwrite_an_object_with_fewer_entries(
    aggregator: SimpleNamespace,
) -> None:
    entries = [entry(aggregator, position) for position in (3, 8, 9)]
    keys = {aggregator.quarantine.object_key("q/", entries[:end]) for end in (1, 2, 3)}
    assert len(keys) == 3


def test_an_entry_holds_the_original_bytes_and_where_they_were(aggregator: SimpleNamespace) -> None:
    body = aggregator.quarantine.object_body([entry(aggregator, 3), entry(aggregator, 8)])
    first, second = [json.loads(text) for text in gzip.decompress(body).splitlines()]
    assert base64.b64decode(first.pop("line")) == b"a\tb\t\xff"
    assert first == {
        "reason": "field_count",
        "shard": SHARD,
        "sequence_number": sequence_number(3),
        "arrival_timestamp": 1_773_480_415.25,
        "detail": "3 fields, expected 17",
    }
    assert second["sequence_number"] == sequence_number(8)


def test_the_same_entries_make_the_same_object(aggregator: SimpleNamespace) -> None:
    entries = [entry(aggregator, 3)]
    assert aggregator.quarantine.object_body(entries) == aggregator.quarantine.object_body(entries)
