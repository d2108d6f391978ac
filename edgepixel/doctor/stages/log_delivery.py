# SPDX-License-Identifier: Apache-2.0
"""Standard logs: CloudFront's delivery of them into the lake, and why no file comes."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from edgepixel.doctor.facts.said import Said, is_absent, part
from edgepixel.doctor.findings import CHANGED, Paragraph, Problem, Stage

_SERVICE = "delivery.logs.amazonaws.com"


@dataclass(frozen=True)
class LogDeliveryFacts:
    """GetDeliveryDestination, and the lists of sources and deliveries (None: nobody may look), all in us-east-1.

    `folder` is the ARN of where the files go, in the lake, and `policy` what GetBucketPolicy says of the lake.
    """

    distribution_arn: str
    destination: Said
    sources: list[dict[str, Any]] | None
    deliveries: list[dict[str, Any]] | None
    folder: str
    policy: Said


def problems(facts: LogDeliveryFacts) -> Iterator[Problem]:
    """What keeps CloudFront from writing files into the lake."""
    if is_absent(facts.destination):
        yield _problem("The delivery destination of the stack's standard logs does not exist.", CHANGED)
        return
    target = part(
        facts.destination, "deliveryDestination", "deliveryDestinationConfiguration", "destinationResourceArn"
    )
    if target not in (None, facts.folder):
        yield _problem(f"The standard logs are delivered to {target}, not to {facts.folder}.", CHANGED)
    if facts.sources is not None and facts.deliveries is not None:
        sources = {one["name"] for one in facts.sources if facts.distribution_arn in one["resourceArns"]}
        if not sources:
            yield _problem(f"{facts.distribution_arn} has no delivery source of standard logs.", CHANGED)
            return
        destination = part(facts.destination, "deliveryDestination", "arn")
        joined = [one for one in facts.deliveries if one["deliveryDestinationArn"] == destination]
        if destination and not any(one["deliverySourceName"] in sources for one in joined):
            yield _problem("No delivery joins the distribution's standard logs and the lake.", CHANGED)
    text = part(facts.policy, "Policy")
    if is_absent(facts.policy) or (text and not _lets_write(json.loads(text))):
        yield _problem(
            f"The lake's bucket policy does not let {_SERVICE} write, so CloudFront's files are refused.", CHANGED
        )


def cross_check_note(facts: LogDeliveryFacts) -> str | None:
    """Why missing hits are not named, or not all of them. Events come without it, so it is no failure of a stage."""
    for problem in problems(facts):
        return f"CrossCheck=enabled, but missing-requests does not name every missing hit. {problem.what} {problem.do}"
    return None


def overdue(seconds: float) -> Problem:
    """No file with the hits came in so many seconds, and everything looks right."""
    return _problem(
        f"No file of standard logs with the hits has come in {seconds:,.0f} s.",
        "Wait: a file usually comes within an hour, and may come up to 24 hours late. In the first four hours after a "
        "deployment, or after Source was changed, there need not be one. `edgepixel ask recent-events` tells what "
        "came.",
    )


def _lets_write(policy: dict[str, Any]) -> bool:
    """Whether a statement is for the service. Its conditions are not judged."""
    return any(
        statement.get("Effect") == "Allow" and _SERVICE in json.dumps(statement.get("Principal"))
        for statement in policy.get("Statement", [])
    )


def _problem(what: str, do: str) -> Problem:
    return Problem(Stage.LOG_DELIVERY, what, do, Paragraph.NO_FILE)
