# SPDX-License-Identifier: Apache-2.0
"""Changes parameters of a running stack, as `sam deploy --parameter-overrides` does, without building and packaging."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from edgepixel.aws.cloud import Cloud
from tests.waiting import wait_until


def update_stack(cloud: Cloud, name: str, changes: Mapping[str, str]) -> None:
    """Give parameters new values, the others keep theirs, and wait for the end. A failure has AWS's reasons."""
    cloudformation = cloud.client("cloudformation")
    given = [one["ParameterKey"] for one in _stack(cloudformation, name)["Parameters"]]
    assert set(changes) <= set(given)
    parameters = [
        {"ParameterKey": parameter, "ParameterValue": changes[parameter]}
        if parameter in changes
        else {"ParameterKey": parameter, "UsePreviousValue": True}
        for parameter in given
    ]
    try:
        cloudformation.update_stack(
            StackName=name,
            UsePreviousTemplate=True,
            Parameters=parameters,
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
    except ClientError as error:
        # On a busy machine boto3 sends a request again: then the first one is being done.
        if not error.response["ResponseMetadata"].get("RetryAttempts"):
            raise

    def ended() -> str | None:
        status = str(_stack(cloudformation, name)["StackStatus"])
        return None if status.endswith("IN_PROGRESS") else status

    status = wait_until(ended, f"the update with {dict(changes)} ends")
    assert status == "UPDATE_COMPLETE", f"{dict(changes)}: {status}, {_failures(cloudformation, name)}"
    now = {one["ParameterKey"]: one["ParameterValue"] for one in _stack(cloudformation, name)["Parameters"]}
    assert now | changes == now


def physical_ids(cloud: Cloud, name: str) -> dict[str, str]:
    """AWS's name of each resource of the stack, by logical id."""
    pages = cloud.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=name)
    return {
        resource["LogicalResourceId"]: resource["PhysicalResourceId"]
        for page in pages
        for resource in page["StackResourceSummaries"]
    }


def _stack(cloudformation: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    return found


def _failures(cloudformation: Any, name: str) -> list[str]:
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    return [
        f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"
        for event in events
        if event["ResourceStatus"].endswith("FAILED")
    ]
