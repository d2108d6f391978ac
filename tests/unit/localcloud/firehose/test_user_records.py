# SPDX-License-Identifier: Apache-2.0
"""De-aggregation, against the library that makes aggregates."""

import pytest
from aws_kinesis_agg.aggregator import RecordAggregator

from localcloud.firehose.user_records import user_records


def _aggregate(*parts: bytes) -> bytes:
    aggregator = RecordAggregator()
    for part in parts:
        aggregator.add_user_record("key", part)
    data: bytes = aggregator.clear_and_get().get_contents()[2]
    return data


def test_an_aggregate_gives_its_user_records_in_order() -> None:
    assert user_records(_aggregate(b"one\n", b"two\n", b"three\n")) == [b"one\n", b"two\n", b"three\n"]


@pytest.mark.parametrize("data", [b"", b"\n", b"a line\n", b"\xf3\x89\x9a", b"\xf3\x89\x9a\xc2"])
def test_any_other_record_is_its_own_user_record(data: bytes) -> None:
    assert user_records(data) == [data]


def test_a_damaged_aggregate_is_an_ordinary_record() -> None:
    data = _aggregate(b"one\n", b"two\n")
    damaged = data[:10] + bytes([data[10] ^ 1]) + data[11:]
    assert user_records(damaged) == [damaged]
