# SPDX-License-Identifier: Apache-2.0
"""Kind DistributionAttachment: the pixel on a distribution that the user already has.

Properties: DistributionId, OriginId (unique to the stack), BucketDomainName, OriginAccessControlId, PixelPath,
ResponseHeadersPolicyId; RealtimeLogConfigArn with real-time logs; FunctionArn if a CloudFront Function sees requests.
Physical id: `distribution-attachment:DistributionId/OriginId`, so that another distribution replaces the attachment,
and another path changes it in attachment. Attributes: DomainName (that viewers use), DistributionDomainName.

The distribution is not the stack's: one origin and one cache behaviour are added and removed again, and everything
else is written back as it was read. Each kind makes its own client, and its tests replace `boto3.client`.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

import boto3
from botocore.exceptions import ClientError

from aws_calls import CLIENT_CONFIG, StillRefused, error_code
from distribution.config import (
    Config,
    Pieces,
    attached,
    host_name,
    pixel_behavior,
    put_in,
    site_origin,
    take_out,
    users_of,
)
from distribution.distribution import ABSENT, Distribution
from protocol.deadline import Deadline
from protocol.outcome import Outcome
from protocol.request import InvalidProperties, Request, texts

PREFIX = "distribution-attachment:"


class NotRemoved(Exception):
    """Something of this stack stays in the distribution. The message says what to do by hand."""


@dataclass(frozen=True)
class AttachmentId:
    """The distribution, and the stack's origin in it: together the physical id."""

    distribution_id: str
    origin_id: str

    @classmethod
    def parse(cls, physical_id: str) -> Self | None:
        """Parse a physical id; None when the text is another kind of id."""
        distribution_id, found, origin_id = physical_id.removeprefix(PREFIX).partition("/")
        return cls(distribution_id, origin_id) if physical_id.startswith(PREFIX) and found else None

    @property
    def physical_id(self) -> str:
        return f"{PREFIX}{self.distribution_id}/{self.origin_id}"


def create(request: Request, deadline: Deadline) -> Outcome:
    """Attach the pixel, or bring up to date what an earlier attempt of this stack attached."""
    return _attach(request, deadline, set())


def update(request: Request, deadline: Deadline) -> Outcome:
    """Change the attachment in place; on another distribution it is made again."""
    if request.physical_id != _attachment(request).physical_id:
        return create(request, deadline)  # CloudFormation then requests to delete the old one
    outcome = _attach(request, deadline, {*texts(request.old_properties, "PixelPath")})
    if _function_arn(request.old_properties) not in ("", _function_arn(request.properties)):
        # Until then CloudFront can refuse to delete the old function, which CloudFormation does next.
        _distribution(_attachment(request), deadline).wait_until_deployed()
    return outcome


def delete(request: Request, deadline: Deadline) -> None:
    """Remove what was attached, and wait until it is deployed. What is absent already is no error.

    Raises NotRemoved while something else in the distribution uses the origin.
    """
    attachment = AttachmentId.parse(request.physical_id)
    if attachment is None:
        _remove_leftovers(request, deadline)
    else:
        _detach(_distribution(attachment, deadline), attachment, {*texts(request.properties, "PixelPath")})


def _remove_leftovers(request: Request, deadline: Deadline) -> None:
    """Remove what a Create that was cut off may have left: after its failure there is no physical id."""
    try:
        attachment = _own_attachment(request)
        paths = {*texts(request.properties, "PixelPath")}
    except InvalidProperties:
        return  # the Create failed because of these very properties
    distribution = _distribution(attachment, deadline)
    try:
        distribution.read()
    except StillRefused:
        return  # what may not be read was not changed either
    except ClientError as error:
        if error_code(error) == ABSENT:
            return
        raise
    _detach(distribution, attachment, paths)


