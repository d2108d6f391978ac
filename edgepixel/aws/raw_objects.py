# SPDX-License-Identifier: Apache-2.0
"""How many objects of a lake are where, and how large. Lists S3; reads no object."""

from datetime import UTC, date, datetime, time

from edgepixel.aws import lake_names
from edgepixel.aws.stack import Stack


def raw_objects(stack: Stack, day: date) -> tuple[int, int]:
    """The number and the bytes of a day's raw objects, in both layouts."""
    midnight = datetime.combine(day, time(tzinfo=UTC))
    found = [stored_objects(stack, midnight.strftime(folder)) for folder in lake_names.DAY_FOLDERS]
    return sum(number for number, _ in found), sum(size for _, size in found)


def stored_objects(stack: Stack, prefix: str) -> tuple[int, int]:
    """The number and the bytes of the lake's objects whose keys begin so."""
    pages = stack.cloud.client("s3").get_paginator("list_objects_v2")
    sizes = [
        one["Size"]
        for page in pages.paginate(Bucket=stack.lake_bucket, Prefix=prefix)
        for one in page.get("Contents", [])
    ]
    return len(sizes), sum(sizes)
