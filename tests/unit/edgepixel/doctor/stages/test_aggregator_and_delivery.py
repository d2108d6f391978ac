# SPDX-License-Identifier: Apache-2.0
"""Why hits do not come out of the aggregator or the delivery, from what AWS says and from their logs."""

import json
from dataclasses import replace
from typing import Any

import pytest

from edgepixel.doctor.facts.said import Refused, Said
from edgepixel.doctor.findings import Paragraph, Problem, Stage
from edgepixel.doctor.parts.functions import FunctionFacts
from edgepixel.doctor.parts.roles import RoleFacts
from edgepixel.doctor.stages import aggregator, delivery, lake
from edgepixel.doctor.stages.aggregator import AggregatorFacts, AggregatorSigns
from edgepixel.doctor.stages.delivery import DeliveryFacts, DeliverySigns
from edgepixel.doctor.stages.lake import LakeFacts

RAW, AGGREGATED = "arn:aws:kinesis:eu-west-1:1:stream/raw", "arn:aws:kinesis:eu-west-1:1:stream/aggregated"
BUCKET = "arn:aws:s3:::lake"
NOT_THERE = Refused("Describe", "ResourceNotFoundException", "")
ROLE = RoleFacts("role", {"Role": {}}, {})
AGGREGATOR = AggregatorFacts(
    "mapping-1",
    {"State": "Enabled", "EventSourceArn": RAW, "LastProcessingResult": "OK"},
    RAW,
    "aggregated",
    FunctionFacts(Stage.AGGREGATOR, "aggregator", {"State": "Active"}, {}, {}),
    ROLE,
)
ERROR = "[ERROR] MemoryError"


def described(status: str = "ACTIVE", source: str = AGGREGATED, bucket: str = BUCKET, **more: Any) -> Said:
    return {
        "DeliveryStreamDescription": {
            "DeliveryStreamStatus": status,
            "Source": {"KinesisStreamSourceDescription": {"KinesisStreamARN": source}},
            "Destinations": [{"ExtendedS3DestinationDescription": {"BucketARN": bucket}}],
            **more,
        }
    }


DELIVERY = DeliveryFacts("delivery", described(), AGGREGATED, BUCKET, ROLE)


def unsent(errors: dict[str, int], quarantine_error: str | None = None) -> str:
    entry = {"message": aggregator.BATCH_MESSAGE, "first_unsent": "495", "put_errors": errors}
    return json.dumps(entry | {"quarantine_error": quarantine_error})


def of(problem: Problem | None) -> Problem:
    assert problem is not None
    return problem


def test_an_aggregator_that_runs_has_no_problem() -> None:
    assert list(aggregator.problems(AGGREGATOR)) == []
    assert aggregator.failure(AggregatorSigns()) is None
    denied = replace(AGGREGATOR, mapping=Refused("Get", "AccessDeniedException", ""))
    assert list(aggregator.problems(denied)) == []


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        (NOT_THERE, "mapping-1 does not exist"),
        ({"State": "Disabled", "StateTransitionReason": "User action"}, "is disabled: nothing reads the raw stream. "
         "Lambda's reason: User action."),
        ({"State": "Enabled", "EventSourceArn": AGGREGATED}, "not the raw stream"),
    ],
)  # fmt: skip
def test_an_event_source_that_does_not_read_is_told(mapping: Said, words: str) -> None:
    (problem,) = aggregator.problems(replace(AGGREGATOR, mapping=mapping))
    assert problem.stage is Stage.AGGREGATOR
    assert words in problem.what


def test_an_aggregator_that_writes_elsewhere_is_told() -> None:
    environment = {"Environment": {"Variables": {"AGGREGATED_STREAM_NAME": "other"}}}
    elsewhere = replace(AGGREGATOR, function=replace(AGGREGATOR.function, configuration=environment))
    (problem,) = aggregator.problems(elsewhere)
    assert "writes to the stream other, not to aggregated" in problem.what


def test_a_rejected_hit_is_told_with_its_reason_at_once() -> None:
    problem = of(aggregator.failure(AggregatorSigns(quarantined=["timestamp", "field_count", "timestamp"])))
    assert problem.what.endswith("with the reason field_count (1), timestamp (2).")
    assert problem.paragraph is Paragraph.QUARANTINE


def test_a_batch_that_was_given_up_is_told_with_its_key() -> None:
    problem = of(aggregator.failure(AggregatorSigns(failed_batch="aws/lambda/mapping-1/x")))
    assert "aws/lambda/mapping-1/x" in problem.what
    assert problem.paragraph is Paragraph.FAILED_BATCHES


def test_one_error_is_an_accident_and_three_are_none() -> None:
    assert aggregator.failure(AggregatorSigns([ERROR] * 2)) is None
    assert "MemoryError (3 times" in of(aggregator.failure(AggregatorSigns([ERROR] * 3))).what
    assert "MemoryError (1 times" in aggregator.overdue(AGGREGATOR, AggregatorSigns([ERROR]), 60).what


