# SPDX-License-Identifier: Apache-2.0
"""Delivery streams that Firehose refuses: buffers, prefixes and, through CloudFormation, names."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from localcloud.clock import Clock
from localcloud.cloudformation import service as local_cloudformation
from localcloud.firehose import destination_check
from localcloud.ministack import cloudformation, firehose
from tests import ministack_calls
from tests.unit.localcloud.stacks import stack

ROLE = "arn:aws:iam::000000000000:role/r"
GOOD = {"Prefix": "events/dt=!{timestamp:yyyy-MM-dd}/", "ErrorOutputPrefix": "errors/!{firehose:error-output-type}/"}


@pytest.fixture(autouse=True)
def cloud() -> Iterator[None]:
    destination_check.install()
    local_cloudformation.install(Clock())
    yield
    for one in (cloudformation, firehose):
        one.reset()


def destination(**changed: Any) -> Mapping[str, Any]:
    return {"RoleARN": ROLE, "BucketARN": "arn:aws:s3:::lake", **GOOD, **changed}


@pytest.mark.parametrize(
    ("changed", "code", "words"),
    [
        ({"BufferingHints": {"IntervalInSeconds": 901}}, "ValidationException", "less than or equal to 900"),
        ({"BufferingHints": {"SizeInMBs": 0}}, "ValidationException", "greater than or equal to 1"),
        ({"BufferingHints": {"SizeInMBs": 129}}, "ValidationException", "less than or equal to 128"),
        ({"Prefix": "p" * 1025}, "ValidationException", "1024"),
        ({"ErrorOutputPrefix": ""}, "InvalidArgumentException", "ErrorOutputPrefix cannot be null or empty"),
        ({"ErrorOutputPrefix": "e/!{timestamp:yyyy}/"}, "InvalidArgumentException", "must contain !{firehose:error"),
        ({"Prefix": "!{firehose:error-output-type}/"}, "InvalidArgumentException", "Prefix cannot contain"),
        ({"Prefix": "!{time:yyyy}/"}, "InvalidArgumentException", "an expression that is not valid"),
        ({"Prefix": "!{timestamp:yyyy"}, "InvalidArgumentException", "an expression that is not valid"),
    ],
)
def test_destinations_are_checked(changed: Mapping[str, Any], code: str, words: str) -> None:
    request = {"DeliveryStreamName": "d", "ExtendedS3DestinationConfiguration": destination(**changed)}
    status, error = ministack_calls.response(firehose, "CreateDeliveryStream", request)
    assert (status, error["__type"]) == (400, code)
    assert words in error["message"]
    assert not firehose.streams


def test_a_name_is_at_most_64_characters_long() -> None:
    properties = {"DeliveryStreamName": "n" * 65, "ExtendedS3DestinationConfiguration": destination()}
    resources = {"Delivery": {"Type": "AWS::KinesisFirehose::DeliveryStream", "Properties": properties}}
    refused = stack("CreateStack", resources)
    assert refused.status == "ROLLBACK_COMPLETE"
    assert "#/DeliveryStreamName: expected maxLength: 64, actual: 65" in refused.reason("Delivery")


def test_a_stack_s_update_is_checked_too() -> None:
    def resources(**changed: Any) -> Mapping[str, Any]:
        properties = {"ExtendedS3DestinationConfiguration": destination(**changed)}
        return {"Delivery": {"Type": "AWS::KinesisFirehose::DeliveryStream", "Properties": properties}}

    stack("CreateStack", resources(BufferingHints={"IntervalInSeconds": 0, "SizeInMBs": 128}))
    refused = stack("UpdateStack", resources(ErrorOutputPrefix=""))
    assert refused.status == "UPDATE_ROLLBACK_COMPLETE"
    assert refused.reason("Delivery").endswith(
        "(Service: Firehose; Status Code: 400; Error Code: InvalidArgumentException)"
    )
    name = refused.resources["Delivery"]
    assert GOOD["ErrorOutputPrefix"] in str(firehose.streams[name])
