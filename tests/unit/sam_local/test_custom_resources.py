# SPDX-License-Identifier: Apache-2.0
"""The responses that CloudFormation would get."""

from typing import Any

import pytest

from tests.sam_local.custom_resources import addressed, problem_with

REQUEST = {"StackId": "stack", "RequestId": "1", "LogicalResourceId": "Thing", "RequestType": "Create"}
RESPONSE = {"Status": "SUCCESS", "StackId": "stack", "RequestId": "1", "LogicalResourceId": "Thing"}


def test_the_response_to_a_request_comes_here() -> None:
    changed = addressed(REQUEST | {"ResponseURL": "https://cloudformation.invalid/"}, "172.17.0.1:1234", None)
    assert changed == REQUEST | {"ResponseURL": "http://172.17.0.1:1234/response"}


def test_a_request_names_the_resource_that_was_made() -> None:
    later = REQUEST | {"RequestType": "Update", "PhysicalResourceId": "sample"}
    assert addressed(later, "host:1", "made")["PhysicalResourceId"] == "made"
    assert addressed(later, "host:1", None)["PhysicalResourceId"] == "sample"
    assert "PhysicalResourceId" not in addressed(REQUEST, "host:1", "made")


def test_one_success_is_right() -> None:
    assert problem_with(REQUEST, [RESPONSE]) is None


@pytest.mark.parametrize(
    ("responses", "problem"),
    [
        ([], "CloudFormation got 0 responses instead of one"),
        ([RESPONSE, RESPONSE], "CloudFormation got 2 responses instead of one"),
        ([RESPONSE | {"Status": "FAILED", "Reason": "no bucket"}], "CloudFormation got the response FAILED: no bucket"),
        ([RESPONSE | {"RequestId": "2"}], "the response's RequestId is '2', the request's '1'"),
    ],
)
def test_anything_else_is_told(responses: list[dict[str, Any]], problem: str) -> None:
    assert problem_with(REQUEST, responses) == problem
