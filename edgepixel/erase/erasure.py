# SPDX-License-Identifier: Apache-2.0
"""One erasure: searched, erased in an order that can be interrupted anywhere, and searched again.

What is known of the lines are their request ids, which the tables tell. So what no table shows goes first (quarantine
and the like, then raw objects, of which many are of typed days), and typed days go last: whoever runs the command again
after a crash finds the rest. No raw object is deleted, one without lines stays as an empty one: to the compactor a
missing one is a loss, after which it would never make the day again.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from edgepixel.aws import lake_names
from edgepixel.aws.stack import Stack
from edgepixel.console.progress import Steps
from edgepixel.erase import raw_objects
from edgepixel.erase.found_rows import FoundRow, days_around, find_rows, times_without_id
from edgepixel.erase.lines import kept_lines
from edgepixel.erase.lines.kept_lines import Wanted
from edgepixel.erase.lines.log_lines import LogLines
from edgepixel.erase.raw_objects import Replaced, Without, change_of, list_days
from edgepixel.erase.receipt import Counts, Erased, Receipt
from edgepixel.erase.statements import SHORT_HASH
from edgepixel.erase.store import ChangedMeanwhileError, LakeObject, Store
from edgepixel.erase.subject import Period, Sought, digest
from edgepixel.erase.typed_days import TypedDays
from edgepixel.template.reader import log_fields


@dataclass
class Found:
    """What a search found: rows, the raw objects of the days around them, and objects with lines that are to go.

    `scanned_bytes` is what Athena read, `read_objects` and `read_bytes` what was read of S3.
    """

    rows: list[FoundRow]
    listed: dict[str, list[LakeObject]]
    raw: dict[str, int]
    kept: dict[str, int]
    unreadable: list[str] = field(default_factory=list)
    scanned_bytes: int = 0
    read_objects: int = 0
    read_bytes: int = 0

    @property
    def counts(self) -> Counts:
        """The numbers of a receipt."""
        typed = sum(row.typed for row in self.rows)
        return Counts(
            typed_rows=typed,
            raw_rows=len(self.rows) - typed,
            raw_lines=sum(self.raw.values()),
            raw_objects=len(self.raw),
            kept_lines=sum(self.kept.values()),
            kept_objects=len(self.kept),
        )


class Erasure:
    """Searches and erases; it keeps in mind which rows were found, and which objects have none of their lines."""

    def __init__(
        self, stack: Stack, store: Store, sought: Sought, period: Period, steps: Steps, begun: Receipt | None = None
    ) -> None:
        """`begun` is the receipt of an earlier run that did not finish."""
        self._stack = stack
        self._store = store
        self._sought = sought
        self._period = period
        self._steps = steps
        self._typed_days = TypedDays(stack, store, sought)
        self._begun_days = set(begun.days if begun else ())
        self._begun_ids = frozenset(begun.ids if begun else ())
        self._rows: set[FoundRow] = set()
        self._searched: set[tuple[str, str]] = set()
        self.erased = Erased()

    def search(self) -> Found:
        """Look everywhere. Of objects that were searched before, only those that have changed are read again.

        Raises AnswerFailedError and what boto3 raises.
        """
        with self._steps.step("search tables"):
            rows, scanned = find_rows(self._stack, self._sought, self._period)
        if not self._rows.issuperset(rows):
            self._searched.clear()  # there are more request ids to look for
        self._rows.update(rows)
        listed = list_days(self._store, days_around(row.day for row in self._rows) | self._begun_days)
        found = Found(rows, listed, {}, {}, scanned_bytes=scanned)
        raw = [one for objects in listed.values() for one in objects]
        found.raw = self._look("search raw objects", raw, self._log_lines().without, found)
        if self._ids() or self._order:
            kept = [one for prefix in kept_lines.PREFIXES for one in self._store.objects(prefix)]
            found.kept = self._look("search quarantine and the like", kept, self._kept_without(), found)
        return found

    def days(self, found: Found) -> list[str]:
        """The days whose typed folders may have rows that are to go, in order; of an earlier run, too."""
        replaced = {day for day, objects in found.listed.items() if any(one.key in found.raw for one in objects)}
        days = self._begun_days | replaced | {row.day for row in found.rows if row.typed}
        if self._ids_of_raw_lines():
            days |= self._typed_days.days() & set(found.listed)
        return sorted(days)

    def hashes(self) -> list[str]:
        """The hashes of all request ids that were found."""
        return [self._hash(one.encode()) for one in self._ids()]

    def erase(self, found: Found) -> None:
        """Erase what a search found. What somebody else changes meanwhile is left to the next search.

        Raises ErasureError, AnswerFailedError and what boto3 raises.
        """
        days = self.days(found)
        if found.kept:
            with self._steps.step("quarantine and the like", len(found.kept)) as progress:
                self._replace_kept(found.kept, progress)
        with self._steps.step("raw objects", len(found.raw)) as progress:
            replaced = self._replace_raw(found.raw, progress)
        ids = [self._hash(one.encode()) for one in self._ids_of_raw_lines()]
        with self._steps.step("typed days", len(days)) as progress:
            for number, day in enumerate(days, start=1):
                now = list_days(self._store, [day])[day]
                gone = self._typed_days.erase(day, ids, change_of(found.listed.get(day, []), now, replaced))
                self.erased.typed_rows += gone
                self.erased.typed_days += bool(gone)
                self.erased.typed_files += self._typed_days.delete_unused(day, now)
                progress(number)

    def delete_query_results(self) -> None:
        """Delete all results of queries: they may hold the rows, and nobody can tell which of them do."""
        results = [one.key for one in self._store.objects(lake_names.QUERY_RESULTS)]
        self.erased.query_results += self._store.delete(lake_names.QUERY_RESULTS, results)

    def _look(self, step: str, objects: list[LakeObject], without: Without, found: Found) -> dict[str, int]:
        """The objects with lines that are to go, and how many each has."""
        due = [one for one in objects if (one.key, one.etag) not in self._searched]
        if not due:
            return {}
        with self._steps.step(step, len(due)) as progress:
            searched = raw_objects.search(self._store, [one.key for one in due], without, progress)
        self._searched.update((one.key, one.etag) for one in due if one.key in searched.without_lines)
        found.read_objects += len(due)
        found.read_bytes += sum(one.size for one in due)
        found.unreadable += searched.unreadable
        return searched.hits

    def _replace_kept(self, hits: Iterable[str], progress: Callable[[int], None]) -> None:
        without = self._kept_without()
        for number, key in enumerate(hits, start=1):
            if stored := self._store.read(key):
                body, gone = without(key, stored.body)
                with suppress(ChangedMeanwhileError):
                    if body is None:
                        self._store.delete(key, [key])
                    elif gone:
                        self._store.replace(stored, body)
                    self.erased.kept_lines += gone
                    self.erased.kept_objects += bool(gone)
            progress(number)

    def _replace_raw(self, hits: Iterable[str], progress: Callable[[int], None]) -> dict[str, Replaced]:
        """Write raw objects anew."""
        lines, replaced = self._log_lines(), dict[str, Replaced]()
        for number, key in enumerate(hits, start=1):
            if stored := self._store.read(key):
                body, gone = lines.without(key, stored.body)
                with suppress(ChangedMeanwhileError):
                    if gone:
                        replaced[key] = Replaced(stored.etag, self._store.replace(stored, body))
                        self.erased.raw_lines += gone
                        self.erased.raw_objects += 1
            progress(number)
        return replaced

    @property
    def _order(self) -> str | None:
        return self._sought.subject.value if self._sought.subject.kind == "order" else None

    def _hash(self, request_id: bytes) -> str:
        return digest(self._sought.salt, "request", request_id)[:SHORT_HASH]

    def _ids(self) -> set[str]:
        given = {self._sought.subject.value} if self._sought.subject.kind == "request" else set()
        return given | {row.request_id for row in self._rows if row.request_id}

    def _ids_of_raw_lines(self) -> set[str]:
        """The request ids of raw lines that no typed row was found for: one may be there, and say something else."""
        typed = {row.request_id for row in self._rows if row.typed}
        return {row.request_id for row in self._rows if row.request_id and row.request_id not in typed}

    def _log_lines(self) -> LogLines:
        is_begun = (lambda one: self._hash(one) in self._begun_ids) if self._begun_ids else None
        return LogLines(log_fields(), self._ids(), times_without_id(self._rows), is_begun)

    def _kept_without(self) -> Without:
        wanted = Wanted(frozenset(self._ids()), self._order)
        return lambda key, body: kept_lines.without(key, body, wanted)
