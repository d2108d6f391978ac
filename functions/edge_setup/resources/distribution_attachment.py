# SPDX-License-Identifier: Apache-2.0
"""Kind DistributionAttachment: the pixel on a distribution that the user already has.

Properties: DistributionId, OriginId (unique to the stack), BucketDomainName, OriginAccessControlId, PixelPath,
ResponseHeadersPolicyId, RealtimeLogConfigArn.
Physical id: `distribution-attachment:DistributionId/OriginId`, so that another distribution replaces the attachment,
and another path changes it in place. Attributes: DomainName (as viewers know it), DistributionDomainName.

The distribution is somebody else's: one origin and one cache behaviour are added and taken out again, and everything
else goes back as it was read. Each kind makes its own client, and its tests replace `boto3.client`.
"""

from dataclasses import dataclass
from typing import Self

import boto3
from botocore.exceptions import ClientError

from aws_calls import CLIENT_CONFIG, StillRefused, error_code
from distribution.config import Config, attached, host_name, pixel_behavior, put_in, site_origin, take_out, users_of
from distribution.distribution import ABSENT, Distribution
from protocol.deadline import Deadline
from protocol.outcome import Outcome
from protocol.request import InvalidProperties, Request, texts

PREFIX = "distribution-attachment:"


class LeftBehind(Exception):
    """Something of this stack stays in the distribution. The message says what to do by hand."""


@dataclass(frozen=True)
class Place:
    """The distribution, and the stack's origin in it."""

    distribution_id: str
    origin_id: str

    @classmethod
    def of(cls, physical_id: str) -> Self | None:
        """The place in a physical id; None when the text is no such id."""
        distribution_id, found, origin_id = physical_id.removeprefix(PREFIX).partition("/")
        return cls(distribution_id, origin_id) if physical_id.startswith(PREFIX) and found else None

    @property
    def physical_id(self) -> str:
        return f"{PREFIX}{self.distribution_id}/{self.origin_id}"


def create(request: Request, deadline: Deadline) -> Outcome:
    """Attach the pixel, or bring up to date what an earlier attempt of this stack attached."""
    return _attach(request, deadline, set())


def update(request: Request, deadline: Deadline) -> Outcome:
    """Change the attachment in place; on another distribution it is made anew."""
    if request.physical_id != _place(request).physical_id:
        return create(request, deadline)  # CloudFormation then asks to delete the old one
    return _attach(request, deadline, {*texts(request.old_properties, "PixelPath")})


def delete(request: Request, deadline: Deadline) -> None:
    """Take out what was attached, and wait until the edge knows; absent pieces, or an absent distribution, are fine.

    Raises LeftBehind while something else of the distribution uses the origin.
    """
    place = Place.of(request.physical_id)
    if place is None:
        _search(request, deadline)
    else:
        _detach(_distribution(place, deadline), place, {*texts(request.properties, "PixelPath")})


def _search(request: Request, deadline: Deadline) -> None:
    """Take out what a Create that was cut off may have left: its failure gave no physical id."""
    try:
        place = _own_place(request)
        paths = {*texts(request.properties, "PixelPath")}
    except InvalidProperties:
        return  # the Create failed because of these very properties
    distribution = _distribution(place, deadline)
    try:
        distribution.read()
    except StillRefused:
        return  # what may not be read was not changed either
    except ClientError as error:
        if error_code(error) == ABSENT:
            return
        raise
    _detach(distribution, place, paths)


def _detach(distribution: Distribution, place: Place, paths: set[str]) -> None:
    def without(config: Config) -> Config:
        rest, _ = take_out(config, place.origin_id, paths)
        if users := users_of(rest, place.origin_id):
            raise LeftBehind(
                f"distribution {place.distribution_id}: the origin {place.origin_id} is also used by "
                f"{', '.join(users)}; remove that or point it elsewhere, then delete again"
            )
        return rest

    try:
        distribution.change(without)
        # Until then CloudFront can refuse to delete what the behaviour named, which CloudFormation does next.
        distribution.wait_until_deployed()
    except ClientError as error:
        if error_code(error) != ABSENT:
            raise


def _attach(request: Request, deadline: Deadline, old_paths: set[str]) -> Outcome:
    place = _own_place(request)
    bucket, access, path, headers, log = texts(
        request.properties,
        "BucketDomainName",
        "OriginAccessControlId",
        "PixelPath",
        "ResponseHeadersPolicyId",
        "RealtimeLogConfigArn",
    )
    origin = site_origin(place.origin_id, bucket, access)
    behavior = pixel_behavior(path, place.origin_id, headers, log)
    paths = {path, *old_paths}
    distribution = _distribution(place, deadline)
    try:
        config = distribution.read()["Distribution"]["DistributionConfig"]
    except ClientError as error:
        if error_code(error) != ABSENT:
            raise
        raise InvalidProperties(
            f"there is no distribution {place.distribution_id} in this account; give the id of one that is"
        ) from error
    if config.get("Staging"):
        raise InvalidProperties(f"{place.distribution_id} is a staging distribution; give the primary one")
    _, before = take_out(config, place.origin_id, paths)

    def put_back() -> None:
        def as_before(config: Config) -> Config:
            return put_in(take_out(config, place.origin_id, paths)[0], before)

        distribution.change(as_before)

    try:
        described = distribution.change(lambda config: attached(config, origin, behavior, old_paths))
    except Exception as error:
        # The change may have been made, and only its answer got lost. No Delete follows a Create that failed.
        try:
            put_back()
        except Exception as second:
            raise LeftBehind(
                f"{error}; and whether it is as before could not be made sure ({second}): look into distribution "
                f"{place.distribution_id} for the origin {place.origin_id}"
            ) from error
        raise
    name = str(described["DomainName"])
    data = {"DomainName": host_name(described["DistributionConfig"], name), "DistributionDomainName": name}
    return Outcome(place.physical_id, data, undo=put_back)


def _place(request: Request) -> Place:
    return Place(*texts(request.properties, "DistributionId", "OriginId"))


def _own_place(request: Request) -> Place:
    place = _place(request)
    # The origin's id is all by which the stack knows its own pieces again.
    if not request.owns(place.origin_id):
        raise InvalidProperties(f"OriginId is {place.origin_id}, which does not hold the stack's unique id")
    return place


def _distribution(place: Place, deadline: Deadline) -> Distribution:
    return Distribution(boto3.client("cloudfront", config=CLIENT_CONFIG), place.distribution_id, deadline)
