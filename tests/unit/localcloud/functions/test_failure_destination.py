# SPDX-License-Identifier: Apache-2.0
"""What the on-failure destination of an event source mapping gets."""

from datetime import UTC, datetime

from localcloud.functions.failure_destination import invocation_record, object_key
from localcloud.functions.retry import Discard
from tests.unit.localcloud.functions.shard_records import invocation_event_record


def test_invocation_record_names_the_range_and_the_reason() -> None:
    records = tuple(invocation_event_record(number, arrived=1_700_000_000.5 + number) for number in (4, 5))
    record = invocation_record(
        Discard(records, "RetryAttemptsExhausted", invocations=3, function_failed=True),
        function_arn="arn:aws:lambda:us-east-1:000000000000:function:aggregator",
        shard_id="shardId-000000000000",
        stream_arn="arn:aws:kinesis:us-east-1:000000000000:stream/raw",
        now=datetime(2026, 3, 4, 5, 6, 7, 89_000, UTC),
    )
    assert record["requestContext"]["approximateInvokeCount"] == 3
    assert record["responseContext"]["functionError"] == "Unhandled"
    assert record["timestamp"] == "2026-03-04T05:06:07.089Z"
    assert record["KinesisBatchInfo"]["startSequenceNumber"] == f"{4:030d}"
    assert record["KinesisBatchInfo"]["endSequenceNumber"] == f"{5:030d}"
    assert record["KinesisBatchInfo"]["approximateArrivalOfLastRecord"] == "2023-11-14T22:13:25.500Z"
    assert record["KinesisBatchInfo"]["batchSize"] == 2


def test_object_key_follows_lambdas_pattern() -> None:
    key = object_key("mapping-id", "shardId-000000000000", datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC))
    assert key.startswith("aws/lambda/mapping-id/shardId-000000000000/2026/03/04/2026-03-04T05.06.07-")
