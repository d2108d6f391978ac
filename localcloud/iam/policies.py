# SPDX-License-Identifier: Apache-2.0
"""The policies that MiniStack stores, of roles and of resources, and decisions on them.

Policies are read anew for every call, as their texts may change at any time. While the texts are the same, a decision
is made once.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from localcloud.iam import permission_use
from localcloud.iam.evaluation import Decision, decide, for_service
from localcloud.iam.policy_document import Statement, statements
from localcloud.ministack import iam

type Document = tuple[str, str]  # a policy's name and its text

_MOST_DECISIONS = 10_000  # every object that is put has an ARN of its own

_decisions: dict[tuple[object, ...], Decision] = {}


def of_role(name: str) -> tuple[Document, ...] | None:
    """The policies of a role of the current account, its own and those attached to it. None: there is no such role."""
    role = iam.roles.get(name)
    return None if role is None else tuple(_documents(role))


def trust_of_role(name: str) -> Document | None:
    """The trust policy of a role of the current account."""
    role = iam.roles.get(name)
    return None if role is None else (permission_use.TRUST, _text(role["AssumeRolePolicyDocument"]))


def of_bucket(account: str, bucket: str) -> Document | None:
    """A bucket's policy."""
    text = iam.bucket_policy(account, bucket)
    return (bucket, _text(text)) if text else None


def of_function(function: Mapping[str, Any]) -> Document:
    """A function's resource-based policy."""
    return str(function["config"]["FunctionName"]), _text(function["policy"])


def by_role(
    holder: str, documents: tuple[Document, ...], action: str, resource: str, context: Mapping[str, str]
) -> Decision:
    """The decision of a role's own policies. Raises CannotEvaluateError."""
    found = (statement for name, text in documents for statement in statements(name, text))
    return _decided(holder, (documents, action, resource, *sorted(context.items())), found, action, resource, context)


def by_resource(
    holder: str, document: Document, service: str, action: str, resource: str | None, context: Mapping[str, str]
) -> Decision:
    """The decision of a resource's policy, or a role's trust policy, on a service (empty: on any other principal)."""
    found = for_service(statements(*document), service)
    return _decided(
        holder, (document, service, action, resource, *sorted(context.items())), found, action, resource, context
    )


def _decided(
    holder: str,
    key: tuple[object, ...],
    found: Iterator[Statement] | list[Statement],
    action: str,
    resource: str | None,
    context: Mapping[str, str],
) -> Decision:
    key = (holder, *key)
    decision = _decisions.get(key)
    if decision is None:
        decision = decide(found, action, resource, context)
        permission_use.record(holder, decision)
        if len(_decisions) >= _MOST_DECISIONS:
            _decisions.clear()
        _decisions[key] = decision
    return decision


def _documents(role: Mapping[str, Any]) -> Iterator[Document]:
    for name, document in role["InlinePolicies"].items():
        yield name, _text(document)
    for arn in role["AttachedPolicies"]:
        if policy := iam.lookup_policy(arn):
            yield arn, _text(policy["Versions"][policy["DefaultVersionId"]]["Document"])


def _text(document: Any) -> str:
    return document if isinstance(document, str) else json.dumps(document)
