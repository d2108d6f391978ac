# SPDX-License-Identifier: Apache-2.0
"""What a Kinesis event source mapping does with a batch after its invocation: retries, splits and gives up."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localcloud.functions.batch import Record, sequence_number
from localcloud.functions.retry import (
    LONGEST_DELAY_SECONDS,
    Attempt,
    MappingSettings,
    delay_seconds,
    expired_records,
    plan_after,
    records_done,
)
from tests.unit.localcloud.functions.shard_records import invocation_event_record, numbered

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
