# SPDX-License-Identifier: Apache-2.0
"""What CloudFormation refuses by the schema of a resource's type, in AWS's words."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import regex

from localcloud.clock import Clock
from localcloud.cloudformation import properties, service
from localcloud.cloudformation.schemas import schema_of
from localcloud.ministack import cloudformation, kinesis
from tests.unit.localcloud.stacks import stack

ALARM = {"ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1}


@pytest.fixture(autouse=True)
def cloud() -> Iterator[None]:
    service.install(Clock())
    yield
    for one in (cloudformation, kinesis):
        one.reset()


@pytest.mark.parametrize(
    ("kind", "given", "reason"),
    [
        (
            "AWS::CloudWatch::Alarm",
            {"AlarmName": "a" * 256, **ALARM},
            "#/AlarmName: expected maxLength: 255, actual: 256",
        ),
        ("AWS::Glue::Crawler", {"Name": "a", "Targets": {}}, "#: required key [Role] not found"),
        ("AWS::Events::Rule", {"Name": "no spaces"}, "#/Name: failed validation constraint for keyword [pattern]"),
        ("AWS::Events::Rule", {"Nome": "x"}, "#: extraneous key [Nome] is not permitted"),
        ("AWS::Kinesis::Stream", {"ShardCount": 0}, "#/ShardCount: failed validation constraint for keyword [minimum]"),
        ("AWS::Kinesis::Stream", {"ShardCount": "many"}, "#/ShardCount: expected type: Integer"),
        ("AWS::Kinesis::Stream", {"Tags": "x"}, "#/Tags: expected type: JSONArray"),
        (
            "AWS::Logs::LogGroup",
            {"RetentionInDays": "2"},
            "#/RetentionInDays: failed validation constraint for keyword [enum]",
        ),
        (
            "AWS::Kinesis::Stream",
            {"StreamModeDetails": {"StreamMode": "SOMETIMES"}},
            "#/StreamModeDetails/StreamMode: failed validation constraint for keyword [enum]",
        ),
        (
            "AWS::Lambda::EventSourceMapping",
            {"FunctionName": "f", "MaximumBatchingWindowInSeconds": "301"},
            "#/MaximumBatchingWindowInSeconds: failed validation constraint for keyword [maximum]",
        ),
    ],
)
def test_properties_are_checked(kind: str, given: Mapping[str, Any], reason: str) -> None:
    with pytest.raises(
        ValueError, match=r"^Properties validation failed for resource Thing with message:\n#"
    ) as refused:
        properties.check(kind, "Thing", given)
    assert reason in str(refused.value).splitlines()[1:]


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("AWS::Kinesis::Stream", {"ShardCount": "2", "RetentionPeriodHours": 24}),
        ("AWS::Logs::LogGroup", {"RetentionInDays": "30"}),
        (
            "AWS::Lambda::EventSourceMapping",
            {"FunctionName": "f", "BisectBatchOnFunctionError": "true", "BatchSize": "5"},
        ),
        ("AWS::CloudFormation::CustomResource", {"ServiceToken": "x", "Anything": {"goes": 1}}),
        ("Custom::Thing", {"ServiceToken": "x", "Anything": {"goes": 1}}),
    ],
)
def test_numbers_and_booleans_may_be_text_and_custom_resources_have_any_property(
    kind: str, given: Mapping[str, Any]
) -> None:
    properties.check(kind, "Thing", given)


def test_every_pattern_of_the_templates_types_can_be_matched(transformed: Mapping[str, Any]) -> None:
    def patterns(part: object) -> Iterator[str]:
        if isinstance(part, dict):
            if isinstance(part.get("pattern"), str):
                yield part["pattern"]
            for value in part.values():
                yield from patterns(value)
        elif isinstance(part, list):
            for value in part:
                yield from patterns(value)

    kinds = {resource["Type"] for resource in transformed["Resources"].values()}
    found = [pattern for kind in kinds for pattern in patterns(schema_of(kind))]
    assert len(found) > 20
    for pattern in found:
        regex.compile(pattern)


def test_stack_fails_and_rolls_back() -> None:
    good = {"Stream": {"Type": "AWS::Kinesis::Stream", "Properties": {"Name": "s", "ShardCount": 1}}}
    bad = {"Stream": {"Type": "AWS::Kinesis::Stream", "Properties": {"Name": "s", "ShardCount": 1, "Size": 1}}}
    assert stack("CreateStack", bad).status == "ROLLBACK_COMPLETE"
    stack("DeleteStack")
    assert stack("CreateStack", good).status == "CREATE_COMPLETE"
    refused = stack("UpdateStack", bad)
    assert refused.status == "UPDATE_ROLLBACK_COMPLETE"
    assert refused.reason("Stream").startswith("Properties validation failed for resource Stream with message:")
    assert stack("UpdateStack", {**good, "Other": bad["Stream"]}).status == "UPDATE_ROLLBACK_COMPLETE"
