# SPDX-License-Identifier: Apache-2.0
"""A function's logs make a log group only where its role may make one.

Wrapped, and nothing else: MiniStack's writing of an invocation's log, which makes the log group that is missing
whatever the role says. In AWS a function whose role lacks `logs:CreateLogGroup` runs on without logs when its group is
gone, so that an invocation that outlives its stack's log group leaves nothing behind (AWS Lambda developer guide,
"Sending Lambda function logs to CloudWatch Logs").
"""

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from localcloud.clock import Clock
from localcloud.ministack import cloudwatch, functions

_CREATE_LOG_GROUP = "logs:createloggroup"  # actions are compared without case


def install(_clock: Clock) -> None:
    """Let functions log to groups that are there, and make others only if their role may."""
    functions.emit_logs.replace(emit_logs)


def emit_logs(function: dict[str, Any], *arguments: Any, **options: Any) -> None:
    """Write an invocation's log unless its group is missing and the function's role may not create it."""
    config = function.get("config") or function
    group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{config.get('FunctionName')}"
    if group in cloudwatch.log_groups or may_create_log_groups(config.get("Role") or ""):
        functions.emit_logs.own(function, *arguments, **options)


def may_create_log_groups(role_arn: str) -> bool:
    """Whether a policy of the role allows logs:CreateLogGroup, on whatever resource. A role that is gone may not."""
    role = functions.roles.get(role_arn.rpartition("/")[2])
    return role is not None and any(
        fnmatchcase(_CREATE_LOG_GROUP, action.lower())
        for document in _documents(role)
        for statement in _listed(json.loads(document).get("Statement"))
        if statement.get("Effect") == "Allow"
        for action in _listed(statement.get("Action"))
    )


def _documents(role: dict[str, Any]) -> Iterator[str]:
    """The texts of the role's policies: its own and those attached to it."""
    yield from role["InlinePolicies"].values()
    for arn in role["AttachedPolicies"]:
        if policy := functions.lookup_policy(arn):
            yield policy["Versions"][policy["DefaultVersionId"]]["Document"]


def _listed(value: Any) -> list[Any]:
    """IAM's lists, which may be written as their only element."""
    return [] if value is None else value if isinstance(value, list) else [value]
