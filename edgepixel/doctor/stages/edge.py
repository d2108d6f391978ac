# SPDX-License-Identifier: Apache-2.0
"""The edge: the distribution, its cache behaviour for the pixel, the pixel's object, and how the edge responds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from edgepixel.doctor.facts.said import Said, is_absent, part, was_told
from edgepixel.doctor.findings import PUT_BACK, Paragraph, Problem, Stage

_SERVED = (200, 206, 304)


@dataclass(frozen=True)
class EdgeFacts:
    """GetDistribution, and ListObjectsV2 of the site bucket for the key of the pixel."""

    distribution_id: str
    pixel_path: str
    distribution: Said
    pixel_objects: Said


@dataclass(frozen=True)
class Response:
    """What a hit got: a status and CloudFront's request id, or else the `reason` why it got no response."""

    status: int | None
    request_id: str | None = None
    reason: str = ""


def problems(facts: EdgeFacts) -> Iterator[Problem]:
    """What is wrong with the distribution and the pixel."""
    if is_absent(facts.distribution):
        yield _problem(f"The distribution {facts.distribution_id} does not exist.", f"Somebody deleted it. {PUT_BACK}")
        return
    if part(facts.distribution, "Distribution", "DistributionConfig", "Enabled") is False:
        yield _problem(
            f"The distribution {facts.distribution_id} is disabled: it refuses every request.",
            "Enable it in the CloudFront console, or find out why somebody disabled it. It takes some minutes.",
        )
    if was_told(facts.distribution) and behavior(facts) is None:
        yield _problem(
            f"The distribution {facts.distribution_id} has no cache behaviour for {facts.pixel_path}.",
            f"Somebody, or another template, took it out. {PUT_BACK}",
        )
    if is_absent(facts.pixel_objects):
        yield _problem("The site bucket does not exist.", f"Somebody deleted it. {PUT_BACK}")
    elif was_told(facts.pixel_objects) and not _has_pixel(facts):
        yield _problem(
            f"The pixel's object {facts.pixel_path.lstrip('/')!r} is not in the site bucket, "
            "so the edge responds with 403 or 404 as soon as its cache is empty.",
            "Put the image back: deploy the stack with another PixelPath and then with this one again, "
            "or copy any 1x1 GIF there.",
        )


def behavior(facts: EdgeFacts) -> Mapping[str, Any] | None:
    """The pixel's cache behaviour; None if it is not there, or if nobody may look."""
    items = part(facts.distribution, "Distribution", "DistributionConfig", "CacheBehaviors", "Items") or []
    path = facts.pixel_path.lstrip("/")
    return next((item for item in items if item["PathPattern"].lstrip("/") == path), None)


def in_progress(facts: EdgeFacts) -> bool:
    """Whether a change of the distribution is not deployed to every edge location yet."""
    return bool(part(facts.distribution, "Distribution", "Status") == "InProgress")


def response_problem(facts: EdgeFacts, response: Response) -> Problem | None:
    """What is wrong if a hit got this response; None if it got the image from CloudFront."""
    if in_progress(facts) and response.status not in _SERVED:
        return _problem(
            f"{_shown(response)} The distribution's last change is not deployed yet (its status is InProgress).",
            "Wait until its status is Deployed, usually some minutes, and run this command again.",
        )
    if response.status is None:
        return _problem(
            _shown(response),
            "Check that the pixel's host name leads to the distribution, and that its certificate is valid.",
        )
    if response.status == 403:
        return _problem(
            "The edge refuses the pixel with status 403.",
            "Check the site bucket's policy and the origin access control, a web ACL in front of the distribution, "
            "and geographic restrictions.",
        )
    if response.status not in _SERVED:
        return _problem(
            f"The edge responds to the pixel with status {response.status}.",
            "Check the distribution's origin and its cache behaviour for the pixel.",
        )
    if not response.request_id:
        return _problem(
            "The response has no X-Amz-Cf-Id: it does not come from CloudFront.",
            "The pixel's host name leads somewhere else. Point its DNS record to the output DistributionDomainName.",
        )
    return None


def _has_pixel(facts: EdgeFacts) -> bool:
    key = facts.pixel_path.lstrip("/")
    return any(item["Key"] == key for item in part(facts.pixel_objects, "Contents") or [])


def _shown(response: Response) -> str:
    if response.status is None:
        return f"A hit got no response ({response.reason})."
    return f"The edge responds to the pixel with status {response.status}."


def _problem(what: str, do: str) -> Problem:
    return Problem(Stage.EDGE, what, do, Paragraph.EDGE)
