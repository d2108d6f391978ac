# SPDX-License-Identifier: Apache-2.0
"""A stack that was not deployed to the end: what CloudFormation says of the first resource that failed. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from edgepixel.aws.stack_events import first_failure
from edgepixel.aws.stack_status import what_to_do
from edgepixel.doctor.findings import Paragraph, Problem, Stage

# Beginnings of logical ids of the template, the longer first.
_STAGES = (
    ("AggregatedStream", Stage.AGGREGATED_STREAM),
    ("Aggregator", Stage.AGGREGATOR),
    ("CrawlerTrigger", Stage.TRIGGER),
    ("Crawler", Stage.CATALOG),
    ("Classifier", Stage.CATALOG),
    ("Compact", Stage.CATALOG),
    ("Database", Stage.CATALOG),
    ("Delivery", Stage.DELIVERY),
    ("LogDelivery", Stage.LOG_DELIVERY),
    ("EventsView", Stage.VIEW),
    ("Lake", Stage.LAKE),
    ("RawStream", Stage.RAW_STREAM),
    ("RealtimeLog", Stage.LOG_CONFIGURATION),
    ("WorkGroup", Stage.ANSWER),
)
_NOT_VERIFIED = "account must be verified"
_LIMITS = ("LimitExceeded", "limit exceeded", "quota", "Quota", "TooManyRequests", "concurrent")


def deployment_problem(events: Sequence[Mapping[str, Any]]) -> Problem | None:
    """The problem that made a deployment fail, from DescribeStackEvents, newest first; None if nothing failed."""
    failed = first_failure(events)
    if failed is None:
        return None
    resource, reason = failed.logical_id, failed.reason
    what = f"The deployment failed at {resource}: {reason}"
    if _NOT_VERIFIED in reason:
        return Problem(
            stage_of(resource),
            what,
            "The account is not verified for CloudFront yet. Open a case with AWS Support (account and billing, which "
            "is free), quote this message, and deploy again when it is solved.",
            Paragraph.NEW_ACCOUNT,
        )
    if any(word in reason for word in _LIMITS):
        return Problem(
            stage_of(resource),
            what,
            "A quota of the account is reached. Ask for a higher one in Service Quotas, and deploy again.",
            Paragraph.NEW_ACCOUNT,
        )
    stack = next((event for event in events if event["ResourceType"] == "AWS::CloudFormation::Stack"), None)
    do = what_to_do(stack["ResourceStatus"], stack["LogicalResourceId"]) if stack else "deploy again"
    return Problem(stage_of(resource), what, f"{do[:1].upper()}{do[1:]}.", Paragraph.NEW_ACCOUNT)


def stage_of(logical_id: str) -> Stage:
    """The stage that a resource of the template belongs to."""
    if logical_id.endswith("Answer"):
        return Stage.ANSWER
    return next((stage for beginning, stage in _STAGES if logical_id.startswith(beginning)), Stage.EDGE)
