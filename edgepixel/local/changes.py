# SPDX-License-Identifier: Apache-2.0
"""What an update changed in a stack, by what CloudFormation says before and after it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from edgepixel.aws.cloud import Cloud
from edgepixel.aws.stack import Stack, find_stack
from edgepixel.aws.stack_events import Event, stack_events
from edgepixel.errors import StackNotFoundError
from edgepixel.parameter_changes.notes import NOTES

_LINK = re.compile(r"\[([^]]+)\]\(([^)]+)\)")
_STACK = "AWS::CloudFormation::Stack"


@dataclass(frozen=True)
class Deployed:
    """A stack at one time: its resources (logical id -> physical id), and its events."""

    stack: Stack
    resources: Mapping[str, str]
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Changes:
    """Parameters with their values before and after, and logical ids of resources, in the order of the alphabet.

    A parameter that is not there before or after has the value "". `kept` is the number of resources as they were.
    """

    parameters: Mapping[str, tuple[str, str]]
    updated: tuple[str, ...]
    replaced: tuple[str, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    kept: int

    def lines(self) -> Iterator[str]:
        """What a user reads."""
        for name, (before, after) in self.parameters.items():
            yield f"Parameter: {name}, {before or 'nothing'} -> {after or 'nothing'}"
            if name in NOTES:
                yield f"  In AWS: {_LINK.sub(_plain, NOTES[name])}."
        kinds = {"Updated": self.updated, "Replaced": self.replaced, "Added": self.added, "Removed": self.removed}
        for kind, names in kinds.items():
            if names:
                yield f"{kind + ':':10} {', '.join(names)}"
        if any(kinds.values()):
            others = (
                "The other resource is as it was"
                if self.kept == 1
                else f"The other {self.kept} resources are as they were"
            )
            yield f"{others}, with all that is in them."
        else:
            yield "No resource had to change."


def deployed(stack: Stack) -> Deployed:
    """The stack as it is now."""
    pages = stack.cloud.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack.name)
    resources = {
        resource["LogicalResourceId"]: resource["PhysicalResourceId"]
        for page in pages
        for resource in page["StackResourceSummaries"]
    }
    return Deployed(stack, resources, tuple(stack_events(stack.cloud, stack.name)))


def changes(before: Deployed, after: Deployed) -> Changes | None:
    """What is different after an update; None if there was none."""
    known = {event["EventId"] for event in before.events}
    events = [event for event in after.events if event["EventId"] not in known]
    if not any(event["ResourceType"] == _STACK and event["ResourceStatus"] == "UPDATE_COMPLETE" for event in events):
        return None
    old, new = before.resources, after.resources
    both = old.keys() & new.keys()
    replaced = {name for name in both if old[name] != new[name]}
    touched = {event["LogicalResourceId"] for event in events if event["ResourceStatus"] == "UPDATE_COMPLETE"}
    updated = touched & both - replaced
    return Changes(
        _changed(before.stack.parameters, after.stack.parameters),
        updated=tuple(sorted(updated)),
        replaced=tuple(sorted(replaced)),
        added=tuple(sorted(new.keys() - old.keys())),
        removed=tuple(sorted(old.keys() - new.keys())),
        kept=len(both - replaced - updated),
    )


def after_failure(cloud: Cloud, name: str) -> str:
    """What is left after an update failed."""
    try:
        find_stack(cloud, name)
    except StackNotFoundError as error:
        return f"It could not be rolled back: {error}. To begin anew, without its events: edgepixel down, edgepixel up"
    return "The running stack is as it was before, with all that is in it."


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    values = {name: (before.get(name, ""), after.get(name, "")) for name in sorted(before.keys() | after.keys())}
    return {name: (old, new) for name, (old, new) in values.items() if old != new}


def _plain(link: re.Match[str]) -> str:
    """A link of a document, as a terminal shows it."""
    return f"{link[1]} (docs/{link[2]})"
