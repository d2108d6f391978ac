# SPDX-License-Identifier: Apache-2.0
"""Whether a bucket's policy lets CloudWatch Logs write a distribution's log files.

Principal, action and condition keys: CloudWatch Logs User Guide, "Logs sent to Amazon S3" (V2-S3). CreateDelivery looks
for the policy, and would add it for a caller who may change bucket policies; here nobody's is changed.
"""

from collections.abc import Mapping
from typing import Any

from localcloud.iam import policies
from localcloud.iam.principals import AccessDeniedError, check_service
from localcloud.ministack import s3
from localcloud.ministack.server import account_id
from localcloud.refusal import RefusedError

_SERVICE = "delivery.logs.amazonaws.com"
_ACL = {"s3:x-amz-acl": "bucket-owner-full-control"}


def destination_bucket(destination: Mapping[str, Any]) -> tuple[str, str]:
    """The bucket and the prefix of a destination in S3."""
    arn = destination["deliveryDestinationConfiguration"]["destinationResourceArn"]
    bucket, _, prefix = str(arn).rpartition(":::")[2].partition("/")
    return bucket, prefix


def check_put(source: Mapping[str, Any], bucket: str, key: str) -> None:
    """Raise AccessDeniedError unless the bucket's policy lets a delivery source's file be put there."""
    policy = policies.of_bucket(account_id(), bucket)
    check_service(_SERVICE, policy, "s3:PutObject", f"arn:aws:s3:::{bucket}/{key}", source["arn"], _ACL)


def check_may_write(source: Mapping[str, Any], bucket: str, prefix: str) -> None:
    """Raise RefusedError as CreateDelivery does. `prefix`: what the keys of all files begin with."""
    if bucket not in s3.buckets:
        raise RefusedError("ResourceNotFoundException", f"The bucket {bucket} does not exist.")
    try:
        check_put(source, bucket, f"{prefix}/file" if prefix else f"AWSLogs/{account_id()}/CloudFront/file")
    except AccessDeniedError as error:
        raise RefusedError(
            "AccessDeniedException",
            f"Access Denied for LogDestination: {bucket}. Please check LogDestination permission",
        ) from error
