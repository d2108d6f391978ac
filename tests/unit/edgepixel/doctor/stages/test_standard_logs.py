# SPDX-License-Identifier: Apache-2.0
"""A stack of standard logs: its stages, and what can be wrong with the delivery of its files."""

import io
from typing import Any

import pytest
from rich.console import Console

from edgepixel.console.progress import Steps
from edgepixel.doctor.examination import examine
from edgepixel.doctor.facts.aws_calls import AwsCalls
from edgepixel.doctor.facts.said import Refused
from edgepixel.doctor.findings import ONLY_WITH_REALTIME_LOGS, Examination, Outcome, Stage
from edgepixel.doctor.follow.patience import patience
from edgepixel.doctor.stages import log_delivery
from tests.unit.edgepixel.doctor.canned_stack import DESTINATION, PARAMETERS, Changes, standard_stack

WAITS = patience(PARAMETERS | {"Source": "standard"})


def examined(changes: Changes | None = None) -> Examination:
    return examine(AwsCalls(standard_stack(changes)), WAITS, None, Steps(Console(file=io.StringIO())).step)


def test_a_healthy_stack_has_no_stage_of_real_time_logs() -> None:
    found = examined()
    assert found.problem is None, found
    skipped = {result.stage: result.detail for result in found.stages if result.outcome is Outcome.SKIPPED}
    assert skipped == dict.fromkeys(ONLY_WITH_REALTIME_LOGS, "Source=standard")
    assert {result.outcome for result in found.stages if result.stage not in skipped} == {Outcome.OK}


@pytest.mark.parametrize(
    ("operation", "response", "what"),
    [
        ("get_delivery_destination", Refused("Get", "ResourceNotFoundException", ""), "does not exist"),
        (
            "get_delivery_destination",
            {
                "deliveryDestination": {
                    "arn": DESTINATION,
                    "deliveryDestinationConfiguration": {"destinationResourceArn": "arn:aws:s3:::other/events"},
                }
            },
            "delivered to arn:aws:s3:::other/events",
        ),
        ("describe_delivery_sources", {"deliverySources": []}, "has no delivery source"),
        ("describe_deliveries", {"deliveries": []}, "No delivery joins"),
    ],
)
def test_what_is_wrong_with_the_delivery_is_its_stage_s_problem(operation: str, response: Any, what: str) -> None:
    found = examined({("logs", operation): response})
    assert found.problem is not None
    assert found.problem.stage is Stage.LOG_DELIVERY
    assert what in found.problem.what


@pytest.mark.parametrize(
    "policy", [{"Policy": '{"Statement": []}'}, Refused("GetBucketPolicy", "NoSuchBucketPolicy", "")]
)
def test_a_bucket_policy_without_the_statement_is_named(policy: Any) -> None:
    found = examined({("s3", "get_bucket_policy"): policy})
    assert found.problem is not None
    assert "does not let delivery.logs.amazonaws.com write" in found.problem.what


@pytest.mark.parametrize("operation", ["get_delivery_destination", "describe_delivery_sources", "describe_deliveries"])
def test_what_nobody_may_look_at_is_noted(operation: str) -> None:
    found = examined({("logs", operation): Refused("TheOperation", "AccessDeniedException", "not you")})
    assert found.problem is None, found
    assert found.notes == ("Not looked at: AWS refused TheOperation (AccessDeniedException).",)


def test_it_waits_for_an_hour_and_says_that_files_may_be_later() -> None:
    assert WAITS.limits[Stage.LAKE] == 3600 + 180
    assert not {Stage.RAW_STREAM, Stage.AGGREGATED_STREAM} & set(WAITS.limits)
    problem = log_delivery.overdue(3780)
    assert problem.stage is Stage.LOG_DELIVERY
    assert "up to 24 hours late" in problem.do
