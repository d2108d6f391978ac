# SPDX-License-Identifier: Apache-2.0
"""Firehose's error log: an event in CloudWatch Logs for each attempt that fails, where the destination asks for it.

Source: Amazon Data Firehose Developer Guide, "Monitor Amazon Data Firehose using CloudWatch Logs" (monitoring-with-
cloudwatch-logs), which has the codes. It documents no code for a source that may not be read; here it is the same.
"""

import json
import time
from collections.abc import Mapping
from typing import Any

from localcloud.firehose.delivery_object import delivery_role
from localcloud.iam.principals import AccessDeniedError
from localcloud.ministack import cloudwatch


def write(stream: Mapping[str, Any], error: Exception) -> None:
    """Log a failed attempt, as the destination's role, in the group and stream that the destination names."""
    config = stream["destinations"][0]["config"]
    options = config.get("CloudWatchLoggingOptions") or {}
    group, name = str(options.get("LogGroupName")), str(options.get("LogStreamName"))
    # CloudFormation hands booleans over as text.
    if str(options.get("Enabled")).lower() != "true" or name not in _log_streams(group):
        return
    try:
        delivery_role(config["RoleARN"]).check("logs:PutLogEvents", LogGroupName=group, LogStreamName=name)
    except AccessDeniedError:
        return
    message = {
        "deliveryStreamARN": stream["arn"],
        "destination": config["BucketARN"],
        "deliveryStreamVersionId": stream.get("version", 1),
        "message": str(error),
        "errorCode": "S3.AccessDenied" if isinstance(error, AccessDeniedError) else "S3.InternalError",
    }
    now = int(time.time() * 1000)
    event = {"timestamp": now, "ingestionTime": now, "message": json.dumps(message)}
    cloudwatch.append_log_events(_log_streams(group)[name], [event])


def _log_streams(group: str) -> dict[str, Any]:
    streams: dict[str, Any] = cloudwatch.log_groups.get(group, {"streams": {}})["streams"]
    return streams
