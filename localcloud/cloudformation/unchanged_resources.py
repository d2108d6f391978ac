# SPDX-License-Identifier: Apache-2.0
"""An update writes no events about resources that it leaves as they are, so that its events tell what it changed.

MiniStack writes two about every resource of the template. Source: AWS CloudFormation User Guide, "Monitor the progress
of a stack update" ("events that mark the beginning and completion of the update of each resource that was changed").
"""

from localcloud.clock import Clock
from localcloud.ministack import cloudformation

_BEGUN, _ENDED = "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"
# Stack's name and logical id -> the arguments of the event that is written if something changes.
_held: dict[tuple[str, str], tuple[str, str, str, str, str]] = {}


def install(_clock: Clock) -> None:
    """Hold the first event about a resource back until `changes` says that it changes, or something else happens."""
    _held.clear()

    def add_event(
        stack_id: str,
        stack_name: str,
        logical_id: str,
        resource_type: str,
        status: str,
        reason: str = "",
        physical_id: str = "",
        detailed_status: str = "",
    ) -> None:
        # What rolls back has a physical id, and what replaces a reason.
        bare = not (reason or physical_id or detailed_status)
        if status == _BEGUN and bare and resource_type != "AWS::CloudFormation::Stack":
            _held[stack_name, logical_id] = (stack_id, stack_name, logical_id, resource_type, status)
            return
        if status == _ENDED and (stack_name, logical_id) in _held:
            del _held[stack_name, logical_id]
            return
        changes(stack_name, logical_id)
        cloudformation.add_event.own(
            stack_id, stack_name, logical_id, resource_type, status, reason, physical_id, detailed_status
        )

    cloudformation.add_event.replace(add_event)


def changes(stack_name: str, logical_id: str | None) -> None:
    """Write the event that was held back: the resource is made or changed now."""
    event = _held.pop((stack_name, logical_id or ""), None)
    if event:
        cloudformation.add_event.own(*event)
