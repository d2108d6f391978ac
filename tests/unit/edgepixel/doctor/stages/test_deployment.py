# SPDX-License-Identifier: Apache-2.0
"""A deployment that failed: the first resource that did, and whether a new account is why."""

from typing import Any

import pytest

from edgepixel.doctor.deployment import deployment_problem, stage_of
from edgepixel.doctor.findings import Paragraph, Stage
from edgepixel.template.reader import read_template

STACK = "AWS::CloudFormation::Stack"
# CloudFormation's message for a new account, as several public reports quote it (sst/sst#3704).
NOT_VERIFIED = (
    "Resource handler returned message: \"Access denied for operation 'AWS::CloudFront::Distribution: Your account "
    'must be verified before you can add new CloudFront resources." (HandlerErrorCode: AccessDenied)'
)


def event(resource: str, status: str, reason: str = "", kind: str = "AWS::Any::Thing") -> dict[str, Any]:
    told = {"ResourceStatusReason": reason} if reason else {}
    return {"LogicalResourceId": resource, "ResourceStatus": status, "ResourceType": kind, **told}


def failed(resource: str, reason: str) -> list[dict[str, Any]]:
    """The events of a deployment, newest first, in which others were cancelled because of this resource."""
    return [
        event("shop", "ROLLBACK_COMPLETE", kind=STACK),
        event("RawStream", "CREATE_FAILED", "Resource creation cancelled"),
        event(resource, "CREATE_FAILED", reason),
        event(resource, "CREATE_IN_PROGRESS"),
        event("shop", "CREATE_IN_PROGRESS", kind=STACK),
        event("LakeBucket", "CREATE_FAILED", "of a deployment before"),
    ]


def test_the_resource_that_failed_first_is_named_with_its_reason() -> None:
    problem = deployment_problem(failed("AggregatorRole", "not allowed"))
    assert problem is not None
    assert problem.stage is Stage.AGGREGATOR
    assert problem.what == "The deployment failed at AggregatorRole: not allowed"
    assert "delete the stack (sam delete --stack-name shop) and deploy it again." in problem.do


def test_an_update_that_cannot_be_taken_back_is_no_reason_to_delete_the_stack() -> None:
    events = [
        event("shop", "UPDATE_ROLLBACK_FAILED", kind=STACK),
        event("AggregatorRole", "UPDATE_FAILED", "not allowed"),
        event("shop", "UPDATE_IN_PROGRESS", kind=STACK),
    ]
    problem = deployment_problem(events)
    assert problem is not None
    assert "continue-update-rollback --stack-name shop" in problem.do
    assert "delete" not in problem.do


def test_an_account_that_is_not_verified_is_recognised() -> None:
    problem = deployment_problem(failed("Distribution", NOT_VERIFIED))
    assert problem is not None
    assert problem.stage is Stage.EDGE
    assert "AWS Support" in problem.do
    assert problem.paragraph is Paragraph.NEW_ACCOUNT


@pytest.mark.parametrize("reason", ["LimitExceededException: too many shards", "You have reached a quota"])
def test_a_quota_is_recognised(reason: str) -> None:
    problem = deployment_problem(failed("RawStream", reason))
    assert problem is not None
    assert "Service Quotas" in problem.do


def test_a_deployment_in_which_nothing_failed_has_no_problem() -> None:
    assert deployment_problem([event("shop", "CREATE_COMPLETE", kind=STACK)]) is None
    assert deployment_problem([]) is None


def test_every_resource_of_the_template_belongs_to_a_stage() -> None:
    stages = {name: stage_of(name) for name in read_template()["Resources"]}
    assert stages["Distribution"] is stages["PixelObject"] is stages["SiteBucket"] is Stage.EDGE
    assert stages["RealtimeLogConfig"] is Stage.LOG_CONFIGURATION
    assert stages["AggregatedStream"] is Stage.AGGREGATED_STREAM
    assert stages["CrawlerTriggerRole"] is Stage.TRIGGER
    assert stages["CrawlerRole"] is stages["Database"] is Stage.CATALOG
    assert stages["PagesAnswer"] is stages["WorkGroup"] is Stage.ANSWER
    assert set(stages.values()) == set(Stage)
