# SPDX-License-Identifier: Apache-2.0
"""Every permission that the template gives, one line for each pair of action and resource."""

from collections.abc import Iterator, Mapping
from typing import Any


def granted(transformed: Mapping[str, Any]) -> list[str]:
    """`holder effect action resource [condition]`, sorted. The holder is a role, or what has a policy of its own."""
    lines = set()
    for name, resource in transformed["Resources"].items():
        properties = resource.get("Properties", {})
        match resource["Type"]:
            case "AWS::IAM::Role":
                assert "ManagedPolicyArns" not in properties, f"{name}: name the actions, not an AWS-managed policy"
                for statement in properties["AssumeRolePolicyDocument"]["Statement"]:
                    lines |= set(_trusted(name, statement))
                for policy in properties.get("Policies", []):
                    lines |= set(_pairs(name, policy["PolicyDocument"]["Statement"]))
            case "AWS::IAM::ManagedPolicy":
                for role in properties["Roles"]:
                    holder = f"{text(role)} by {name}"
                    lines |= set(_pairs(holder, properties["PolicyDocument"]["Statement"]))
            case "AWS::Lambda::Permission":
                lines.add(
                    f"{text(properties['FunctionName'])} allow {properties['Principal']} {properties['Action']} "
                    f"for {text(properties['SourceArn'])}"
                )
            case _ if "PolicyDocument" in properties:
                lines |= set(_pairs(name, properties["PolicyDocument"]["Statement"]))
    return sorted(lines)


def _pairs(holder: str, statements: list[Any]) -> Iterator[str]:
    for statement in statements:
        if "Fn::If" in statement:
            condition, *branches = statement["Fn::If"]
            kept = [branch for branch in branches if branch != {"Ref": "AWS::NoValue"}]
            yield from (f"{line} (depends on {condition})" for line in _pairs(holder, kept))
            continue
        assert "NotAction" not in statement, f"{holder}: say what is allowed, not what is not"
        assert "NotResource" not in statement, f"{holder}: say what is allowed, not what is not"
        who = f" {text(statement['Principal'])}" if "Principal" in statement else ""
        for action in _listed(statement["Action"]):
            for resource in _listed(statement["Resource"]):
                yield f"{holder} {statement['Effect'].lower()}{who} {action} {text(resource)}{_condition(statement)}"


def _trusted(role: str, statement: Mapping[str, Any]) -> Iterator[str]:
    yield f"{role} trusts {text(statement['Principal'])}{_condition(statement)}"


def _condition(statement: Mapping[str, Any]) -> str:
    return f" if {text(statement['Condition'])}" if "Condition" in statement else ""


def text(value: Any) -> str:
    """An intrinsic function, or any other value, in one short line."""
    match value:
        case {"Fn::Sub": [str(pattern), dict(names)]}:
            return pattern + f" with {text(names)}"
        case {"Fn::Sub": str(pattern)}:
            return pattern
        case {"Ref": name}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"${{{name}.{attribute}}}"
        case {"Fn::If": [condition, yes, no]}:
            return f"({condition} ? {text(yes)} : {text(no)})"
        case dict():
            return ", ".join(f"{key}={text(inner)}" for key, inner in value.items())
        case list():
            return "|".join(text(inner) for inner in value)
        case _:
            return str(value)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
