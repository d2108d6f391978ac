# SPDX-License-Identifier: Apache-2.0
"""Policies are read whole, or refused with the name of what is not known."""

import json
from typing import Any

import pytest

from localcloud.iam.policy_document import CannotEvaluateError, Condition, Statement, pattern, statements


def _read(**element: Any) -> Statement:
    (statement,) = statements("own", json.dumps({"Version": "2012-10-17", "Statement": element}))
    return statement


def test_a_statement_may_be_written_as_the_only_one_and_its_lists_as_their_only_element() -> None:
    found = _read(Sid="Read", Effect="Allow", Action="s3:GetObject", Resource="arn:aws:s3:::lake/*")
    assert found == Statement("own", "Read", True, ("s3:GetObject",), ("arn:aws:s3:::lake/*",))


def test_conditions_keep_operator_key_and_values() -> None:
    condition = {"Bool": {"aws:SecureTransport": False}, "StringEquals": {"aws:SourceAccount": ["1", "2"]}}
    found = _read(Effect="Deny", Principal="*", Action="*", Resource="*", Condition=condition)
    assert not found.allows
    assert found.anybody
    assert found.conditions == (
        Condition("Bool", "aws:securetransport", ("false",)),
        Condition("StringEquals", "aws:sourceaccount", ("1", "2")),
    )


@pytest.mark.parametrize(
    ("element", "named"),
    [
        ({"NotAction": "s3:*", "Action": "*", "Resource": "*"}, "NotAction"),
        ({"Action": "*", "NotResource": "*"}, "NotResource"),
        ({"Action": "*", "Resource": "*", "NotPrincipal": "*"}, "NotPrincipal"),
        ({"Action": "*", "Resource": "*", "Principal": {"AWS": "123456789012"}}, "123456789012"),
        ({"Action": "*", "Resource": "*", "Principal": {"Federated": "x"}}, "Federated"),
        ({"Action": "*", "Resource": "arn:aws:s3:::${aws:username}/*"}, "aws:username"),
        ({"Action": "*", "Resource": "*", "Condition": {"StringLike": {"aws:SourceArn": "${a:b}"}}}, "a:b"),
        ({"Action": "*", "Resource": "*", "Effect": "Maybe"}, "Maybe"),
    ],
)
def test_what_is_not_known_is_named(element: dict[str, Any], named: str) -> None:
    with pytest.raises(CannotEvaluateError, match=named):
        _read(**({"Sid": "Odd", "Effect": "Allow"} | element))


def test_a_policy_of_another_form_is_named() -> None:
    with pytest.raises(CannotEvaluateError, match="Rules"):
        statements("own", '{"Rules": [], "Statement": []}')
    with pytest.raises(CannotEvaluateError, match="2030"):
        statements("own", '{"Version": "2030-01-01", "Statement": []}')


@pytest.mark.parametrize(
    ("wildcards", "text", "matches"),
    [
        ("s3:Get*", "s3:GetObject", True),
        ("s3:Get?", "s3:GetObject", False),
        ("*", "", True),
        ("arn:aws:s3:::lake/*", "arn:aws:s3:::lake/a/b\nc", True),
        ("arn:aws:s3:::lake/*", "arn:aws:s3:::lakes/a", False),
        ("a.c", "abc", False),
        ("[a]", "a", False),
    ],
)
def test_wildcards(wildcards: str, text: str, matches: bool) -> None:
    assert (pattern(wildcards).fullmatch(text) is not None) == matches
