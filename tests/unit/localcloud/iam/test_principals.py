# SPDX-License-Identifier: Apache-2.0
"""Sessions of roles: who may assume them, what they may do, and what is said of a denial."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from localcloud.iam import permission_use
from localcloud.iam.principals import AccessDeniedError, assume, check_service, function_session
from localcloud.ministack import iam
from localcloud.ministack.server import request_scope
from tests.roles import policy, role_arn, stored_role, trust

ACCOUNT = {"StringEquals": {"sts:ExternalId": "000000000000"}}
PUT = {"Sid": "Put", "Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::lake/events/*"}
EVENTS = "events.amazonaws.com"


@pytest.fixture(autouse=True)
def role() -> Iterator[None]:
    _store(PUT)
    yield
    iam.reset()


def _store(*statements: dict[str, Any]) -> None:
    iam.roles["delivery"] = stored_role(trust("firehose.amazonaws.com", condition=ACCOUNT), list(statements))


def _put(key: str) -> None:
    session = assume(role_arn("delivery"), "firehose.amazonaws.com", "test", {"sts:ExternalId": "000000000000"})
    session.check("s3:PutObject", BucketName="lake", ObjectName=key)


def test_a_role_does_what_it_may_and_nothing_else() -> None:
    _put("events/a.gz")
    with pytest.raises(AccessDeniedError, match="s3:PutObject on resource: arn:aws:s3:::lake/quarantine/a because no"):
        _put("quarantine/a")


def test_a_changed_policy_counts_at_once() -> None:
    _put("events/a.gz")
    _store()
    with pytest.raises(AccessDeniedError):
        _put("events/a.gz")
    _store(PUT)
    _put("events/a.gz")


@pytest.mark.parametrize(
    ("role", "service", "context"),
    [
        ("delivery", "firehose.amazonaws.com", {}),
        ("delivery", "firehose.amazonaws.com", {"sts:ExternalId": "111122223333"}),
        ("delivery", "glue.amazonaws.com", {"sts:ExternalId": "000000000000"}),
        ("absent", "firehose.amazonaws.com", {"sts:ExternalId": "000000000000"}),
    ],
)
def test_a_role_is_assumed_by_those_alone_whom_it_trusts(role: str, service: str, context: dict[str, str]) -> None:
    with pytest.raises(AccessDeniedError, match=f"{service} is not authorized to perform: sts:AssumeRole"):
        assume(role_arn(role), service, "test", context)


def test_a_role_of_another_account_is_another_one() -> None:
    with request_scope("111122223333", "eu-central-1"), pytest.raises(AccessDeniedError):
        _put("events/a.gz")


def test_a_function_has_a_session_with_its_name() -> None:
    iam.roles["caller"] = stored_role(trust("lambda.amazonaws.com"), [])
    session = function_session({"FunctionName": "aggregator", "Role": role_arn("caller")})
    assert session.arn == "arn:aws:sts::000000000000:assumed-role/caller/aggregator"
    with pytest.raises(AccessDeniedError):
        function_session({"FunctionName": "aggregator"})


def test_a_service_without_a_role_needs_the_resource_s_policy() -> None:
    rule = "arn:aws:events:us-east-1:000000000000:rule/created"
    function = "arn:aws:lambda:us-east-1:000000000000:function:trigger"
    may = {"Sid": "rule", "Effect": "Allow", "Principal": {"Service": EVENTS}, "Action": "lambda:InvokeFunction"}
    document = "trigger", policy([{**may, "Resource": function, "Condition": {"ArnLike": {"AWS:SourceArn": rule}}}])
    check_service(EVENTS, document, "lambda:InvokeFunction", function, rule)
    for other in (document, None):
        with pytest.raises(AccessDeniedError, match=f"{EVENTS} is not authorized"):
            check_service(EVENTS, other, "lambda:InvokeFunction", function, f"{rule}-2")


def test_each_denial_is_one_warning(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            with pytest.raises(AccessDeniedError):
                _put("somewhere/else")
    assert len([record for record in caplog.records if "somewhere/else" in record.message]) == 1
    assert any("somewhere/else" in str(message) for message in permission_use.summary()["denied"])


def test_what_cannot_be_evaluated_is_denied_and_an_error(caplog: pytest.LogCaptureFixture) -> None:
    _store({**PUT, "Condition": {"StringNotEquals": {"aws:SourceAccount": "1"}}})
    with (
        caplog.at_level(logging.ERROR),
        pytest.raises(AccessDeniedError, match="cannot evaluate the condition operator"),
    ):
        _put("events/a.gz")
    assert "StringNotEquals" in caplog.text


def test_what_allowed_a_call_is_a_used_permission() -> None:
    _put("events/a.gz")
    use = {"holder": "delivery", "policy": "own", "sid": "Put", "action": "s3:PutObject"}
    used = permission_use.summary()["used"]
    assert use | {"resource": "arn:aws:s3:::lake/events/*"} in used
    trusted = {"holder": "delivery", "policy": "trust", "sid": "", "action": "sts:AssumeRole", "resource": ""}
    assert trusted in used
