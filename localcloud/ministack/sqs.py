# SPDX-License-Identifier: Apache-2.0
"""SQS: queues."""

from ministack.services import sqs as _sqs


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
