# SPDX-License-Identifier: Apache-2.0
"""Messaging: EventBridge's events of AWS's own services and their delivery to functions, and SQS's queues."""

from typing import Any

from ministack.services import eventbridge as _eventbridge
from ministack.services import sqs as _sqs

from localcloud.ministack import Replaceable, Response

# A function's ARN and the event as JSON.
dispatch_to_lambda: Replaceable[[str, str], None] = Replaceable(_eventbridge, "_dispatch_to_lambda", "arn, payload")


def put_aws_event(entry: dict[str, Any]) -> Response:
    """PutEvents of one entry whose source is an AWS service, which clients may not name."""
    response: Response = _eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
    return response


class QueueError(Exception):
    """A queue that does not exist, or that does not take a message."""


def send_message(account: str, region: str, queue: str, body: str) -> None:
    """SendMessage to a queue by its name. Raises QueueError."""
    url = _sqs._queue_name_to_url.get_scoped(account, region, queue)
    if url is None:
        raise QueueError("does not exist")
    try:
        _sqs._act_send_message({"QueueUrl": url, "MessageBody": body}, url)
    except _sqs._Err as error:
        raise QueueError(f"refused: {error.message}") from error
