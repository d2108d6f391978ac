# SPDX-License-Identifier: Apache-2.0
"""Writes typed days anew without some rows, and tells the compactor that nothing is to be done.

The compactor's own code (functions/compactor), not a copy, reads and writes what is kept in a partition.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from edgepixel.ask.athena import run_query, run_statement
from edgepixel.aws import lake_names
from edgepixel.aws.stack import Stack
from edgepixel.erase import statements
from edgepixel.erase.catalog import Catalog, Partition
from edgepixel.erase.raw_objects import RawChange
from edgepixel.erase.store import LakeObject, Store
from edgepixel.erase.subject import Sought
from edgepixel.errors import ErasureError
from edgepixel.paths import ROOT
from localcloud.in_process_function import function_loader

_MOST_CHANGES = 5
_SECONDS = 1900.0  # Athena ends a statement after 30 minutes (user guide, "Service Quotas")


class TypedDays:
    """The typed days of a stack."""

    def __init__(self, stack: Stack, store: Store, sought: Sought) -> None:
        with function_loader(ROOT / "functions") as load:
            modules = load("compactor", "typed_days", "raw_lines")
        self._typed_days, self._raw_lines = modules.typed_days, modules.raw_lines
        self._stack = stack
        self._store = store
        self._sought = sought
        self._left: set[str] = set()  # locations that were switched away from
        self._catalog = Catalog(stack.cloud.client("glue"), stack.database)

    def days(self) -> set[str]:
        """All days that are typed."""
        return {one["Values"][0] for one in self._catalog.typed_days()}

    def erase(self, day: str, ids: Iterable[str], change: RawChange) -> int:
        """Write a day without the rows, switch to that, and tell how many are gone.

        `ids` are the hashes of those of raw lines, `change` is what became of the day's raw objects. A day that
        somebody types meanwhile is done again. Raises ErasureError if that does not end, or if rows are missing.
        """
        for _ in range(_MOST_CHANGES):
            partition = self._partition(day)
            if partition is None:
                return 0
            typed = self._with_raw(self._typed_days.typed_day_of(partition), change)
            held, wanted = self._counted(statements.count(self._sought, ids, day))
            made = held
            if wanted:
                location, made = self._written(day, ids)
                typed = replace(typed, location=location, rows=made)
            if made != held - wanted:
                if self._is_switched_from(partition):
                    continue
                raise ErasureError(
                    f"{made:,} rows of {day} were written instead of {held - wanted:,}. Run the command again"
                )
            if self._switched(partition, typed):
                return wanted
        raise ErasureError(f"{day} is typed again all the time. Wait for the compactor, then run the command again")

    def delete_unused(self, day: str, raw: Sequence[LakeObject]) -> int:
        """Delete the files of a day's folders that nobody points at, or will; how many. `raw` are its raw objects now.

        A folder that has a file from before the newest of these was made of others: the compactor, whose tokens depend
        on them, never switches to it. Any other folder may be one that it is about to switch to, and has no row that is
        to go; it is the compactor's to delete.
        """
        there = f"s3://{self._stack.lake_bucket}/"
        partition = self._partition(day)
        location = partition["StorageDescriptor"]["Location"].rstrip("/") + "/" if partition else ""
        newest = max((one.modified for one in raw), default=None)
        folders: dict[str, list[LakeObject]] = {}
        for one in self._store.objects(folder(day)):
            folders.setdefault(there + _version_folder(one.key), []).append(one)
        gone = {
            name
            for name, files in folders.items()
            if not (location and (name.startswith(location) or location.startswith(name)))
            and (newest is None or name in self._left or min(one.modified for one in files) <= newest)
        }
        # Of the switched folder there is an entry, too, by which it was counted.
        self._catalog.drop_made(
            day, lambda made: made == location or there + _version_folder(made[len(there) :]) in gone
        )
        keys = [one.key for name in gone for one in folders[name]]
        return self._store.delete(folder(day), keys, location.removeprefix(there) or None)

    def _is_switched_from(self, before: Partition) -> bool:
        """Whether somebody else has changed a day's partition."""
        now = self._partition(before["Values"][0])
        return now is None or _state(now) != _state(before)

    def _partition(self, day: str) -> Partition | None:
        return next((one for one in self._catalog.typed_days() if one["Values"][0] == day), None)

    def _with_raw(self, typed: Any, change: RawChange) -> Any:
        """The typed day of other raw objects. One that was not of all of them stays so: the compactor is to redo it."""
        fingerprint = self._raw_lines.fingerprint
        if change.before == change.after or typed.raw_objects != fingerprint(change.before):
            return typed
        newest = max(typed.raw_newest, self._raw_lines.newest(change.after))
        return replace(typed, raw_objects=fingerprint(change.after), raw_newest=newest)

    def _written(self, day: str, ids: Iterable[str]) -> tuple[str, int]:
        """Write the day without the rows into a fresh folder. Gives the folder's URI, and how many rows are there."""
        version = secrets.token_hex(8)
        location = f"s3://{self._stack.lake_bucket}/{folder(day)}v={version}/"
        columns = self._columns()
        run_statement(self._stack, statements.unload(columns, self._sought, ids, day, location), _SECONDS)
        table = self._catalog.table(lake_names.DAYS_MADE_TABLE)
        self._catalog.add_made(self._typed_days.partition_input(table, [day, version], location))
        (made,) = self._counted(statements.count_made(day, version))
        return location, made

    def _switched(self, before: Partition, typed: Any) -> bool:
        """Point the day at its new folder, in one call. False if somebody else has changed its partition meanwhile."""
        partitions = self._catalog.typed_days()
        now = next((one for one in partitions if one["Values"][0] == typed.day), None)
        if now is None or _state(now) != _state(before):
            return False
        old = self._typed_days.typed_day_of(now)
        if typed == old:
            return True
        if typed.location != old.location:
            # Who knew of the old folder agrees with the new one, which has no id that the old one had not.
            others = self._typed_days.neighbors(map(self._typed_days.typed_day_of, partitions), typed.day)
            typed = replace(typed, knows=tuple(one.version for one in others if old.agrees_with(one)))
            self._left.add(old.location)
        self._catalog.switch(self._typed_days.typed_day_input(self._catalog.table(lake_names.DAYS_TABLE), typed))
        return True

    def _columns(self) -> Sequence[str]:
        table = self._catalog.table(lake_names.DAYS_TABLE)
        return [column["Name"] for column in table["StorageDescriptor"]["Columns"]]

    def _counted(self, sql: str) -> tuple[int, ...]:
        (row,) = run_query(self._stack, sql, timeout_seconds=_SECONDS).rows
        return tuple(int(str(value)) for value in row)


def folder(day: str) -> str:
    """The key prefix of a typed day's folders."""
    return f"{lake_names.TYPED}dt={day}/"


def _version_folder(key: str) -> str:
    """The folder `typed/dt=…/v=…/` of a key, which may be in a part of it."""
    return "/".join(key.split("/")[:3]) + "/"


def _state(partition: Partition) -> tuple[str, dict[str, str]]:
    return partition["StorageDescriptor"]["Location"], dict(partition.get("Parameters") or {})
