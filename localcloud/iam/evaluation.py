# SPDX-License-Identifier: Apache-2.0
"""The decision on one request, of the policies that apply to it. Pure.

Logic: IAM User Guide, "Policy evaluation logic" (reference_policies_evaluation-logic), for one account without
permissions boundaries, session policies or service control policies: an explicit deny wins, then an allow, and what
nothing allows is denied.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from localcloud.iam.conditions import met
from localcloud.iam.policy_document import Statement, pattern


@dataclass(frozen=True)
class Decision:
    """Whether the request is allowed, and by which statement, action and resource of it (empty if by none)."""

    allowed: bool
    statement: Statement | None = None
    action: str = ""
    resource: str = ""


DENIED = Decision(False)


def decide(statements: Iterable[Statement], action: str, resource: str | None, context: Mapping[str, str]) -> Decision:
    """The decision on an action on a resource: an ARN, `*` for what has no resource, None for a trust policy.

    The statements are those for the principal that asks. Raises CannotEvaluateError.
    """
    decision = DENIED
    for statement in statements:
        found = _match(statement, action, resource)
        if found is None or not met(statement.conditions, context):
            continue
        if not statement.allows:
            return Decision(False, statement, *found)
        if not decision.allowed:
            decision = Decision(True, statement, *found)
    return decision


def for_service(statements: Iterable[Statement], service: str) -> list[Statement]:
    """Those of a resource's policy that are for a service, such as `firehose.amazonaws.com`."""
    return [each for each in statements if each.anybody or service in each.services]


def _match(statement: Statement, action: str, resource: str | None) -> tuple[str, str] | None:
    """The first action and resource of the statement that match. Actions are compared without case."""
    named = next((each for each in statement.actions if pattern(each, ignore_case=True).fullmatch(action)), None)
    if named is None:
        return None
    if resource is None:
        return named, ""
    # A request without a resource is for `*`, which as a text only `*` matches.
    on = next((each for each in statement.resources if pattern(each).fullmatch(resource)), None)
    return None if on is None else (named, on)
