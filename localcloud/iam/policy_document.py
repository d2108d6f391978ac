# SPDX-License-Identifier: Apache-2.0
"""Policies as IAM's JSON writes them, read into statements.

Only what the application's policies contain is known. Anything else raises CannotEvaluateError, so that no element
is ever ignored. Grammar: IAM User Guide, "Grammar of the IAM JSON policy language" (reference_policies_grammar).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_ELEMENTS = {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}
_VERSIONS = {"2012-10-17", "2008-10-17"}


class CannotEvaluateError(Exception):
    """A policy or a call has something that the local cloud does not know. The text names it."""


@dataclass(frozen=True)
class Condition:
    """One operator and key of a Condition element, with the values of which one must match. The key is lower-case."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Statement:
    """One statement.

    `policy` names the policy that it is in. `services` are the service principals that it is for, and `anybody` says
    that it is for every principal; both are empty in the policy of a role. A trust policy has no resources.
    """

    policy: str
    sid: str
    allows: bool
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    services: tuple[str, ...] = ()
    anybody: bool = False
    conditions: tuple[Condition, ...] = ()


@lru_cache(maxsize=1024)
def statements(policy: str, document: str) -> tuple[Statement, ...]:
    """The statements of a policy's text. `policy` is its name. Raises CannotEvaluateError."""
    parsed = json.loads(document)
    if unknown := set(parsed) - {"Version", "Id", "Statement"}:
        raise CannotEvaluateError(f"policy {policy} has {', '.join(sorted(unknown))}")
    if parsed.get("Version", "2008-10-17") not in _VERSIONS:
        raise CannotEvaluateError(f"policy {policy} has version {parsed['Version']}")
    return tuple(_statement(policy, each) for each in _listed(parsed["Statement"]))


@lru_cache(maxsize=4096)
def pattern(text: str, ignore_case: bool = False) -> re.Pattern[str]:
    """IAM's wildcards as a regular expression: `*` is any text, `?` one character (reference_policies_elements)."""
    expression = "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in text)
    return re.compile(expression, re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def _statement(policy: str, element: Mapping[str, Any]) -> Statement:
    sid = str(element.get("Sid", ""))
    if unknown := set(element) - _ELEMENTS:
        raise CannotEvaluateError(f"statement {sid} of policy {policy} has {', '.join(sorted(unknown))}")
    if element["Effect"] not in ("Allow", "Deny"):
        raise CannotEvaluateError(f"statement {sid} of policy {policy} has the effect {element['Effect']}")
    resources = tuple(_listed(element.get("Resource", [])))
    conditions = tuple(
        Condition(operator, key.lower(), tuple(_listed(values)))
        for operator, keys in element.get("Condition", {}).items()
        for key, values in keys.items()
    )
    texts = (*resources, *(value for condition in conditions for value in condition.values))
    if variables := [text for text in texts if "${" in text]:
        raise CannotEvaluateError(f"statement {sid} of policy {policy} has the variable {variables[0]}")
    services, anybody = _principals(policy, sid, element.get("Principal", {}))
    allows, actions = element["Effect"] == "Allow", tuple(_listed(element["Action"]))
    return Statement(policy, sid, allows, actions, resources, services, anybody, conditions)


def _principals(policy: str, sid: str, principal: Any) -> tuple[tuple[str, ...], bool]:
    """The service principals of a Principal element, and whether it is `*`."""
    if principal == "*" or principal == {"AWS": "*"}:
        return (), True
    if not isinstance(principal, dict) or set(principal) - {"Service"}:
        raise CannotEvaluateError(f"statement {sid} of policy {policy} has the principal {principal}")
    return tuple(_listed(principal.get("Service", []))), False


def _listed(value: Any) -> list[Any]:
    """IAM's lists, which may be written as their only element. Booleans and numbers are compared as text."""
    values = value if isinstance(value, list) else [value]
    return [str(item).lower() if isinstance(item, bool) else item for item in values]
