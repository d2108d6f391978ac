# SPDX-License-Identifier: Apache-2.0
"""The answers that CloudFormation would get."""

import http.client
import json
from typing import Any

import pytest

from tests.sam_local.custom_resources import answer_address, answerable, problem_with
from tests.waiting import PATIENCE_SECONDS

REQUEST = {"StackId": "stack", "RequestId": "1", "LogicalResourceId": "Thing", "RequestType": "Create"}
ANSWER = {"Status": "SUCCESS", "StackId": "stack", "RequestId": "1", "LogicalResourceId": "Thing"}


def test_an_answer_that_is_put_is_taken_once() -> None:
    with answer_address() as answers:
        connection = http.client.HTTPConnection("127.0.0.1", answers.server_port, timeout=PATIENCE_SECONDS)
        connection.request("PUT", "/answer", json.dumps(ANSWER))
        assert connection.getresponse().status == 200
        connection.close()
        assert answers.take() == [ANSWER]
        assert answers.take() == []


def test_a_request_is_answered_here() -> None:
    changed = answerable(REQUEST | {"ResponseURL": "https://cloudformation.invalid/"}, "172.17.0.1:1234", None)
    assert changed == REQUEST | {"ResponseURL": "http://172.17.0.1:1234/answer"}


def test_a_request_names_the_resource_that_was_made() -> None:
    later = REQUEST | {"RequestType": "Update", "PhysicalResourceId": "sample"}
    assert answerable(later, "host:1", "made")["PhysicalResourceId"] == "made"
    assert answerable(later, "host:1", None)["PhysicalResourceId"] == "sample"
    assert "PhysicalResourceId" not in answerable(REQUEST, "host:1", "made")


def test_one_success_is_right() -> None:
    assert problem_with(REQUEST, [ANSWER]) is None


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ([], "0 answers to CloudFormation instead of one"),
        ([ANSWER, ANSWER], "2 answers to CloudFormation instead of one"),
        ([ANSWER | {"Status": "FAILED", "Reason": "no bucket"}], "CloudFormation was told FAILED: no bucket"),
        ([ANSWER | {"RequestId": "2"}], "the answer's RequestId is '2', the request's '1'"),
    ],
)
def test_anything_else_is_told(answers: list[dict[str, Any]], problem: str) -> None:
    assert problem_with(REQUEST, answers) == problem
