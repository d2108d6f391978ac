# SPDX-License-Identifier: Apache-2.0
"""The lake's objects of log lines: which of them have lines that are to go, and the same without those."""

from collections.abc import Callable, Iterable, Sequence
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
class RawChange:
    """The objects of one day when they were searched, and the same objects after some of them were replaced."""

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


def change_of(before: Sequence[LakeObject], now: Iterable[LakeObject], replaced: dict[str, str]) -> RawChange:
    """A day's objects before and after. `replaced` has the entity tags of what was written, `now` is listed after it.

    What has come meanwhile is in neither, and what somebody else has replaced is in the second as it should be: so the
    compactor sees both.
    """
    modified = {one.key: one.modified for one in now}
    after = [
        replace(one, etag=replaced.get(one.key, one.etag), modified=modified.get(one.key, one.modified))
        for one in before
    ]
    return RawChange(before, after)
