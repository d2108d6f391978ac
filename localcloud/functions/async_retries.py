# SPDX-License-Identifier: Apache-2.0
"""Retries of asynchronous Lambda invocations, on the local cloud's clock.

Wrapped, and nothing else:

- EventBridge's delivery to a function: MiniStack calls the function once and forgets a failure; it now goes through
  MiniStack's own asynchronous invocation (MaximumRetryAttempts of the EventInvokeConfig, then the on-failure
  destination), as S3 notifications and `InvocationType=Event` already do.
- Who may: EventBridge needs the function's resource-based policy, a failure's destination the function's role.
- The two waits of that invocation, which MiniStack sets to 1 and 2 seconds: AWS waits 1 minute before the first retry
  and 2 minutes before the second (AWS Lambda developer guide, "How Lambda handles errors and retries with asynchronous
  invocation"), here scaled by the clock.
"""

import json
import logging
from collections.abc import Mapping
from typing import Any

from localcloud.clock import Clock
from localcloud.iam import policies
from localcloud.iam.principals import AccessDeniedError, check_service, function_session
from localcloud.ministack import functions, iam, messaging

FIRST_RETRY_SECONDS = 60.0
LONGEST_RETRY_SECONDS = 120.0
_EVENTBRIDGE = "events.amazonaws.com"

logger = logging.getLogger("localcloud.async_retries")


def dispatch_to_lambda(function_arn: str, payload: str) -> None:
    """Deliver an EventBridge event to its target function asynchronously, with retries."""
    function, config, name = functions.by_arn(function_arn)
    if not function or not config:
        logger.error("EventBridge target %s does not exist", name)
        return
    functions.invoke_async_with_retry(functions.to_execute(function, config), json.loads(payload))


def invoke_target(target: Mapping[str, Any], event: object, rule: Mapping[str, Any], view: object = None) -> None:
    """Deliver an event to a target; to a function only if the function's policy lets EventBridge, for this rule.

    What may not be delivered is not tried again: EventBridge User Guide, "How EventBridge retries delivering events".
    """
    function, _, _ = functions.by_arn(target["Arn"]) if ":lambda:" in target["Arn"] else (None, None, "")
    try:
        if function:
            policy = policies.of_function(function)
            check_service(_EVENTBRIDGE, policy, "lambda:InvokeFunction", target["Arn"], rule["Arn"])
    except AccessDeniedError:
        return
    iam.invoke_target.own(target, event, rule, view)


def route_async_failure(target_arn: str, func_name: str, event: object, result: Mapping[str, Any]) -> None:
    """Send what failed for good to its destination, as the function's role. AWS counts what may not be sent, only."""
    _, config = functions.by_qualifier(func_name, None)
    try:
        if target_arn.split(":")[2:3] == ["sqs"]:
            function_session(config or {}).check("sqs:SendMessage", QueueName=target_arn.rpartition(":")[2])
    except AccessDeniedError:
        return
    iam.route_async_failure.own(target_arn, func_name, event, result)


def install(clock: Clock) -> None:
    """Give EventBridge targets AWS's asynchronous retries, with waits scaled by the clock."""
    functions.set_async_retry_seconds(
        clock.real_seconds(FIRST_RETRY_SECONDS), clock.real_seconds(LONGEST_RETRY_SECONDS)
    )
    messaging.dispatch_to_lambda.replace(dispatch_to_lambda)
    iam.invoke_target.replace(invoke_target)
    iam.route_async_failure.replace(route_async_failure)
