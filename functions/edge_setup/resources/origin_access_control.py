# SPDX-License-Identifier: Apache-2.0
"""Kind OriginAccessControl: CloudFront's right to read a private S3 bucket.

Properties: Name, Description. Physical id and attribute Id: the id that CloudFront chooses.

Every change names the version that it changes (`IfMatch`), as CloudFront requires, so each change reads
first. Each kind makes its own client, and its tests replace `boto3.client`.
"""

from collections.abc import Callable, Mapping
from typing import Any

import boto3
from botocore.exceptions import ClientError

from aws_calls import CLIENT_CONFIG, error_code, retry_while
from protocol.deadline import Deadline
from protocol.outcome import Outcome, nothing_to_undo
from protocol.request import InvalidProperties, Request, texts

ABSENT = "NoSuchOriginAccessControl"
CHANGED_MEANWHILE = "PreconditionFailed"


def create(request: Request, deadline: Deadline) -> Outcome:
    """Make the control, or update the one that an earlier attempt of this stack made."""
    wanted = _configuration(request.properties)
    cloudfront = boto3.client("cloudfront", config=CLIENT_CONFIG)
    try:
        made = cloudfront.create_origin_access_control(OriginAccessControlConfig=wanted)
    except ClientError as error:
        if error_code(error) != "OriginAccessControlAlreadyExists":
            raise
        if not request.owns(wanted["Name"]):
            raise InvalidProperties(
                f"an origin access control named {wanted['Name']} exists and is not this stack's; "
                "delete it, or choose another name"
            ) from error
        existing = _id_of(cloudfront, wanted["Name"])
        _update(cloudfront, existing, wanted, deadline)
        return _outcome(existing)
    new = str(made["OriginAccessControl"]["Id"])
    return _outcome(new, undo=lambda: _delete(cloudfront, new, deadline))


def update(request: Request, deadline: Deadline) -> Outcome:
    """Change the control in place. It is made again if the name is another one, or if it was deleted."""
    wanted = _configuration(request.properties)
    cloudfront = boto3.client("cloudfront", config=CLIENT_CONFIG)
    try:
        found = cloudfront.get_origin_access_control(Id=request.physical_id)
        if found["OriginAccessControl"]["OriginAccessControlConfig"]["Name"] != wanted["Name"]:
            return create(request, deadline)  # CloudFormation then requests to delete the old one
        _update(cloudfront, request.physical_id, wanted, deadline)
    except ClientError as error:
        if error_code(error) != ABSENT:
            raise
        return create(request, deadline)
    return _outcome(request.physical_id)


def delete(request: Request, deadline: Deadline) -> None:
    """Delete the control. An absent one is no error."""
    _delete(boto3.client("cloudfront", config=CLIENT_CONFIG), request.physical_id, deadline)


def _update(cloudfront: Any, identifier: str, wanted: Mapping[str, str], deadline: Deadline) -> None:
    def call() -> None:
        version = cloudfront.get_origin_access_control(Id=identifier)["ETag"]
        cloudfront.update_origin_access_control(Id=identifier, IfMatch=version, OriginAccessControlConfig=wanted)

    retry_while(
        frozenset({CHANGED_MEANWHILE}),
        call,
        deadline,
        advice=f"something else keeps changing the origin access control {identifier}; update again",
    )


def _delete(cloudfront: Any, identifier: str, deadline: Deadline) -> None:
    def call() -> None:
        try:
            version = cloudfront.get_origin_access_control(Id=identifier)["ETag"]
            cloudfront.delete_origin_access_control(Id=identifier, IfMatch=version)
        except ClientError as error:
            if error_code(error) != ABSENT:
                raise

    # A distribution that was deleted a moment ago can still count as a user of it.
    retry_while(
        frozenset({"OriginAccessControlInUse", CHANGED_MEANWHILE}),
        call,
        deadline,
        advice=f"a distribution still uses the origin access control {identifier}; "
        "remove it from the distribution's origins, then delete again",
    )


def _id_of(cloudfront: Any, name: str) -> str:
    """The id of the control with this name: CloudFront has no search by name, so all are listed."""
    for page in cloudfront.get_paginator("list_origin_access_controls").paginate():
        for control in page["OriginAccessControlList"].get("Items", []):
            if control["Name"] == name:
                return str(control["Id"])
    raise LookupError(f"the origin access control {name} exists, but is not listed; try again")


def _configuration(properties: Mapping[str, Any]) -> dict[str, str]:
    name, description = texts(properties, "Name", "Description")
    return {
        "Name": name,
        "Description": description,
        "OriginAccessControlOriginType": "s3",
        "SigningBehavior": "always",
        "SigningProtocol": "sigv4",
    }


def _outcome(identifier: str, undo: Callable[[], None] = nothing_to_undo) -> Outcome:
    return Outcome(physical_id=identifier, data={"Id": identifier}, undo=undo)
