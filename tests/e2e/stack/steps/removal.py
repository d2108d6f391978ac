# SPDX-License-Identifier: Apache-2.0
"""Deletes stacks."""

from edgepixel.aws.cloud import Cloud
from tests.waiting import WAITER


def delete_stack(cloud: Cloud, name: str) -> None:
    """Delete a stack and wait until it is gone."""
    cloudformation = cloud.client("cloudformation")
    cloudformation.delete_stack(StackName=name)
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig=WAITER)
