# SPDX-License-Identifier: Apache-2.0
"""Deletes, once a day, folders of typed days that nobody points at, and raw objects that have expired."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aws_calls import AwsCalls
from found import Finder
from raw_lines import LakeObject
from request import is_closed
from settings import Settings
from typed_days import TypedDay, typed_day_input

UNUSED_FOR = timedelta(days=1)
"""How old the newest object of a folder is before the folder goes: queries that read it have ended, and so have
statements that write it (both after 30 minutes at most)."""
_FOLDER = re.compile(r"dt=[0-9]{4}-[0-9]{2}-[0-9]{2}/v=[^/]+/", re.ASCII)


@dataclass(frozen=True)
class Cleaned:
    """How many folders were deleted, and of how many days the raw objects. `left`: old folders of untyped days."""

    folders: int
    raw_days: int
    left: tuple[str, ...] = ()


class Cleaning:
    """Deletes what is not needed any more."""

    def __init__(self, calls: AwsCalls, settings: Settings, now: datetime) -> None:
        self._calls = calls
        self._settings = settings
        self._finder = Finder(calls, settings)
        self._now = now

    def clean(self) -> Cleaned:
        """Both kinds of deletion. Raises NotDeletedError, and what boto3 raises; the next day goes on."""
        deleted, left = self._delete_folders()
        return Cleaned(deleted, sum(map(self._expire, self._finder.typed_days())), left)

    def _delete_folders(self) -> tuple[int, tuple[str, ...]]:
        """Delete the folders that no typed day points at, the catalog's entry of each first.

        But not of a day that is not typed, of which they may be all that is left: the tables of a new database know no
        typed day, and raw lines may have expired. Returns how many were deleted, and which are left.
        """
        prefix = self._settings.typed_prefix
        old = unused(self._calls.objects(prefix), prefix, self._now)
        # Read after the listing: a folder that was switched to meanwhile is one that is pointed at.
        typed = self._finder.typed_days()
        for one in typed:
            old.pop(one.location.removeprefix(f"s3://{self._settings.lake_bucket}/"), None)
        known = {one.day for one in typed}
        left = tuple(sorted(folder for folder in old if _day(folder) not in known))
        for folder in left:
            del old[folder]
        there = f"s3://{self._settings.lake_bucket}/"
        made = self._calls.partitions(self._settings.days_made_table_name)
        gone = [
            one["Values"]
            for one in made
            if any(one["StorageDescriptor"]["Location"].startswith(there + folder) for folder in old)
        ]
        self._calls.delete_partitions(self._settings.days_made_table_name, gone)
        self._calls.delete_objects(key for keys in old.values() for key in keys)
        return len(old), left

    def _expire(self, typed: TypedDay) -> bool:
        """Delete a day's raw objects if they are old enough and all of them are in the typed day.

        The day is marked first: what is gone must not look like a change.
        """
        days = self._settings.raw_retention_days
        if typed.raw_gone or not days or not is_closed(typed.day, timedelta(days=days), self._now):
            return False
        found = self._finder.look(typed.day)
        if found.typed != typed or found.hours or not (found.objects or typed.raw_expired):
            return False
        table = self._finder.table(self._settings.days_table_name)
        if not typed.raw_expired:
            if found.raw_objects != typed.raw_objects:
                return False
            typed = replace(typed, raw_expired=True)
            self._calls.update_partition(self._settings.days_table_name, typed_day_input(table, typed))
        # What has come since then is not in the typed day: the next run types that, too.
        self._calls.delete_objects(one.key for one in found.objects if one.modified <= typed.raw_newest)
        gone = typed_day_input(table, replace(typed, raw_gone=True))
        self._calls.update_partition(self._settings.days_table_name, gone)
        return True


def _day(folder: str) -> str:
    """The date in a folder's `dt=`."""
    return folder.rstrip("/").split("/")[-2].removeprefix("dt=")


def unused(objects: Iterable[LakeObject], typed_prefix: str, now: datetime) -> dict[str, list[str]]:
    """The keys of each folder whose newest object is older than UNUSED_FOR, by the folder, which ends in a slash."""
    folders: dict[str, list[LakeObject]] = {}
    for one in objects:
        if found := _FOLDER.match(one.key.removeprefix(typed_prefix)):
            folders.setdefault(typed_prefix + found[0], []).append(one)
    return {
        folder: [one.key for one in held]
        for folder, held in folders.items()
        if max(one.modified for one in held) < now - UNUSED_FOR
    }
