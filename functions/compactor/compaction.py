# SPDX-License-Identifier: Apache-2.0
"""One day of raw lines becomes one typed day: written, counted, switched to, and only then dropped as raw lines.

Nothing is remembered between runs: a step that is done again finds what it did, by tokens that depend on what is read.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

import raw_lines
import statements
from aws_calls import AwsCalls, Execution
from found import Finder, Found
from request import Request
from settings import Settings
from statements import Source, Times
from typed_days import TypedDay, partition_input, typed_day_input

_MOST_CHANGES = 5  # an open day changes all the time: the next run goes on
_PAUSE_SECONDS = 2.0
_SECONDS_TO_END = 30.0


class DayFailedError(RuntimeError):
    """A day could not be typed. The message says why, of each attempt."""


class End(StrEnum):
    """How work on a day ended."""

    TYPED = "typed"
    WAITING = "waiting"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Outcome:
    """How work on a day ended, and the typed day that there is now, if any. `note` is what an operator should know."""

    end: End
    typed: TypedDay | None = None
    note: str = ""


class _WaitingError(Exception):
    """A statement goes on without this run."""


class _AttemptFailedError(Exception):
    """A statement failed, or its rows are not those expected."""


class Compaction:
    """Types days, one after the other."""

    def __init__(
        self,
        calls: AwsCalls,
        settings: Settings,
        now: Callable[[], datetime],
        seconds_left: Callable[[], float],
        pause: Callable[[float], None],
    ) -> None:
        self._calls = calls
        self._settings = settings
        self._finder = Finder(calls, settings)
        self._now = now
        self._seconds_left = seconds_left
        self._pause = pause

    def type_day(self, day: str, request: Request) -> Outcome:
        """Type a day unless it is, and drop its raw hours from the catalog.

        Raises DayFailedError when all attempts of this calendar day failed, and what boto3 raises.
        """
        for _ in range(_MOST_CHANGES):
            found = self._finder.look(day)
            if nothing := self._nothing_to_do(found, request):
                return nothing
            if self._prepared(found):
                continue  # the hours are in the catalog now, with their times
            try:
                typed = self._made(found)
            except _WaitingError:
                return Outcome(End.WAITING, found.typed)
            if typed is not None and self._switched(found, typed) and self._drop_raw(day, typed):
                return Outcome(End.TYPED, typed)
        return Outcome(End.WAITING, found.typed)

    def _nothing_to_do(self, found: Found, request: Request) -> Outcome | None:
        """The outcome of a day that is not to be typed (again); None for one that is."""
        if found.typed is None:
            return None if found.objects else Outcome(End.UNCHANGED)
        if found.has_fewer_objects and not (request.redo and request.objects_removed):
            self._leave(found, found.typed, request)
            return Outcome(End.UNCHANGED, found.typed, "raw objects of the typed day are gone: it stays as it is")
        if found.typed.raw_expired and not found.objects and request.redo:
            return Outcome(End.UNCHANGED, found.typed, "its raw objects have expired: it cannot be typed again")
        if found.is_up_to_date and not request.redo:
            self._leave(found, found.typed, request)
            return Outcome(End.UNCHANGED, found.typed)
        return None

    def _leave(self, found: Found, typed: TypedDay, request: Request) -> None:
        """Drop the raw hours of a day that stays typed as it is.

        But not at the end of a statement: it may be that of a run that types the day again, and has yet to count the
        same raw lines. If there is no such run, the next one by the hour drops them. Most days have none, and S3 bills
        a second look at them, too, every hour.
        """
        if not request.query_id and found.hours:
            self._drop_raw(found.day, typed)
        elif not request.query_id:
            self._forget_made(found.day, typed)

    def _prepared(self, found: Found) -> bool:
        """Whether something had to be done before a statement can read just the raw lines that it should."""
        if expired := found.expired_objects:
            self._calls.delete_objects(one.key for one in expired)
            return True
        wanted = raw_lines.hours_with_objects(
            found.objects, self._settings.lake_bucket, self._settings.events_prefix, found.day
        )
        there = {one.hour for one in found.hours}
        missing = [one for one in wanted if one.hour not in there]
        if missing:
            table = self._finder.table(self._settings.table_name)
            inputs = [partition_input(table, one.values, one.location) for one in missing]
            self._calls.create_partitions(self._settings.table_name, inputs)
        return bool(missing)

    def _made(self, found: Found) -> TypedDay | None:
        """Write and count the day. None if what it was made from has changed meanwhile. Raises DayFailedError."""
        failures = []
        for attempt in range(1, statements.ATTEMPTS + 1):
            try:
                typed = self._attempt(found, attempt)
            except _AttemptFailedError as error:
                failures.append(str(error))
                if self._finder.look(found.day).basis != found.basis:
                    return None
            else:
                return typed
        raise DayFailedError(f"{found.day} is not typed, all attempts of today failed: {'; '.join(failures)}")

    def _attempt(self, found: Found, attempt: int) -> TypedDay:
        """Write all parts of the day into one fresh folder, and count each. Raises _AttemptFailedError."""
        table = self._finder.table(self._settings.days_table_name)
        made_table = self._finder.table(self._settings.days_made_table_name)
        columns = [column["Name"] for column in table["StorageDescriptor"]["Columns"]]
        today = str(self._now().date())
        version = statements.token(found.basis, self._sql(columns, found), today, attempt)[:16]
        folder = f"s3://{self._settings.lake_bucket}/{self._settings.typed_prefix}dt={found.day}/v={version}/"
        rows, earlier = 0, list[str]()
        parts = raw_lines.parts(found.objects, self._settings.events_prefix, found.day)
        for number, hours in enumerate(parts):
            source = self._source(found, hours, earlier)
            if source.neighbors or source.earlier:
                source = replace(source, times=self._times(source, version))
            made, part_folder = version, folder
            if len(parts) > 1:
                made, part_folder = f"{version}-{number:02}", f"{folder}part={number:02}/"
            self._run(statements.unload(self._settings, columns, source, part_folder), version)
            self._calls.create_partition(
                self._settings.days_made_table_name, partition_input(made_table, [found.day, made], part_folder)
            )
            rows += self._counted(source, made, version)
            earlier.append(made)
        return TypedDay(
            day=found.day,
            location=folder,
            rows=rows,
            rules_version=found.rules,
            raw_objects=found.raw_objects,
            raw_count=len(found.objects),
            raw_newest=raw_lines.newest(found.objects),
            raw_expired=found.typed is not None and found.typed.raw_expired,
            typed_at=self._now().isoformat(timespec="seconds"),
            knows=tuple(one.version for one in found.neighbors),
        )

    def _source(self, found: Found, hours: list[str], earlier: list[str]) -> Source:
        typed = found.typed
        return Source(
            day=found.day,
            hours=tuple(hours),
            neighbors=tuple(one.day for one in found.neighbors),
            earlier=tuple(earlier),
            with_typed=typed is not None and typed.raw_expired,
        )

    def _sql(self, columns: list[str], found: Found) -> str:
        """The statement without its folder, which depends on it."""
        return statements.unload(self._settings, columns, self._source(found, [], []), "")

    def _times(self, source: Source, version: str) -> Times:
        """The times of the rows, by which copies of them are found. Raises _AttemptFailedError or _WaitingError."""
        query_id = self._run(statements.times(self._settings, source), version)
        return statements.times_of(self._calls.first_row(query_id))

    def _counted(self, source: Source, made: str, version: str) -> int:
        """The rows that were made. Raises _AttemptFailedError unless they are as many as expected."""
        query_id = self._run(statements.count(self._settings, source, made), version)
        row = self._calls.first_row(query_id)
        if row["made"] is None or row["made"] != row["expected"]:
            raise _AttemptFailedError(f"{row['made']} rows were made instead of {row['expected']}")
        return int(row["made"])

    def _run(self, sql: str, version: str) -> str:
        """Start a statement, or find it, and wait for its end. Raises _AttemptFailedError or _WaitingError."""
        query_id = self._calls.start(sql, statements.token(version, sql, self._settings.work_group))
        while (execution := self._calls.execution(query_id)).state in ("QUEUED", "RUNNING"):
            if self._seconds_left() < _SECONDS_TO_END:
                raise _WaitingError
            self._pause(_PAUSE_SECONDS)
        if execution.state != "SUCCEEDED":
            raise _AttemptFailedError(_failure(query_id, execution))
        return query_id

    def _switched(self, found: Found, typed: TypedDay) -> bool:
        """Point the day at its new folder, in one call. False if somebody else has typed it meanwhile."""
        partition = typed_day_input(self._finder.table(self._settings.days_table_name), typed)
        # Nothing is between this look and the switch: what would be lost or counted twice by it is seen here.
        if self._finder.look(found.day).basis != found.basis:
            return False
        if found.typed is None:
            return self._calls.create_partition(self._settings.days_table_name, partition)
        self._calls.update_partition(self._settings.days_table_name, partition)
        return True

    def _drop_raw(self, day: str, typed: TypedDay) -> bool:
        """Drop the raw hours of a typed day from the catalog, and what was made on the way to it.

        False if the day is to be typed once more: then its hours stay. An object that has come since is such a case.
        """
        found = self._finder.look(day)
        settled = found.is_up_to_date or found.has_fewer_objects or not found.objects
        if settled:
            self._calls.delete_partitions(self._settings.table_name, [one.values for one in found.hours])
        self._forget_made(day, typed)
        return settled

    def _forget_made(self, day: str, typed: TypedDay) -> None:
        """Drop from the catalog what was made on the way to a typed day."""
        made = (one["Values"] for one in self._calls.partitions(self._settings.days_made_table_name))
        ours = [values for values in made if values[0] == day and values[1].partition("-")[0] == typed.version]
        self._calls.delete_partitions(self._settings.days_made_table_name, ours)


def _failure(query_id: str, execution: Execution) -> str:
    return f"Athena reports {execution.state}: {execution.reason} (query {query_id})"
