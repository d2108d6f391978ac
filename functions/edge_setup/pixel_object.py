# SPDX-License-Identifier: Apache-2.0
"""Kind PixelObject: the image itself, in the site bucket.

Properties: Bucket, Path (as in the pixel's URL, beginning with a slash).
Physical id: `s3://bucket/key`. Attribute: Key.

Each kind makes its own client, and its tests replace `boto3.client`.
"""

from typing import Any

import boto3
from botocore.exceptions import ClientError

from aws_calls import CLIENT_CONFIG, error_code
from deadline import Deadline
from outcome import Outcome
from request import InvalidProperties, Request, texts

# The smallest picture that every browser and mail reader shows as nothing: 43 bytes.
# Layout: GIF89a Specification, CompuServe 1990.
TRANSPARENT_GIF = bytes.fromhex(
    "474946383961"  # header: GIF89a
    "01000100800000"  # screen: 1 x 1, a colour table of two
    "000000ffffff"  # the two colours: black, white
    "21f9040100000000"  # graphic control: colour 0 is transparent
    "2c000000000100010000"  # image: 1 x 1 at 0, 0
    "02024401"  # its one dot, colour 0, in LZW codes of two bits
    "003b"  # end of the data, end of the file
)


def create(request: Request, deadline: Deadline) -> Outcome:
    """Write the image; writing it again is the same."""
    bucket, key = _place(request)
    s3 = boto3.client("s3", config=CLIENT_CONFIG)
    # No Cache-Control here: the edge must go on caching the object. That viewers do not is the
    # response headers policy's doing.
    s3.put_object(Bucket=bucket, Key=key, Body=TRANSPARENT_GIF, ContentType="image/gif")
    return Outcome(
        physical_id=f"s3://{bucket}/{key}",
        data={"Key": key},
        undo=lambda: _delete(s3, bucket, key),
    )


def update(request: Request, deadline: Deadline) -> Outcome:
    """Write the image, at its new place if that changed; CloudFormation then asks to delete the old one."""
    outcome = create(request, deadline)
    if outcome.physical_id == request.physical_id:
        return Outcome(outcome.physical_id, outcome.data)  # it was there before: nothing to undo
    return outcome


def delete(request: Request, deadline: Deadline) -> None:
    """Delete the image; an absent one, or an absent bucket, is fine."""
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


def _place(request: Request) -> tuple[str, str]:
    bucket, path = texts(request.properties, "Bucket", "Path")
    if not path.startswith("/") or path.endswith("/"):
        raise InvalidProperties(f"Path is {path}; it must begin, and must not end, with a slash")
    return bucket, path.removeprefix("/")
