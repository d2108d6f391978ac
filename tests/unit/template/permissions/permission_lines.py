# SPDX-License-Identifier: Apache-2.0
"""Every permission that the template gives, one line for each pair of action and resource."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REVIEWED = Path(__file__).parent / "reviewed_permissions.txt"


@dataclass(frozen=True)
class Grant:
    """A permission. `line` is it in text; the others say where a template has it.

    `holder` is the logical id of the role, function or bucket, `sid` the statement's (empty in a trust policy), and
    `resource` its text with intrinsic functions in their short form (empty in a trust policy).
    """

    line: str
    holder: str
    sid: str
    action: str
    resource: str


def granted(transformed: Mapping[str, Any]) -> list[str]:
    """`holder effect action resource [condition]`, sorted. The holder is a role, or what has a policy of its own."""
    return sorted({grant.line for grant in grants(transformed)})


def reviewed() -> dict[str, str]:
    """The lines of the reviewed file, each with the reason behind its ` # `: why it is there though no test uses it."""
    lines = [line for line in REVIEWED.read_text().splitlines() if line and not line.startswith("#")]
    found = {line.partition(" # ")[0].rstrip(): line.partition(" # ")[2].strip() for line in lines}
    assert len(found) == len(lines), f"a permission stands twice in {REVIEWED.name}"
    return found


def used_lines(uses: Iterable[Mapping[str, str]], transformed: Mapping[str, Any]) -> set[str]:
    """The lines of what stacks of the template used, as the local cloud lists it. Uses of other roles are ignored."""
    known = list(grants(transformed))
    return {grant.line for use in uses for grant in known if _is(grant, use)}


def grants(transformed: Mapping[str, Any]) -> Iterator[Grant]:
    """All permissions of the template."""
    for name, resource in transformed["Resources"].items():
        properties = resource.get("Properties", {})
        match resource["Type"]:
            case "AWS::IAM::Role":
                assert "ManagedPolicyArns" not in properties, f"{name}: name the actions, not an AWS-managed policy"
                for statement in properties["AssumeRolePolicyDocument"]["Statement"]:
                    line = f"{name} trusts {text(statement['Principal'])}{_condition(statement)}"
                    yield Grant(line, name, "", "sts:AssumeRole", "")
                for policy in properties.get("Policies", []):
                    yield from _pairs(name, name, policy["PolicyDocument"]["Statement"])
            case "AWS::IAM::ManagedPolicy":
                for role in properties["Roles"]:
                    yield from _pairs(f"{text(role)} by {name}", role["Ref"], properties["PolicyDocument"]["Statement"])
            case "AWS::Lambda::Permission":
                function = properties["FunctionName"]
                line = f"{text(function)} allow {properties['Principal']} {properties['Action']} "
                line += f"for {text(properties['SourceArn'])}"
                yield Grant(line, function["Ref"], "", properties["Action"], "${}")
            case _ if "PolicyDocument" in properties:
                holder = properties.get("Bucket", {}).get("Ref", name)
                yield from _pairs(name, holder, properties["PolicyDocument"]["Statement"])


def _pairs(who: str, holder: str, statements: list[Any]) -> Iterator[Grant]:
    for statement in statements:
        if "Fn::If" in statement:
            condition, *branches = statement["Fn::If"]
            kept = [branch for branch in branches if branch != {"Ref": "AWS::NoValue"}]
            for grant in _pairs(who, holder, kept):
                line = f"{grant.line} (depends on {condition})"
                yield Grant(line, grant.holder, grant.sid, grant.action, grant.resource)
            continue
        assert "NotAction" not in statement, f"{who}: say what is allowed, not what is not"
        assert "NotResource" not in statement, f"{who}: say what is allowed, not what is not"
        principal = f" {text(statement['Principal'])}" if "Principal" in statement else ""
        begin = f"{who} {statement['Effect'].lower()}{principal}"
        for action in _listed(statement["Action"]):
            for resource in map(text, _listed(statement["Resource"])):
                line = f"{begin} {action} {resource}{_condition(statement)}"
                yield Grant(line, holder, statement["Sid"], action, resource)


def _is(grant: Grant, use: Mapping[str, str]) -> bool:
    """Whether a stack's use is one of this permission: names are `stack-LogicalId-SUFFIX`, buckets' in lower case."""
    if grant.sid != use["sid"] and grant.sid:
        return False
    names = (grant.holder, grant.holder.lower())
    if grant.action != use["action"] or use["holder"].rpartition("-")[0].rpartition("-")[2] not in names:
        return False
    pattern = grant.resource.partition(" with ")[0]  # behind it stands what the names in it are
    literals = re.split(r"\$\{[^}]*\}|\([^()]*\)", pattern)
    return re.fullmatch(".*".join(map(re.escape, literals)), use["resource"]) is not None


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
