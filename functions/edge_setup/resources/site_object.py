# SPDX-License-Identifier: Apache-2.0
"""One object in the site bucket: what PixelObject and PixelScript have in common.

Physical id: `s3://bucket/key`, so that CloudFormation requests to delete the old object when bucket or key changes,
and not when only the content does. Each caller makes its own client, and its tests replace `boto3.client`.
"""

from typing import Any

import boto3
from botocore.exceptions import ClientError

from aws_calls import CLIENT_CONFIG, error_code
from protocol.outcome import Outcome
from protocol.request import InvalidProperties, Request


def key_of(name: str, path: str) -> str:
    """The key of the object at the path of a URL. Raises InvalidProperties with the property's name."""
    if not path.startswith("/") or path.endswith("/"):
        raise InvalidProperties(f"{name} is {path}; it must begin, and must not end, with a slash")
    return path.removeprefix("/")


def write(request: Request, bucket: str, key: str, **content: Any) -> Outcome:
    """Write the object; writing it again is the same. `content` are the arguments of PutObject.

    An Update of an object at the same key cannot be undone, because its old content is gone.
    """
    s3 = boto3.client("s3", config=CLIENT_CONFIG)
    s3.put_object(Bucket=bucket, Key=key, **content)
    made = Outcome(physical_id=f"s3://{bucket}/{key}", data={"Key": key}, undo=lambda: _delete(s3, bucket, key))
    return Outcome(made.physical_id, made.data) if made.physical_id == request.physical_id else made


def delete(request: Request) -> None:
    """Delete the object that the physical id names. An absent object or bucket is no error."""
    scheme, _, place = request.physical_id.partition("://")
    bucket, _, key = place.partition("/")
    if scheme == "s3" and bucket and key:
        _delete(boto3.client("s3", config=CLIENT_CONFIG), bucket, key)


def _delete(s3: Any, bucket: str, key: str) -> None:
    try:
        s3.delete_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error_code(error) != "NoSuchBucket":
            raise
