# SPDX-License-Identifier: Apache-2.0
"""From an S3 "Object Created" event, or a folder, to the partition of the lake that it is about. Pure.

Real-time log lines are in `dt=2026-03-14/hour=09/`, as the delivery names it, and standard logs in
`year=2026/month=03/day=14/hour=09/`: CloudFront writes no other Hive-compatible names. A partition has one folder, and
both may have the same hour, so the second's value of `hour` is `09-standard`. The view shows both as `09`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

PARTITION_KEYS = ("dt", "hour")

_REALTIME = re.compile(r"dt=(\d{4}-\d{2}-\d{2})/hour=([01]\d|2[0-3])/", re.ASCII)
_STANDARD = re.compile(r"year=(\d{4})/month=(\d{2})/day=(\d{2})/hour=([01]\d|2[0-3])/", re.ASCII)
_STANDARD_SUFFIX = "-standard"
# Folders between the events' and an hour's, by the name of the first.
_FOLDERS_ABOVE = {"dt": 1, "year": 3}


class IgnoredReason(StrEnum):
    """Why an event is ignored. A retry would not help, so it is not an error."""

    NOT_OBJECT_CREATED = "not_object_created"
    OUTSIDE_EVENTS_PREFIX = "outside_events_prefix"
    NOT_IN_PARTITION_LAYOUT = "not_in_partition_layout"
    EMPTY_OBJECT = "empty_object"


@dataclass(frozen=True)
class Partition:
    """One hour of the lake, of one source. `values` are in the order of PARTITION_KEYS, `location` ends in a slash."""

    day: str
    hour: str
    location: str

    @property
    def values(self) -> tuple[str, str]:
        """The partition's values: the day as YYYY-MM-DD and the hour as 00 to 23 or 00-standard to 23-standard, UTC."""
        return self.day, self.hour

    @property
    def is_of_standard_logs(self) -> bool:
        """Whether CloudFront's standard logs are there: a crawler would give their folders keys of their own."""
        return self.hour.endswith(_STANDARD_SUFFIX)


def partition_of(event: Mapping[str, Any], events_prefix: str) -> Partition | IgnoredReason:
    """The partition that an EventBridge event of Amazon S3 is about, or why there is none.

    Keys are taken as they are: unlike S3's own notifications (SQS, SNS, Lambda), which encode the
    `=` of a folder name as `%3D`, EventBridge events carry the key unencoded.
    """
    try:
        if event["source"] != "aws.s3" or event["detail-type"] != "Object Created":
            return IgnoredReason.NOT_OBJECT_CREATED
        bucket = str(event["detail"]["bucket"]["name"])
        key = str(event["detail"]["object"]["key"])
        size = int(event["detail"]["object"]["size"])
    except (KeyError, TypeError, ValueError):
        return IgnoredReason.NOT_OBJECT_CREATED

    if not key.startswith(events_prefix):
        return IgnoredReason.OUTSIDE_EVENTS_PREFIX
    if size == 0:  # the marker that consoles and tools leave for a "folder"
        return IgnoredReason.EMPTY_OBJECT
    # The object lies directly in its hour's folder: that is how delivery writes it.
    folder, slash, name = key.rpartition("/")
    partition = partition_in(bucket, folder + slash, events_prefix)
    if partition is None or not name:
        return IgnoredReason.NOT_IN_PARTITION_LAYOUT
    return partition


def partition_in(bucket: str, folder: str, events_prefix: str) -> Partition | None:
    """The partition whose objects a folder, a key prefix that ends in a slash, holds. None if it is no hour's."""
    path = folder.removeprefix(events_prefix)
    if found := _REALTIME.fullmatch(path):
        day, hour = found[1], found[2]
    elif found := _STANDARD.fullmatch(path):
        day, hour = "-".join(found.groups()[:3]), f"{found[4]}{_STANDARD_SUFFIX}"
    else:
        return None
    return Partition(day, hour, f"s3://{bucket}/{folder}") if _is_a_day(day) else None


def folders_above_hours(folder: str, events_prefix: str) -> int:
    """How many folders there are from one directly in the events' to one of an hour; 0 if it has no hours."""
    return _FOLDERS_ABOVE.get(folder.removeprefix(events_prefix).partition("=")[0], 0)


def _is_a_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
