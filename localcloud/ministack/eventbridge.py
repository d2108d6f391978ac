# SPDX-License-Identifier: Apache-2.0
"""EventBridge: events of AWS's own services, and their delivery to functions."""

from typing import Any

from ministack.services import eventbridge as _eventbridge

from localcloud.ministack import Replaceable, Response

# A function's ARN and the event as JSON.
dispatch_to_lambda: Replaceable[[str, str], None] = Replaceable(_eventbridge, "_dispatch_to_lambda", "arn, payload")


def put_aws_event(entry: dict[str, Any]) -> Response:
    """PutEvents of one entry whose source is an AWS service, which clients may not name."""
    response: Response = _eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
    return response