@pytest.mark.parametrize(
    ("entry", "stage", "words"),
    [
        (unsent({"ResourceNotFoundException": 2}), Stage.AGGREGATED_STREAM, "ResourceNotFoundException (6)"),
        (unsent({"ProvisionedThroughputExceededException": 1}), Stage.AGGREGATED_STREAM, "Exceeded"),
        (unsent({"AccessDeniedException": 1}), Stage.AGGREGATOR, "AccessDeniedException (3)"),
        (unsent({}, "AccessDenied"), Stage.AGGREGATOR, "cannot write to quarantine: AccessDenied"),
    ],
)
def test_aggregates_that_nobody_takes_are_told_with_the_error_code(entry: str, stage: Stage, words: str) -> None:
    assert aggregator.failure(AggregatorSigns([entry] * 2)) is None
    problem = of(aggregator.failure(AggregatorSigns([entry] * 3)))
    assert problem.stage is stage
    assert words in problem.what


def test_sent_batches_are_no_failure() -> None:
    sent = json.dumps({"message": aggregator.BATCH_MESSAGE, "first_unsent": None, "put_errors": {}})
    assert aggregator.failure(AggregatorSigns([sent] * 10), least_failures=1) is None


def test_a_late_aggregator_is_told_with_what_lambda_says_of_it() -> None:
    assert "says is: OK." in aggregator.overdue(AGGREGATOR, AggregatorSigns(), 60).what
    throttled = replace(AGGREGATOR, function=replace(AGGREGATOR.function, throttles=3.0))
    assert "concurrency limit" in aggregator.overdue(throttled, AggregatorSigns(), 60).what


def test_a_delivery_that_is_right_has_no_problem() -> None:
    assert list(delivery.problems(DELIVERY)) == []
    assert list(delivery.problems(replace(DELIVERY, description=Refused("D", "AccessDeniedException", "")))) == []


@pytest.mark.parametrize(
    ("description", "words"),
    [
        (NOT_THERE, "does not exist"),
        (described("DELETING"), "does not exist"),
        (
            described("CREATING_FAILED", FailureDescription={"Type": "KMS_ACCESS_DENIED", "Details": "no key"}),
            "is in state CREATING_FAILED. KMS_ACCESS_DENIED: no key.",
        ),
        (described(source=RAW), f"reads {RAW}, not {AGGREGATED}"),
        (described(bucket=f"{BUCKET}2"), f"writes to {BUCKET}2, not to the lake"),
    ],
)
def test_what_is_wrong_with_the_delivery_is_told(description: Said, words: str) -> None:
    (problem,) = delivery.problems(replace(DELIVERY, description=description))
    assert problem.stage is Stage.DELIVERY
    assert words in problem.what


def firehose_error(code: str) -> str:
    return json.dumps({"deliveryStreamARN": "arn", "errorCode": code, "message": "Access was denied."})


@pytest.mark.parametrize(
    ("code", "stage"),
    [("S3.AccessDenied", Stage.DELIVERY), ("S3.NoSuchBucket", Stage.LAKE), ("Kinesis.AccessDenied", Stage.DELIVERY)],
)
def test_what_firehose_logs_is_told_at_once_if_it_lasts(code: str, stage: Stage) -> None:
    problem = of(delivery.failure(DeliverySigns(["not JSON", "{}", firehose_error(code)])))
    assert problem.stage is stage
    assert f"{code}: Access was denied." in problem.what


def test_an_error_that_may_pass_is_told_when_time_is_over() -> None:
    signs = DeliverySigns([firehose_error("S3.InternalError")])
    assert delivery.failure(signs) is None
    assert "S3.InternalError" in delivery.overdue(DELIVERY, signs, 60).what
    assert "delivery-errors/x" in delivery.overdue(DELIVERY, DeliverySigns(error_object="delivery-errors/x"), 60).what
    assert "logged no error" in delivery.overdue(DELIVERY, DeliverySigns(), 60).what


def policy(*statements: dict[str, Any]) -> Said:
    return {"Policy": json.dumps({"Statement": list(statements)})}


DENY = {"Sid": "No", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}


@pytest.mark.parametrize(
    "facts",
    [
        LakeFacts("lake", {}, {}),
        LakeFacts("lake", {}, Refused("GetBucketPolicy", "NoSuchBucketPolicy", "")),
        LakeFacts("lake", {}, policy(DENY | {"Condition": {"Bool": {"aws:SecureTransport": "false"}}})),
        LakeFacts("lake", {}, policy(DENY | {"Effect": "Allow"}, DENY | {"Action": ["s3:GetObject", "s3:Delete*"]})),
        LakeFacts("lake", {}, policy(DENY | {"Principal": {"AWS": "arn:aws:iam::1:user/other"}})),
    ],
)
def test_a_lake_that_takes_objects_has_no_problem(facts: LakeFacts) -> None:
    assert list(lake.problems(facts)) == []


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (LakeFacts("lake", Refused("List", "NoSuchBucket", ""), {}), "lake does not exist"),
        (LakeFacts("lake", {}, policy(DENY)), "(No)"),
        (
            LakeFacts("lake", {}, policy({"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": ["s3:put*"]})),
            "(no Sid)",
        ),
    ],
)
def test_a_lake_that_takes_nothing_is_told(facts: LakeFacts, words: str) -> None:
    (problem,) = lake.problems(facts)
    assert problem.stage is Stage.LAKE
    assert words in problem.what
