# SPDX-License-Identifier: Apache-2.0
"""Each operator of the template's conditions, and what happens to those that are not known."""

import pytest

from localcloud.iam.conditions import met
from localcloud.iam.policy_document import CannotEvaluateError, Condition

RULE = "arn:aws:events:us-east-1:123456789012:rule/created"
CONTEXT = {"aws:sourcearn": RULE, "aws:securetransport": "true", "sts:externalid": "123456789012"}


@pytest.mark.parametrize(
    ("operator", "key", "value", "expected"),
    [
        ("StringEquals", "sts:externalid", "123456789012", True),
        ("StringEquals", "sts:externalid", "1234*", False),
        ("StringLike", "sts:externalid", "1234*", True),
        ("ArnLike", "aws:sourcearn", RULE, True),
        ("ArnLike", "aws:sourcearn", "arn:aws:events:*:*:rule/*", True),
        ("ArnLike", "aws:sourcearn", "arn:aws:events:*:rule/*", False),  # no wildcard reaches over a colon
        ("ArnEquals", "aws:sourcearn", "arn:aws:events:us-east-1:123456789012:rule/other", False),
        ("Bool", "aws:securetransport", "false", False),
        ("Bool", "aws:securetransport", "True", True),
    ],
)
def test_operators(operator: str, key: str, value: str, expected: bool) -> None:
    assert met((Condition(operator, key, (value,)),), CONTEXT) == expected


def test_one_value_is_enough_and_every_condition_is_needed() -> None:
    account = Condition("StringEquals", "sts:externalid", ("1", "123456789012"))
    assert met((account,), CONTEXT)
    assert not met((account, Condition("Bool", "aws:securetransport", ("false",))), CONTEXT)


def test_a_key_that_the_request_does_not_have_meets_nothing() -> None:
    assert not met((Condition("StringEquals", "aws:sourceaccount", ("123456789012",)),), CONTEXT)


@pytest.mark.parametrize("operator", ["StringNotEquals", "NumericLessThan", "StringEqualsIfExists", "Null"])
def test_an_operator_that_is_not_known_is_named(operator: str) -> None:
    with pytest.raises(CannotEvaluateError, match=operator):
        met((Condition(operator, "aws:sourcearn", ("x",)),), CONTEXT)


def test_a_key_that_is_not_known_is_named_even_if_another_condition_is_not_met() -> None:
    unmet = Condition("StringEquals", "sts:externalid", ("other",))
    with pytest.raises(CannotEvaluateError, match="aws:principalorgid"):
        met((unmet, Condition("StringEquals", "aws:principalorgid", ("o-1",))), CONTEXT)
