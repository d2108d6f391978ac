# SPDX-License-Identifier: Apache-2.0
"""What an update is said to have changed, and what is left when one failed."""

import re
from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from edgepixel.local.changes import Changes, Deployed, after_failure, changes
from edgepixel.local.command import what_changed
from tests.unit.edgepixel.fake_cloud import STACK, fake_cloud


def event(number: int, name: str, status: str = "UPDATE_COMPLETE") -> dict[str, str]:
    kind = "AWS::CloudFormation::Stack" if name == "edgepixel" else "AWS::Kinesis::Stream"
    return {"EventId": str(number), "LogicalResourceId": name, "ResourceType": kind, "ResourceStatus": status}


def deployed(resources: Mapping[str, str], *events: Mapping[str, str], **parameters: str) -> Deployed:
    return Deployed(replace(STACK, parameters=parameters), resources, events)


OLD = (event(2, "edgepixel"), event(1, "Delivery"))
BEFORE = deployed({"Lake": "l", "Delivery": "d", "Answer": "1", "Alarm": "a"}, *OLD, BufferSeconds="900", Zone="UTC")


def test_an_update_tells_parameters_and_resources_of_each_kind() -> None:
    after = deployed(
        {"Lake": "l", "Delivery": "d", "Answer": "2", "Topic": "t"},
        event(7, "edgepixel"),
        event(6, "Topic"),
        event(5, "Answer"),
        event(4, "Delivery"),
        event(3, "Delivery", "UPDATE_IN_PROGRESS"),
        *OLD,
        BufferSeconds="60",
        Zone="UTC",
        Email="",
    )
    found = changes(BEFORE, after)
    assert found == Changes({"BufferSeconds": ("900", "60")}, ("Delivery",), ("Answer",), ("Topic",), ("Alarm",), 1)
    assert what_changed(found).splitlines() == [
        "The running stack was updated in place.",
        "Parameter: BufferSeconds, 900 -> 60",
        "Updated:   Delivery",
        "Replaced:  Answer",
        "Added:     Topic",
        "Removed:   Alarm",
        "The other resource is as it was, with all that is in them.",
    ]


def test_what_to_know_before_a_parameter_is_changed_in_aws_is_told_with_it() -> None:
    lines = list(Changes({"Source": ("realtime", "standard")}, ("Delivery",), (), (), (), 7).lines())
    assert lines[0] == "Parameter: Source, realtime -> standard"
    assert lines[1].startswith(
        "  In AWS: In two steps (docs/operations.md#another-source), by way of `both`: so no hit is"
    )
    assert lines[3] == "The other 7 resources are as they were, with all that is in them."


def test_an_update_of_no_resource_is_told_so() -> None:
    after = deployed(BEFORE.resources, event(3, "edgepixel"), *OLD, BufferSeconds="900", Zone="UTC", Accept="yes")
    said = what_changed(changes(BEFORE, after))
    assert said.splitlines()[1:] == ["Parameter: Accept, nothing -> yes", "No resource had to change."]


def test_nothing_to_change_is_no_update() -> None:
    assert changes(BEFORE, BEFORE) is None
    assert what_changed(None).startswith("Nothing to change")


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("UPDATE_ROLLBACK_COMPLETE", "is as it was before"),
        ("UPDATE_ROLLBACK_FAILED", "could not be rolled back.*UPDATE_ROLLBACK_FAILED.*edgepixel down"),
    ],
)
def test_what_is_left_after_a_failure(status: str, said: str) -> None:
    outputs = [{"OutputKey": key, "OutputValue": value} for key, value in STACK.outputs.items()]
    found: dict[str, Any] = {"StackStatus": status, "Outputs": outputs}
    client = SimpleNamespace(describe_stacks=lambda StackName: {"Stacks": [found]})
    assert re.search(said, after_failure(fake_cloud(cloudformation=client), "edgepixel"))