def _detach(distribution: Distribution, attachment: AttachmentId, paths: set[str]) -> None:
    def without(config: Config) -> Config:
        rest, _ = take_out(config, attachment.origin_id, paths)
        if users := users_of(rest, attachment.origin_id):
            raise NotRemoved(
                f"distribution {attachment.distribution_id}: the origin {attachment.origin_id} is also used by "
                f"{', '.join(users)}; remove that or point it elsewhere, then delete again"
            )
        return rest

    try:
        distribution.change(without)
        # Until then CloudFront can refuse to delete what the behaviour names, which CloudFormation does next.
        distribution.wait_until_deployed()
    except ClientError as error:
        if error_code(error) != ABSENT:
            raise


def _attach(request: Request, deadline: Deadline, old_paths: set[str]) -> Outcome:
    attachment = _own_attachment(request)
    bucket, access, path, headers = texts(
        request.properties, "BucketDomainName", "OriginAccessControlId", "PixelPath", "ResponseHeadersPolicyId"
    )
    log = request.properties.get("RealtimeLogConfigArn", "")
    origin = site_origin(attachment.origin_id, bucket, access)
    behavior = pixel_behavior(path, attachment.origin_id, headers, log, _function_arn(request.properties))
    paths = {path, *old_paths}
    distribution = _distribution(attachment, deadline)
    try:
        config = distribution.read()["Distribution"]["DistributionConfig"]
    except ClientError as error:
        if error_code(error) != ABSENT:
            raise
        raise InvalidProperties(
            f"there is no distribution {attachment.distribution_id} in this account; give the id of one that exists"
        ) from error
    if config.get("Staging"):
        raise InvalidProperties(f"{attachment.distribution_id} is a staging distribution; give the primary one")
    _, before = take_out(config, attachment.origin_id, paths)
    restore = partial(_restore, distribution, attachment.origin_id, paths, before)
    try:
        described = distribution.change(lambda config: attached(config, origin, behavior, old_paths))
    except Exception as error:
        # The change may have been made, and only its response got lost. No Delete follows a Create that failed.
        try:
            restore()
        except Exception as second:
            raise NotRemoved(
                f"{error}; and restoring distribution {attachment.distribution_id} failed ({second}): check whether it "
                f"has the origin {attachment.origin_id}"
            ) from error
        if _is_about_the_plan(error):
            raise InvalidProperties(
                f"{error}. A distribution with a flat-rate pricing plan cannot have real-time logs, and needs the tier "
                f"Business or Premium with Source=standard: change {attachment.distribution_id} to pay-as-you-go, or "
                "leave AttachToDistributionId empty"
            ) from error
        raise
    name = str(described["DomainName"])
    data = {"DomainName": host_name(described["DistributionConfig"], name), "DistributionDomainName": name}
    return Outcome(attachment.physical_id, data, undo=restore)


def _is_about_the_plan(error: Exception) -> bool:
    """Whether CloudFront refuses because of the distribution's pricing plan.

    CloudFront Developer Guide, "CloudFront flat-rate pricing plans", says that real-time logs are refused, and response
    headers policies of one's own in two tiers, and not how. Its known messages (InvalidArgument) have one of these
    words: cloud-custodian#10477, gronxb/hot-updater#855.
    """
    words = str(error).lower()
    return isinstance(error, ClientError) and ("pricing plan" in words or "in this tier" in words)


def _restore(distribution: Distribution, origin_id: str, paths: Set[str], before: Pieces) -> None:
    """Give the stack's origin and behaviours the state that they had before the request."""
    distribution.change(lambda config: put_in(take_out(config, origin_id, paths)[0], before))


def _function_arn(properties: Mapping[str, Any]) -> str:
    """The function's ARN; empty if there is none, or if an older template did not know of it."""
    return str(properties.get("FunctionArn", ""))


def _attachment(request: Request) -> AttachmentId:
    return AttachmentId(*texts(request.properties, "DistributionId", "OriginId"))


def _own_attachment(request: Request) -> AttachmentId:
    attachment = _attachment(request)
    # The stack recognizes its own pieces by the origin's id only.
    if not request.owns(attachment.origin_id):
        raise InvalidProperties(f"OriginId is {attachment.origin_id}, which does not contain the stack's unique id")
    return attachment


def _distribution(attachment: AttachmentId, deadline: Deadline) -> Distribution:
    return Distribution(boto3.client("cloudfront", config=CLIENT_CONFIG), attachment.distribution_id, deadline)
