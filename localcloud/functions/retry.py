# SPDX-License-Identifier: Apache-2.0
"""What a Kinesis event source mapping does with a batch after its invocation: pure functions.

Sources: AWS Lambda developer guide, "Configuring partial batch response with Kinesis Data Streams and Lambda"
(services-kinesis-batchfailurereporting) and "Retain discarded batch records for a Kinesis Data Streams event source"
(kinesis-on-failure-destination). Where AWS documents nothing, the harsher reading is taken, so that what survives here
survives there: a retry from a reported checkpoint counts against MaximumRetryAttempts although the batch made progress.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from localcloud.functions.batch import Record, arrival

FIRST_DELAY_SECONDS = 1.0
LONGEST_DELAY_SECONDS = 60.0
"""AWS backs off between retries but publishes no numbers; these are ours, in cloud seconds."""


@dataclass(frozen=True)
class MappingSettings:
    """An event source mapping's settings. -1 means no limit for `retry_attempts` and `record_age_seconds`."""

    batch_size: int = 100
    window_seconds: float = 0.0
    reports_item_failures: bool = False
    bisects: bool = False
    retry_attempts: int = -1
    record_age_seconds: int = -1
    destination: str = ""

    @classmethod
    def of(cls, mapping: Mapping[str, Any]) -> Self:
        """Read the API's or CloudFormation's names; CloudFormation may hold numbers and booleans as text."""
        on_failure = (mapping.get("DestinationConfig") or {}).get("OnFailure") or {}
        return cls(
            batch_size=int(mapping.get("BatchSize", cls.batch_size)),
            window_seconds=float(mapping.get("MaximumBatchingWindowInSeconds", cls.window_seconds)),
            reports_item_failures="ReportBatchItemFailures" in (mapping.get("FunctionResponseTypes") or ()),
            bisects=is_true(mapping.get("BisectBatchOnFunctionError", cls.bisects)),
            retry_attempts=int(mapping.get("MaximumRetryAttempts", cls.retry_attempts)),
            record_age_seconds=int(mapping.get("MaximumRecordAgeInSeconds", cls.record_age_seconds)),
            destination=str(on_failure.get("Destination") or ""),
        )


@dataclass(frozen=True)
class Attempt:
    """Records to invoke the function with, and how many retries they have used."""

    records: tuple[Record, ...]
    retries: int = 0


@dataclass(frozen=True)
class Plan:
    """What follows an invocation: attempts in order, records given up for good, and whether to wait before going on."""

    attempts: tuple[Attempt, ...] = ()
    discarded: tuple[Record, ...] = ()
    back_off: bool = False


@dataclass(frozen=True)
class Discard:
    """Records given up. `condition` is `RetryAttemptsExhausted` or `RecordAgeExceeded`."""

    records: tuple[Record, ...]
    condition: str
    invocations: int
    function_failed: bool


def is_true(value: object) -> bool:
    return str(value).lower() == "true"


def records_done(response: object, sequence_numbers: Sequence[str]) -> int | None:
    """How many records, from the front, a ReportBatchItemFailures response leaves done; None: the whole batch failed.

    A null or empty response or list means all are done. Otherwise the earliest reported record is the checkpoint. One
    identifier that is missing, empty, of a wrong key or not of this batch makes the response a complete failure.
    """
    if response is None or response in ("", {}):
        return len(sequence_numbers)
    if not isinstance(response, Mapping):
        return None
    failures = response.get("batchItemFailures")
    if failures is None or failures == []:
        return len(sequence_numbers)
    if not isinstance(failures, list):
        return None
    positions = {number: index for index, number in enumerate(sequence_numbers)}
    earliest = len(sequence_numbers)
    for failure in failures:
        identifier = failure.get("itemIdentifier") if isinstance(failure, Mapping) else None
        if not isinstance(identifier, str) or identifier not in positions:
            return None
        earliest = min(earliest, positions[identifier])
    return earliest


def plan_after(attempt: Attempt, done: int | None, settings: MappingSettings) -> Plan:
    """What to do after an attempt of which `done` records succeeded (None: the invocation or its response failed).

    Splitting a batch, at its middle after a failure or at the reported record after partial success, uses up no retry.
    """
    if done is None and settings.bisects and len(attempt.records) > 1:
        middle = len(attempt.records) // 2
        halves = attempt.records[:middle], attempt.records[middle:]
        return Plan(attempts=tuple(Attempt(half, attempt.retries) for half in halves))
    remaining = attempt.records[done or 0 :]
    if not remaining:
        return Plan()
    if done and settings.bisects:
        return Plan(attempts=(Attempt(remaining, attempt.retries),), back_off=True)
    if 0 <= settings.retry_attempts <= attempt.retries:
        return Plan(discarded=remaining)
    return Plan(attempts=(Attempt(remaining, attempt.retries + 1),), back_off=True)


def expired_records(records: Sequence[Record], now: float, settings: MappingSettings) -> int:
    """How many records, from the front, are over the mapping's maximum age at `now` (epoch seconds)."""
    if settings.record_age_seconds < 0:
        return 0
    for index, record in enumerate(records):
        if now - arrival(record) <= settings.record_age_seconds:
            return index
    return len(records)


def delay_seconds(retry: int, chance: float) -> float:
    """Cloud seconds to wait before the nth retry (from 1): doubling, capped, and jittered by `chance` in [0, 1)."""
    doublings = min(max(retry, 1) - 1, 16)
    return float(min(FIRST_DELAY_SECONDS * 2**doublings, LONGEST_DELAY_SECONDS) * (0.5 + chance / 2))
