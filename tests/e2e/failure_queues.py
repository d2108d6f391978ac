# SPDX-License-Identifier: Apache-2.0
"""What a function gives up for good waits in its queue."""

import json
from typing import Any

from edgepixel.aws.stack import Stack
from tests.e2e.stack.steps.updating import physical_ids
from tests.waiting import wait_until


def assert_given_up(stack: Stack, function: str, queue: str, event: dict[str, Any]) -> None:
    """The `function` (a logical id) fails on the event for good, and the event arrives in the `queue` (another)."""
    physical, sqs = physical_ids(stack.cloud, stack.name), stack.cloud.client("sqs")
    stack.cloud.client("lambda").invoke(
        FunctionName=physical[function], InvocationType="Event", Payload=json.dumps(event)
    )
    found: list[Any] = []

    def arrived() -> bool:
        messages = sqs.receive_message(QueueUrl=physical[queue]).get("Messages", [])
        found.extend(json.loads(message["Body"])["requestPayload"] for message in messages)
        return event in found

    wait_until(arrived, f"the event that {function} failed on is in {queue}")
