# SPDX-License-Identifier: Apache-2.0
"""Roles for what tests make without the template."""

import json
from typing import Any

EVERYTHING = [{"Sid": "Everything", "Effect": "Allow", "Action": "*", "Resource": "*"}]


def role_arn(name: str, account: str = "000000000000") -> str:
    return f"arn:aws:iam::{account}:role/{name}"


def trust(*services: str, condition: dict[str, Any] | None = None) -> str:
    """A trust policy that lets these services assume the role."""
    statement = {"Effect": "Allow", "Principal": {"Service": list(services)}, "Action": "sts:AssumeRole"}
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [statement | ({"Condition": condition} if condition else {})]}
    )


def policy(statements: list[dict[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def stored_role(trust_policy: str, statements: list[dict[str, Any]], attached: tuple[str, ...] = ()) -> dict[str, Any]:
    """A role as the local cloud stores it, with one policy of its own, named `own`."""
    return {
        "AssumeRolePolicyDocument": trust_policy,
        "InlinePolicies": {"own": policy(statements)},
        "AttachedPolicies": list(attached),
    }


def create_role(iam: Any, name: str, *services: str) -> None:
    """Create a role that these services may assume, and that may do everything, by the API."""
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(*services))
    iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=policy(EVERYTHING))
