# SPDX-License-Identifier: Apache-2.0
"""Functions' log groups: made again by those who may, left deleted by everybody else."""

from collections.abc import Iterator
from typing import Any

import pytest

from localcloud.functions.logs import emit_logs
from localcloud.ministack import cloudwatch, iam
from tests.roles import stored_role, trust

GROUP = "/aws/lambda/aggregator"
WRITING = ["logs:CreateLogStream", "logs:PutLogEvents"]
BASIC_EXECUTION = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"


@pytest.fixture(autouse=True)
def cloud() -> Iterator[None]:
    for reset in (cloudwatch.reset_logs, iam.reset):
        reset()
    yield
    for reset in (cloudwatch.reset_logs, iam.reset):
        reset()


def _role(*actions: str | list[str], effect: str = "Allow", attached: tuple[str, ...] = ()) -> None:
    statements = [{"Effect": effect, "Action": action, "Resource": "*"} for action in actions]
    iam.roles["writer"] = stored_role(trust("lambda.amazonaws.com"), statements, attached)


def _log(role: str = "writer", **config: Any) -> list[str]:
    function = {"config": {"FunctionName": "aggregator", "Role": f"arn:aws:iam::000000000000:role/{role}", **config}}
    emit_logs(function, "request-1", "packed 500 lines", False, 12, log_source=None)
    return [
        event["message"]
        for group in cloudwatch.log_groups.values()
        for stream in group["streams"].values()
        for event in stream["events"]
    ]


@pytest.mark.parametrize("action", ["logs:PutLogEvents", WRITING])
def test_a_deleted_log_group_stays_deleted_if_the_role_may_only_write(action: str | list[str]) -> None:
    _role(action)
    assert _log() == []
    assert not cloudwatch.log_groups


def test_a_role_that_was_deleted_with_its_stack_makes_no_log_group() -> None:
    assert _log(role="gone") == []
    assert not cloudwatch.log_groups


def test_a_denied_action_is_not_allowed() -> None:
    _role("logs:CreateLogGroup", effect="Deny")
    assert _log() == []


@pytest.mark.parametrize("action", ["logs:*", "*", [*WRITING, "LOGS:createLogGroup"]])
def test_a_role_that_may_create_log_groups_does(action: str | list[str]) -> None:
    _role(action)
    assert "packed 500 lines" in _log()
    assert list(cloudwatch.log_groups) == [GROUP]


def test_a_log_group_of_another_name_may_not_be_made() -> None:
    other = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/another"
    may = [
        {"Effect": "Allow", "Action": "logs:CreateLogGroup", "Resource": other},
        {"Effect": "Allow", "Action": WRITING, "Resource": "*"},
    ]
    iam.roles["writer"] = stored_role(trust("lambda.amazonaws.com"), may)
    assert _log() == []


def test_the_policy_that_sam_attaches_by_itself_allows_it() -> None:
    _role("kinesis:PutRecords", attached=(BASIC_EXECUTION,))
    assert "packed 500 lines" in _log()


@pytest.mark.parametrize(("actions", "written"), [(WRITING, True), (WRITING[:1], False), (WRITING[1:], False)])
def test_a_log_group_that_is_there_is_written_to_if_the_role_may(actions: list[str], written: bool) -> None:
    _role(actions)
    cloudwatch.log_groups["/shared"] = {"arn": "arn", "streams": {}, "subscriptionFilters": {}}
    assert ("packed 500 lines" in _log(LoggingConfig={"LogGroup": "/shared"})) == written
    assert list(cloudwatch.log_groups) == ["/shared"]
