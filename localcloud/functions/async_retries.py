# SPDX-License-Identifier: Apache-2.0
"""Retries of asynchronous Lambda invocations, on the local cloud's clock.

Wrapped, and nothing else:

- EventBridge's delivery to a function: MiniStack calls the function once and forgets a failure; it now goes through
  MiniStack's own asynchronous invocation (MaximumRetryAttempts of the EventInvokeConfig, then the on-failure
  destination), as S3 notifications and `InvocationType=Event` already do.
- The two waits of that invocation, which MiniStack sets to 1 and 2 seconds: AWS waits 1 minute before the first retry
  and 2 minutes before the second (AWS Lambda developer guide, "How Lambda handles errors and retries with asynchronous
  invocation"), here scaled by the clock.
"""

import json
import logging

from localcloud.clock import Clock
from localcloud.ministack import eventbridge, functions

FIRST_RETRY_SECONDS = 60.0
LONGEST_RETRY_SECONDS = 120.0

logger = logging.getLogger("localcloud.async_retries")


def dispatch_to_lambda(function_arn: str, payload: str) -> None:
    """Deliver an EventBridge event to its target function asynchronously, with retries."""
    function, config, name = functions.by_arn(function_arn)
    if not function or not config:
        logger.error("EventBridge target %s does not exist", name)
        return
    functions.invoke_async_with_retry(functions.to_execute(function, config), json.loads(payload))


def install(clock: Clock) -> None:
    """Give EventBridge targets AWS's asynchronous retries, with waits scaled by the clock."""
    functions.set_async_retry_seconds(
        clock.real_seconds(FIRST_RETRY_SECONDS), clock.real_seconds(LONGEST_RETRY_SECONDS)
    )
    eventbridge.dispatch_to_lambda.replace(dispatch_to_lambda)
