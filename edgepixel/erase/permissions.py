# SPDX-License-Identifier: Apache-2.0
"""Which permission a refused call lacks. Pure."""

from botocore.exceptions import ClientError

_REFUSALS = ("AccessDenied", "AccessDeniedException")
# Calls of Amazon S3 whose action has another name (Service Authorization Reference, "Actions, resources, and condition
# keys for Amazon S3"); an action of AWS Glue or Athena has that of its call.
_S3_ACTIONS = {
    "ListObjectsV2": "s3:ListBucket",
    "ListObjectVersions": "s3:ListBucketVersions",
    "GetBucketVersioning": "s3:GetBucketVersioning",
    "GetObject": "s3:GetObject",
    "PutObject": "s3:PutObject",
    "DeleteObjects": "s3:DeleteObject, or s3:DeleteObjectVersion in a bucket with versions",
}
_GLUE_ACTIONS = ("GetTable", "GetPartitions", "CreatePartition", "UpdatePartition", "BatchDeletePartition")


def missing_action(error: ClientError) -> str | None:
    """The action that somebody must be allowed; None if the refusal is not about permissions."""
    if error.response["Error"].get("Code") not in _REFUSALS:
        return None
    name = error.operation_name
    return _S3_ACTIONS.get(name) or f"{'glue' if name in _GLUE_ACTIONS else 'athena'}:{name}"
