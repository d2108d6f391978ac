# SPDX-License-Identifier: Apache-2.0
"""A stack with CrossCheck=enabled: what keeps missing hits from being named is told, and is no failure."""

import io
from typing import Any

import pytest
from rich.console import Console

from edgepixel.console.progress import Steps
from edgepixel.doctor.examination import examine
from edgepixel.doctor.facts.aws_calls import AwsCalls
from edgepixel.doctor.facts.said import Refused
from edgepixel.doctor.findings import Examination, Outcome, Stage
from edgepixel.doctor.follow.patience import patience
from tests.unit.edgepixel.doctor.canned_stack import PARAMETERS, Changes, cross_checked_stack


def examined(changes: Changes | None = None) -> Examination:
    calls = AwsCalls(cross_checked_stack(changes))
    return examine(calls, patience(PARAMETERS), None, Steps(Console(file=io.StringIO())).step)


def test_a_healthy_one_has_nothing_to_say_and_no_stage_of_its_own() -> None:
    found = examined()
    assert found.problem is None, found
    assert "CrossCheck" not in " ".join(found.notes)
    assert {result.stage for result in found.stages if result.outcome is Outcome.SKIPPED} == {Stage.LOG_DELIVERY}


@pytest.mark.parametrize(
    ("service", "operation", "response", "why"),
    [
        ("logs", "get_delivery_destination", Refused("Get", "ResourceNotFoundException", ""), "does not exist"),
        ("logs", "describe_delivery_sources", {"deliverySources": []}, "has no delivery source"),
        ("logs", "describe_deliveries", {"deliveries": []}, "No delivery joins"),
        ("s3", "get_bucket_policy", {"Policy": '{"Statement": []}'}, "does not let delivery.logs.amazonaws.com write"),
    ],
)
def test_what_keeps_files_from_coming_is_noted(service: str, operation: str, response: Any, why: str) -> None:
    found = examined({(service, operation): response})
    assert found.problem is None, found
    (note,) = [one for one in found.notes if one.startswith("CrossCheck=enabled, but")]
    assert why in note
    assert "Put it back as the template has it" in note
