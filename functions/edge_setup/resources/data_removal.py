# SPDX-License-Identifier: Apache-2.0
"""Kind DataRemoval: what happens to a bucket's data when the stack is deleted.

Properties: Bucket, OnDelete (keep or delete). Physical id: `data-removal:bucket`.
Create and Update change nothing. Delete leaves the bucket alone, or empties and removes it.

Each kind makes its own client, and its tests replace `boto3.client`.
"""

from typing import Any

import boto3
from botocore.exceptions import ClientError

from aws_calls import CLIENT_CONFIG, error_code
from protocol.deadline import Deadline
from protocol.outcome import Outcome
from protocol.request import InvalidProperties, Request, texts

PHYSICAL_ID_PREFIX = "data-removal:"
CHOICES = ("keep", "delete")
OBJECTS_A_CALL = 1000  # Amazon S3 API Reference, DeleteObjects
# Deleting a page is not started with less time than this; it takes about a second.
PAGE_SECONDS = 5.0


class RemovalUnfinished(Exception):
    """The bucket still exists. The message says why, and how to go on."""


def create(request: Request, deadline: Deadline) -> Outcome:
    """Check the choice."""
    bucket, on_delete = texts(request.properties, "Bucket", "OnDelete")
    if on_delete not in CHOICES:
        raise InvalidProperties(f"OnDelete is {on_delete}, not one of {', '.join(CHOICES)}")
    return Outcome(physical_id=f"{PHYSICAL_ID_PREFIX}{bucket}")


# Another bucket has another physical id: CloudFormation then requests to delete the old one, with the choice that was
# made for it.
update = create


def delete(request: Request, deadline: Deadline) -> None:
    """Keep or delete the bucket, as chosen. An absent bucket is no error. Raises RemovalUnfinished."""
    bucket = request.physical_id.removeprefix(PHYSICAL_ID_PREFIX)
    if bucket == request.physical_id or request.properties.get("OnDelete") != "delete":
        return
    s3 = boto3.client("s3", config=CLIENT_CONFIG)
    try:
        _empty(s3, bucket, deadline)
        s3.delete_bucket(Bucket=bucket)
    except ClientError as error:
        if error_code(error) == "BucketNotEmpty":
            raise RemovalUnfinished(
                f"something still writes to bucket {bucket}; stop it, then delete the stack again"
            ) from error
        if error_code(error) != "NoSuchBucket":
            raise


def _empty(s3: Any, bucket: str, deadline: Deadline) -> None:
    deleted = 0
    # Always the first page: what it listed before is deleted.
    while versions := _first_versions(s3, bucket):
        if deadline.seconds_left() < PAGE_SECONDS:
            raise RemovalUnfinished(
                f"{deleted} objects of bucket {bucket} are deleted and more are left, but the time is up; "
                "delete the stack again to go on from there, or let a lifecycle rule empty a very large bucket first"
            )
        deletion = s3.delete_objects(Bucket=bucket, Delete={"Objects": versions, "Quiet": True})
        errors = deletion.get("Errors", [])
        if errors:
            first = errors[0]
            raise RemovalUnfinished(
                f"{len(errors)} objects of bucket {bucket} cannot be deleted, the first is {first.get('Key')}: "
                f"{first.get('Code')} {first.get('Message', '')}"
            )
        deleted += len(versions)


def _first_versions(s3: Any, bucket: str) -> list[dict[str, str]]:
    """As many object versions and delete markers as DeleteObjects takes, in its form."""
    page = s3.list_object_versions(Bucket=bucket, MaxKeys=OBJECTS_A_CALL)
    found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
    return [{"Key": version["Key"], "VersionId": version["VersionId"]} for version in found]
