# SPDX-License-Identifier: Apache-2.0
"""What Lambda refuses: a second mapping of a function and a stream, and what is over a limit."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from localcloud.clock import Clock
from localcloud.cloudformation import service as local_cloudformation
from localcloud.functions import limits
from localcloud.ministack import cloudformation, functions, kinesis
from localcloud.refusal import RefusedError
from tests.unit.localcloud.stacks import stack

ROLE = "arn:aws:iam::000000000000:role/r"
STREAM_ARN = "arn:aws:kinesis:us-east-1:000000000000:stream/raw"


@pytest.fixture(autouse=True)
def cloud() -> Iterator[None]:
    limits.install(Clock())
    local_cloudformation.install(Clock())
    yield
    for one in (cloudformation, functions, kinesis):
        one.reset()


def resources(position: str = "TRIM_HORIZON", function: Mapping[str, Any] | None = None, **mapping: Any) -> Any:
    code = {"ZipFile": "def handler(event, context): pass"}
    given = {"FunctionName": "f", "Role": ROLE, "Code": code, "Handler": "index.handler", "Runtime": "python3.13"}
    source = {"EventSourceArn": {"Fn::GetAtt": ["Stream", "Arn"]}, "FunctionName": {"Ref": "Function"}}
    return {
        "Stream": {"Type": "AWS::Kinesis::Stream", "Properties": {"Name": "raw", "ShardCount": 1}},
        "Function": {"Type": "AWS::Lambda::Function", "Properties": {**given, **(function or {})}},
        "Mapping": {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {**source, "StartingPosition": position, "Enabled": False, **mapping},
        },
    }


def test_another_starting_position_replaces_the_mapping_which_is_refused() -> None:
    """CloudFormation makes the new mapping before it deletes the old one."""
    before = stack("CreateStack", resources()).resources["Mapping"]
    refused = stack("UpdateStack", resources("LATEST"))
    assert refused.status == "UPDATE_ROLLBACK_COMPLETE"
    assert refused.reason("Mapping") == (
        f'The event source arn (" {STREAM_ARN} ") and function (" f ") provided mapping already exists. Please update '
        f"or delete the existing mapping with UUID {before} (Service: Lambda; Status Code: 409; Error Code: "
        "ResourceConflictException)"
    )
    assert [(one["UUID"], one["StartingPosition"]) for one in functions.mappings.values()] == [(before, "TRIM_HORIZON")]


def test_other_settings_of_a_mapping_are_updated_in_place() -> None:
    before = stack("CreateStack", resources()).resources["Mapping"]
    outcome = stack("UpdateStack", resources(BatchSize=7))
    assert (outcome.status, outcome.resources["Mapping"]) == ("UPDATE_COMPLETE", before)
    assert functions.mappings[before]["BatchSize"] == 7


def test_the_api_refuses_a_second_mapping_and_settings_over_the_limits() -> None:
    stack("CreateStack", resources())

    def create(**changed: Any) -> tuple[int, Any]:
        request = {"EventSourceArn": STREAM_ARN, "FunctionName": "f", "StartingPosition": "LATEST", **changed}
        body = json.dumps(request).encode()
        path = "/2015-03-31/event-source-mappings"
        status, _, response = asyncio.run(functions.handle_request("POST", path, {}, body, {}))
        return status, json.loads(response)

    status, error = create()
    assert (status, error["__type"]) == (409, "ResourceConflictException")
    assert error["message"].endswith(f"with UUID {next(iter(functions.mappings))}")
    for over in ({"BatchSize": 10_001}, {"MaximumBatchingWindowInSeconds": 301}):
        status, error = create(EventSourceArn=STREAM_ARN + "2", **over)
        assert (status, error["__type"]) == (400, "ValidationException")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"Timeout": 901}, "ValidationException"),
        ({"Environment": {"Variables": {"A": "x" * 4096}}}, "InvalidParameterValueException"),
    ],
)
def test_functions_stay_within_their_limits(given: Mapping[str, Any], code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        limits.check_function(given)
    assert refused.value.code == code
    assert stack("CreateStack", resources(function=given)).status == "ROLLBACK_COMPLETE"
    limits.check_function({"Timeout": 900, "Environment": {"Variables": {"A": "x" * 4000}}})
