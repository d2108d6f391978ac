# SPDX-License-Identifier: Apache-2.0
"""What CloudFormation's events say of a stack's last deployment.

Source: CloudFormation API reference, DescribeStackEvents, which gives the newest event first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from edgepixel.aws.cloud import Cloud

type Event = Mapping[str, Any]


@dataclass(frozen=True)
class FailedResource:
    """A resource that could not be made or changed, by its logical id, and why."""

    logical_id: str
    reason: str


def stack_events(cloud: Cloud, stack_name: str) -> list[Event]:
    """All events of a stack, newest first; none if there is no such stack."""
    pages = cloud.client("cloudformation").get_paginator("describe_stack_events").paginate(StackName=stack_name)
    try:
        return [event for page in pages for event in page["StackEvents"]]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        return []


def first_failure(events: Sequence[Event]) -> FailedResource | None:
    """Where the last deployment failed first, from its events, newest first; None if nothing failed.

    What was cancelled failed only because something else had.
    """
    failed = [
        event
        for event in _last_deployment(events)
        if event["ResourceStatus"].endswith("_FAILED") and "cancelled" not in event.get("ResourceStatusReason", "")
    ]
    if not failed:
        return None
    return FailedResource(failed[-1]["LogicalResourceId"], failed[-1].get("ResourceStatusReason", "no reason given"))


def _last_deployment(events: Sequence[Event]) -> list[Event]:
    """The events since the stack's last deployment began, newest first."""
    last = []
    for event in events:
        last.append(event)
        begins = event["ResourceStatus"] in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS")
        if event["ResourceType"] == "AWS::CloudFormation::Stack" and begins:
            break
    return last
