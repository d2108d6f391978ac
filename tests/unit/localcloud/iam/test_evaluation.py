# SPDX-License-Identifier: Apache-2.0
"""Deny by default, an explicit deny wins, and the same decision as another evaluator makes of the same policies."""

import json
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from localcloud.iam.evaluation import Decision, decide, for_service
from localcloud.iam.policy_document import Statement, statements
from localcloud.ministack.iam import decided_by_ministack

LAKE = "arn:aws:s3:::lake"
ALLOW = Statement("own", "Read", True, ("s3:Get*", "s3:ListBucket"), (LAKE, f"{LAKE}/*"))
DENY = Statement("own", "Secret", False, ("*",), (f"{LAKE}/secret/*",))


def test_what_nothing_allows_is_denied() -> None:
    assert decide([], "s3:GetObject", f"{LAKE}/a", {}) == Decision(False)
    assert decide([ALLOW], "s3:PutObject", f"{LAKE}/a", {}) == Decision(False)
    assert decide([ALLOW], "s3:GetObject", "arn:aws:s3:::lakes/a", {}) == Decision(False)


def test_an_allow_says_which_action_and_resource_allowed() -> None:
    assert decide([ALLOW], "s3:GetObject", f"{LAKE}/a", {}) == Decision(True, ALLOW, "s3:Get*", f"{LAKE}/*")
    assert decide([ALLOW], "S3:LISTBUCKET", LAKE, {}) == Decision(True, ALLOW, "s3:ListBucket", LAKE)


def test_an_explicit_deny_wins_wherever_it_stands() -> None:
    for order in ([ALLOW, DENY], [DENY, ALLOW]):
        decision = decide(order, "s3:GetObject", f"{LAKE}/secret/a", {})
        assert (decision.allowed, decision.statement) == (False, DENY)
        assert decide(order, "s3:GetObject", f"{LAKE}/a", {}).allowed


def test_what_has_no_resource_is_allowed_by_a_star_alone() -> None:
    def allowed(resource: str) -> bool:
        statement = Statement("own", "", True, ("cloudfront:CreateRealtimeLogConfig",), (resource,))
        return decide([statement], "cloudfront:CreateRealtimeLogConfig", "*", {}).allowed

    assert allowed("*")
    assert not allowed("arn:aws:cloudfront::123456789012:realtime-log-config/*")
    assert not allowed("arn:*")


def test_resources_are_compared_with_their_case() -> None:
    assert not decide([ALLOW], "s3:GetObject", f"{LAKE.upper()}/a", {}).allowed


def test_a_statement_for_another_service_is_not_for_this_one() -> None:
    mine = Statement("trust", "", True, ("sts:AssumeRole",), (), ("glue.amazonaws.com",))
    anybody = Statement("trust", "", False, ("sts:AssumeRole",), (), (), anybody=True)
    theirs = Statement("trust", "", True, ("sts:AssumeRole",), (), ("lambda.amazonaws.com",))
    assert for_service([mine, anybody, theirs], "glue.amazonaws.com") == [mine, anybody]
    assert decide([mine], "sts:AssumeRole", None, {}) == Decision(True, mine, "sts:AssumeRole", "")


_actions = st.sampled_from(["s3:GetObject", "s3:PutObject", "s3:Get*", "s3:*", "*", "S3:getobject", "s3:?utObject"])
_resources = st.sampled_from([LAKE, f"{LAKE}/*", f"{LAKE}/events/*", f"{LAKE}/?", "*", "arn:aws:s3:::*/a"])
_conditions = st.sampled_from(
    [
        {},
        {"Bool": {"aws:SecureTransport": "false"}},
        {"Bool": {"aws:SecureTransport": "true"}},
        {"StringEquals": {"aws:SourceAccount": ["123456789012", "1"]}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:events:*:*:rule/*"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:events:us-east-1:1:rule/a"}, "StringLike": {"sts:ExternalId": "12*"}},
    ]
)
_statements = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Allow", "Deny"]),
        "Action": st.lists(_actions, min_size=1, max_size=3),
        "Resource": st.lists(_resources, min_size=1, max_size=3),
        "Condition": _conditions,
    }
)
_context = st.fixed_dictionaries(
    {"aws:securetransport": st.sampled_from(["true", "false"])},
    optional={
        "aws:sourceaccount": st.sampled_from(["123456789012", "2"]),
        "aws:sourcearn": st.sampled_from(["arn:aws:events:us-east-1:1:rule/a", "arn:aws:s3:::lake"]),
        "sts:externalid": st.sampled_from(["123456789012", "2"]),
    },
)


@given(
    elements=st.lists(_statements, max_size=4),
    action=st.sampled_from(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]),
    resource=st.sampled_from([LAKE, f"{LAKE}/a", f"{LAKE}/events/dt=2026-11-27/a.gz", "arn:aws:s3:::site/a", "*"]),
    context=_context,
)
def test_ministack_s_own_evaluator_decides_the_same(
    elements: Sequence[dict[str, object]], action: str, resource: str, context: dict[str, str]
) -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": elements})
    decision = decide(statements("own", document), action, resource, context)
    assert decision.allowed == decided_by_ministack(document, action, resource, context)
