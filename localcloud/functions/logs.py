# SPDX-License-Identifier: Apache-2.0
"""A function's logs are written as its role, and only where that may write.

Wrapped, and nothing else: MiniStack's writing of an invocation's log, which makes the log group and the stream that are
missing whatever the role says. In AWS a function whose role lacks `logs:CreateLogGroup` runs on without logs when its
group is gone, so that an invocation that outlives its stack's log group leaves nothing behind (AWS Lambda developer
guide, "Sending Lambda function logs to CloudWatch Logs").
"""

from typing import Any

from localcloud.clock import Clock
from localcloud.iam.principals import AccessDeniedError, function_session
from localcloud.ministack import cloudwatch, functions

# A stream's name begins with the date, and no permission depends on it.
_STREAM = "invocation"
# On a busy machine the lines of a log come later than the 50 ms that MiniStack waits, and would be in the next one's.
_FIRST_LINE_SECONDS, _QUIET_SECONDS, _LONGEST_SECONDS = 1.0, 0.01, 3.0


def install(_clock: Clock) -> None:
    """Let functions log where their roles may, and wait for their lines."""
    functions.emit_logs.replace(emit_logs)
    functions.set_log_seconds(_FIRST_LINE_SECONDS, _QUIET_SECONDS, _LONGEST_SECONDS)


def emit_logs(function: dict[str, Any], *arguments: Any, **options: Any) -> None:
    """Write an invocation's log, unless the function's role may not create what is missing, or not write."""
    config = function.get("config") or function
    group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{config.get('FunctionName')}"
    try:
        role = function_session(config)
        if group not in cloudwatch.log_groups:
            role.check("logs:CreateLogGroup", LogGroupName=group)
        for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
            role.check(action, LogGroupName=group, LogStreamName=_STREAM)
    except AccessDeniedError:
        return
    functions.emit_logs.own(function, *arguments, **options)
