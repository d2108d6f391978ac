# SPDX-License-Identifier: Apache-2.0
"""The rules by which a Kinesis event source mapping cuts, retries, splits and gives up batches."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localcloud.functions.batch import Batch, Record, event_record, fill, next_index, sequence_number
from localcloud.functions.failure_destination import invocation_record, object_key
from localcloud.functions.retry import (
    LONGEST_DELAY_SECONDS,
    Attempt,
    Discard,
    MappingSettings,
    delay_seconds,
    expired_records,
    plan_after,
    records_done,
)


def stored_record(number: int, data: bytes = b"a line\n", arrived: float = 1_700_000_000.0) -> dict[str, Any]:
    return {
        "SequenceNumber": f"{number:030d}",
        "ApproximateArrivalTimestamp": arrived,
        "Data": base64.b64encode(data).decode(),
        "PartitionKey": "key",
    }


def invocation_event_record(number: int, data: bytes = b"a line\n", arrived: float = 1_700_000_000.0) -> Record:
    return event_record(
        stored_record(number, data, arrived),
        shard_id="shardId-000000000000",
        stream_arn="arn:aws:kinesis:us-east-1:000000000000:stream/raw",
        region="us-east-1",
        role_arn="arn:aws:iam::000000000000:role/aggregator",
    )


def numbered(count: int) -> tuple[Record, ...]:
    return tuple(invocation_event_record(number) for number in range(1, count + 1))


def event_bytes(records: tuple[Record, ...]) -> int:
    return len(json.dumps({"Records": records}, separators=(",", ":")))


# ---- Cutting batches


def test_event_record_carries_shard_sequence_number_and_stream() -> None:
    record = invocation_event_record(7, b"\x00\xff")
    assert record["eventID"] == f"shardId-000000000000:{7:030d}"
    assert base64.b64decode(record["kinesis"]["data"]) == b"\x00\xff"
    assert record["eventSourceARN"].endswith(":stream/raw")


def test_batch_closes_at_batch_size() -> None:
    batch, full = fill(Batch(), numbered(5), batch_size=3)
    assert (batch.records, full) == (numbered(3), True)


def test_batch_stays_open_below_its_limits() -> None:
    batch, full = fill(Batch(), numbered(2), batch_size=3)
    assert (batch.records, full) == (numbered(2), False)


def test_batch_closes_before_the_record_that_would_exceed_the_payload() -> None:
    limit = event_bytes(numbered(3)) + 1
    batch, full = fill(Batch(), numbered(5), batch_size=100, payload_limit=limit)
    assert (batch.records, full) == (numbered(3), True)


def test_six_megabytes_of_base64_close_a_batch() -> None:
    records = tuple(invocation_event_record(number, b"x" * 1_000_000) for number in range(6))
    batch, full = fill(Batch(), records, batch_size=10_000)
    assert full
    assert len(batch.records) == 4  # 1.33 MB each in base64; a fifth one makes 6.67 MB


def test_a_record_over_the_limit_travels_alone() -> None:
    batch, full = fill(Batch(), numbered(2), batch_size=100, payload_limit=10)
    assert (batch.records, full) == (numbered(1), True)


@given(
    sizes=st.lists(st.integers(0, 300), max_size=40),
    batch_size=st.integers(1, 12),
    limit=st.integers(200, 3_000),
    cuts=st.lists(st.integers(0, 40), max_size=5),
)
def test_batches_keep_every_record_in_order_within_their_limits(
    sizes: list[int], batch_size: int, limit: int, cuts: list[int]
) -> None:
    records = tuple(invocation_event_record(number, b"x" * size) for number, size in enumerate(sizes, 1))
    batches, batch, taken = [], Batch(), 0
    for end in sorted({*(cut for cut in cuts if cut < len(records)), len(records)}):  # records arrive bit by bit
        full = True
        while full and taken < end:
            fuller, full = fill(batch, records[taken:end], batch_size, limit)
            taken += len(fuller.records) - len(batch.records)
            batch = fuller
            if full:
                batches.append(batch)
                batch = Batch()
    batches.append(batch)
    assert tuple(record for one in batches for record in one.records) == records
    for one in batches:
        assert len(one.records) <= batch_size
        assert one.payload_bytes == event_bytes(one.records)
        assert one.payload_bytes <= limit or len(one.records) == 1


# ---- Finding the place in a shard


def test_next_index_trusts_a_right_guess_and_corrects_a_wrong_one() -> None:
    stored = [stored_record(number) for number in (3, 5, 9)]
    assert next_index(stored, f"{5:030d}", guess=2) == 2
    assert next_index(stored, f"{5:030d}", guess=0) == 2
    assert next_index(stored, f"{5:030d}", guess=3) == 2


def test_next_index_goes_on_after_a_checkpoint_that_retention_removed() -> None:
    stored = [stored_record(number) for number in (7, 9)]
    assert next_index(stored, f"{5:030d}", guess=4) == 0
    assert next_index(stored, f"{8:030d}", guess=4) == 1
    assert next_index(stored, f"{9:030d}", guess=1) == 2
    assert next_index([], f"{5:030d}", guess=4) == 0


def test_next_index_keeps_a_record_that_was_appended_out_of_order() -> None:
    stored = [stored_record(number) for number in (1, 3, 2)]
    assert next_index(stored, f"{3:030d}", guess=0) == 2


# ---- Reading the function's response

NUMBERS = ["11", "12", "13", "14"]


@pytest.mark.parametrize("response", [None, "", {}, {"batchItemFailures": None}, {"batchItemFailures": []}])
def test_an_empty_response_is_complete_success(response: object) -> None:
    assert records_done(response, NUMBERS) == 4


@pytest.mark.parametrize(
    "response",
    [
        {"batchItemFailures": [{"itemIdentifier": ""}]},
        {"batchItemFailures": [{"itemIdentifier": None}]},
        {"batchItemFailures": [{"itemIdentifier": 12}]},
        {"batchItemFailures": [{"wrongKey": "12"}]},
        {"batchItemFailures": ["12"]},
        {"batchItemFailures": [{"itemIdentifier": "99"}]},
        {"batchItemFailures": [{"itemIdentifier": "13"}, {"itemIdentifier": "99"}]},
        {"batchItemFailures": {"itemIdentifier": "12"}},
        "not an object",
        [{"itemIdentifier": "12"}],
    ],
)
def test_a_malformed_response_is_complete_failure(response: object) -> None:
    assert records_done(response, NUMBERS) is None


def test_the_lowest_reported_number_is_the_checkpoint() -> None:
    response = {"batchItemFailures": [{"itemIdentifier": "14"}, {"itemIdentifier": "12"}, {"itemIdentifier": "13"}]}
    assert records_done(response, NUMBERS) == 1


# ---- Deciding what follows


def test_success_leaves_nothing_to_do() -> None:
    plan = plan_after(Attempt(numbered(4)), 4, MappingSettings())
    assert (plan.attempts, plan.discarded, plan.back_off) == ((), (), False)


def test_a_reported_record_is_retried_with_everything_after_it() -> None:
    plan = plan_after(Attempt(numbered(4)), 1, MappingSettings(retry_attempts=3))
    assert plan.attempts == (Attempt(numbered(4)[1:], retries=1),)
    assert plan.back_off


def test_a_failed_batch_is_retried_whole() -> None:
    plan = plan_after(Attempt(numbered(4)), None, MappingSettings(retry_attempts=3))
    assert plan.attempts == (Attempt(numbered(4), retries=1),)


def test_bisecting_splits_a_failed_batch_without_using_a_retry() -> None:
    settings = MappingSettings(retry_attempts=0, bisects=True)
    plan = plan_after(Attempt(numbered(5)), None, settings)
    assert plan.attempts == (Attempt(numbered(5)[:2]), Attempt(numbered(5)[2:]))
    assert plan_after(Attempt(numbered(1)), None, settings).discarded == numbered(1)


def test_bisecting_at_a_reported_record_uses_no_retry() -> None:
    plan = plan_after(Attempt(numbered(4)), 3, MappingSettings(retry_attempts=0, bisects=True))
    assert plan.attempts == (Attempt(numbered(4)[3:], retries=0),)


def test_retries_run_out_after_the_configured_number() -> None:
    settings = MappingSettings(retry_attempts=2)
    attempt, invocations = Attempt(numbered(2)), 0
    while True:
        invocations += 1
        plan = plan_after(attempt, None, settings)
        if plan.discarded:
            break
        (attempt,) = plan.attempts
    assert invocations == 3
    assert plan.discarded == numbered(2)


def test_minus_one_retries_for_ever() -> None:
    assert not plan_after(Attempt(numbered(1), retries=1_000_000), None, MappingSettings()).discarded


def run_to_the_end(
    records: tuple[Record, ...], function: Callable[[tuple[Record, ...]], int | None], settings: MappingSettings
) -> tuple[list[Record], list[Record]]:
    """What was done and what was discarded, in order, when a mapping with finite retries runs a batch to its end."""
    done_records: list[Record] = []
    discarded: list[Record] = []
    attempts = [Attempt(records)]
    while attempts:
        attempt = attempts.pop(0)
        done = function(attempt.records)
        done_records += attempt.records[: done or 0]
        plan = plan_after(attempt, done, settings)
        discarded += plan.discarded
        attempts = [*plan.attempts, *attempts]
    return done_records, discarded


@given(
    count=st.integers(1, 40),
    poisoned=st.sets(st.integers(1, 40)),
    retries=st.integers(0, 3),
    bisects=st.booleans(),
    reports=st.booleans(),
)
def test_every_record_is_done_or_discarded_exactly_once(
    count: int, poisoned: set[int], retries: int, bisects: bool, reports: bool
) -> None:
    bad = {f"{number:030d}" for number in poisoned}

    def function(records: tuple[Record, ...]) -> int | None:
        first_bad = next((i for i, record in enumerate(records) if sequence_number(record) in bad), len(records))
        if first_bad == len(records) or reports:
            return first_bad
        return None

    records = numbered(count)
    settings = MappingSettings(retry_attempts=retries, bisects=bisects, reports_item_failures=reports)
    done, discarded = run_to_the_end(records, function, settings)
    assert sorted(map(sequence_number, [*done, *discarded])) == [sequence_number(record) for record in records]
    assert not bad & set(map(sequence_number, done))
    if bisects and not reports:
        assert {sequence_number(record) for record in discarded} == bad & {sequence_number(r) for r in records}


def test_only_records_over_the_age_limit_expire() -> None:
    records = tuple(invocation_event_record(number, arrived=1_000.0 + number) for number in range(5))
    assert expired_records(records, 1_062.5, MappingSettings(record_age_seconds=60)) == 3
    assert expired_records(records, 9_999.0, MappingSettings(record_age_seconds=60)) == 5
    assert expired_records(records, 9_999.0, MappingSettings()) == 0


@given(retry=st.integers(1, 10_000), chance=st.floats(0, 1, exclude_max=True))
def test_delays_grow_to_a_cap_with_jitter(retry: int, chance: float) -> None:
    assert 0.5 <= delay_seconds(retry, chance) <= LONGEST_DELAY_SECONDS
    assert delay_seconds(retry, chance) <= delay_seconds(retry + 1, chance)


def test_settings_are_read_from_text_as_cloudformation_may_hold_them() -> None:
    settings = MappingSettings.of(
        {
            "BatchSize": "10000",
            "MaximumBatchingWindowInSeconds": "60",
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "BisectBatchOnFunctionError": "true",
            "MaximumRetryAttempts": "0",
            "MaximumRecordAgeInSeconds": 3600,
            "DestinationConfig": {"OnFailure": {"Destination": "arn:aws:s3:::failed"}},
        }
    )
    assert settings == MappingSettings(10_000, 60.0, True, True, 0, 3600, "arn:aws:s3:::failed")
    assert MappingSettings.of({}) == MappingSettings()


# ---- Giving up


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
