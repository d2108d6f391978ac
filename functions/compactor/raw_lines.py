# SPDX-License-Identifier: Apache-2.0
"""The raw lines of a day: its objects in the lake, and the hours of `pixel_events` that hold them. Pure.

The layouts are those of functions/crawler_trigger/partition.py: `dt=2026-03-14/hour=09/` is the hour `09`, and
`year=2026/month=03/day=14/hour=09/`, where CloudFront writes standard logs, is `09-standard`. A test holds them equal.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

PART_BYTES = 2 * 1024**3
"""Compressed bytes of raw lines that one statement reads.

Athena ends a statement after 30 minutes (user guide, "Service Quotas"), and keeps what it groups in memory, whose size
AWS does not tell. 2 GiB are about 25 million lines, some 30 GB of rows: a statement of that size ends in minutes.
"""

_HOUR = re.compile(r"(hour=([01]\d|2[0-3])/)[^/]+", re.ASCII)
_STANDARD_SUFFIX = "-standard"


@dataclass(frozen=True)
class LakeObject:
    """One object: `modified` in UTC, `size` in bytes."""

    key: str
    etag: str
    size: int
    modified: datetime


@dataclass(frozen=True, order=True)
class RawHour:
    """One partition of `pixel_events`. `created` tells it from one that was there before it was dropped."""

    day: str
    hour: str
    location: str
    created: str = ""

    @property
    def values(self) -> list[str]:
        """The partition's values."""
        return [self.day, self.hour]


def folders(events_prefix: str, day: str) -> tuple[str, str]:
    """Where a day's objects are: those that Firehose writes, and standard logs."""
    year, month, day_of_month = day.split("-")
    return f"{events_prefix}dt={day}/", f"{events_prefix}year={year}/month={month}/day={day_of_month}/"


def hour_of_object(key: str, events_prefix: str, day: str) -> tuple[str, str] | None:
    """The hour's value and folder (it ends in a slash) of an object; None if it lies in no hour's folder."""
    realtime, standard = folders(events_prefix, day)
    for folder, suffix in ((realtime, ""), (standard, _STANDARD_SUFFIX)):
        if found := _HOUR.fullmatch(key.removeprefix(folder)) if key.startswith(folder) else None:
            return found[2] + suffix, folder + found[1]
    return None


def hours_with_objects(objects: Iterable[LakeObject], bucket: str, events_prefix: str, day: str) -> list[RawHour]:
    """The hours that must be registered for all of a day's objects to be read, in order."""
    found = {hour_of_object(one.key, events_prefix, day) for one in objects} - {None}
    return sorted(RawHour(day, hour[0], f"s3://{bucket}/{hour[1]}") for hour in found if hour)


def fingerprint(objects: Iterable[LakeObject]) -> str:
    """Tells whether a day's objects are the same: of their keys and entity tags, in any order."""
    lines = sorted(f"{one.key} {one.etag}\n" for one in objects)
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:32]


def newest(objects: Iterable[LakeObject]) -> datetime:
    """When the last of the objects came; the beginning of time if there are none."""
    return max((one.modified for one in objects), default=datetime.fromtimestamp(0, UTC))


def parts(objects: Sequence[LakeObject], events_prefix: str, day: str, most: int = PART_BYTES) -> list[list[str]]:
    """The hours (00 to 23) that each statement reads, in order. One empty list means the whole day.

    A single hour of more bytes is a part of its own: there is nothing smaller to read.
    """
    if sum(one.size for one in objects) <= most:
        return [[]]
    sizes: dict[str, int] = {}
    for one in objects:
        if found := hour_of_object(one.key, events_prefix, day):
            hour = found[0].removesuffix(_STANDARD_SUFFIX)
            sizes[hour] = sizes.get(hour, 0) + one.size
    made: list[list[str]] = []
    read = 0
    for hour in sorted(sizes):
        if not made or read + sizes[hour] > most:
            made.append([])
            read = 0
        made[-1].append(hour)
        read += sizes[hour]
    return made


def raw_hour_of(partition: Mapping[str, Any]) -> RawHour:
    """A partition of `pixel_events` as Glue describes it."""
    day, hour = partition["Values"]
    created = partition.get("CreationTime")
    return RawHour(day, hour, partition["StorageDescriptor"]["Location"], "" if created is None else str(created))
