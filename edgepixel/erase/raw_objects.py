# SPDX-License-Identifier: Apache-2.0
"""The lake's objects of log lines: which of them have lines that are to go, and the same without those."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from edgepixel.aws import lake_names
from edgepixel.erase.store import LakeObject, Store
from edgepixel.errors import UnreadableObjectError

_AT_A_TIME = 8  # objects in memory

type Without = Callable[[str, bytes], tuple[Any, int]]
"""An object's bytes without the lines that are to go, and how many those are. Raises UnreadableObjectError."""


@dataclass
class Searched:
    """Objects with lines that are to go and how many each has, objects without, and those that could not be read."""

    hits: dict[str, int] = field(default_factory=dict)
    without_lines: set[str] = field(default_factory=set)
    unreadable: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Replaced:
    """The entity tags of an object that was read, and of what was written in its place."""

    old: str
    new: str


@dataclass(frozen=True)
class RawChange:
    """The objects of one day before some of them were replaced, and after."""

    before: Sequence[LakeObject]
    after: Sequence[LakeObject]


def list_days(store: Store, days: Iterable[str]) -> dict[str, list[LakeObject]]:
    """All objects of some days, in both layouts, by day."""
    return {day: [one for folder in folders(day) for one in store.objects(folder)] for day in sorted(days)}


def folders(day: str) -> list[str]:
    """Where a day's objects are."""
    return [date.fromisoformat(day).strftime(folder) for folder in lake_names.DAY_FOLDERS]


def search(store: Store, keys: Sequence[str], without: Without, progress: Callable[[int], None]) -> Searched:
    """Read objects and look for lines. One that is gone meanwhile has none. `progress` is told how many are done."""
    searched = Searched()

    def look(key: str) -> int | UnreadableObjectError:
        stored = store.read(key)
        try:
            return without(key, stored.body)[1] if stored else 0
        except UnreadableObjectError as error:
            return error

    with ThreadPoolExecutor(_AT_A_TIME) as threads:
        for number, (key, found) in enumerate(zip(keys, threads.map(look, keys), strict=True), start=1):
            if isinstance(found, UnreadableObjectError):
                searched.unreadable.append(str(found))
            elif found:
                searched.hits[key] = found
            else:
                searched.without_lines.add(key)
            progress(number)
    return searched


def change_of(listed: Sequence[LakeObject], now: Iterable[LakeObject], replaced: Mapping[str, Replaced]) -> RawChange:
    """A day's objects before and after. `listed` are those that were searched, `now` is listed after the replacements.

    What has come meanwhile is in neither, and what somebody else has replaced is before or after as it was then: so the
    compactor sees both.
    """
    if not any(one.key in replaced for one in listed):
        return RawChange(listed, listed)
    modified = {one.key: one.modified for one in now}
    before = [replace(one, etag=replaced[one.key].old) if one.key in replaced else one for one in listed]
    after = [
        replace(one, etag=replaced[one.key].new, modified=modified.get(one.key, one.modified))
        if one.key in replaced
        else one
        for one in before
    ]
    return RawChange(before, after)
