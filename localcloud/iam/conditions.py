# SPDX-License-Identifier: Apache-2.0
"""Whether the conditions of a statement are met. Pure.

Operators: IAM User Guide, "Condition operators" (reference_policies_elements_condition_operators); every operator here
is false for a key that the request does not have. Keys: "AWS global condition context keys"
(reference_policies_condition-keys), `sts:ExternalId` ("available in trust policies"), and
`s3:x-amz-acl` (Amazon S3 User Guide, "Bucket policy examples using condition keys").
"""

from collections.abc import Callable, Mapping

from localcloud.iam.policy_document import CannotEvaluateError, Condition, pattern

KEYS = frozenset(
    {
        "aws:securetransport",
        "aws:sourceaccount",
        "aws:sourcearn",
        "sts:externalid",
        "iam:passedtoservice",
        "s3:x-amz-acl",
    }
)
"""The condition keys that requests have here, in lower case: IAM compares them without case."""


def _arn_like(actual: str, expected: str) -> bool:
    """Each of the six parts is matched on its own, so a wildcard does not reach over a colon into the next one."""
    parts, wanted = actual.split(":", 5), expected.split(":", 5)
    return len(parts) == len(wanted) and all(
        pattern(want).fullmatch(part) for part, want in zip(parts, wanted, strict=True)
    )


_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda actual, expected: actual == expected,
    "StringLike": lambda actual, expected: pattern(expected).fullmatch(actual) is not None,
    "ArnEquals": _arn_like,  # "ArnEquals and ArnLike behave identically"
    "ArnLike": _arn_like,
    "Bool": lambda actual, expected: actual.lower() == expected.lower(),
}


def met(conditions: tuple[Condition, ...], context: Mapping[str, str]) -> bool:
    """Whether all conditions are met. `context` has the request's condition keys, in lower case.

    Raises CannotEvaluateError for an operator or a key that is not known here.
    """
    outcomes = [_met(condition, context) for condition in conditions]  # each of them, as each must be a known one
    return all(outcomes)


def _met(condition: Condition, context: Mapping[str, str]) -> bool:
    operator = _OPERATORS.get(condition.operator)
    if operator is None:
        raise CannotEvaluateError(f"the condition operator {condition.operator}")
    if condition.key not in KEYS:
        raise CannotEvaluateError(f"the condition key {condition.key}")
    if condition.key not in context:
        return False
    return any(operator(context[condition.key], value) for value in condition.values)
