# SPDX-License-Identifier: Apache-2.0
"""Asks a stack what a page needs: a few questions at a time, none twice, and none that nobody waits for any more."""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from edgepixel.answers.registry import known_answer
from edgepixel.answers.subject.conditions import Subject, stack_time_zone, subject_sql
from edgepixel.answers.subject.funnels import has_funnel
from edgepixel.answers.subject.periods import Period
from edgepixel.answers.subject.present_values import question as values_question
from edgepixel.answers.subject.present_values import questions
from edgepixel.ask.athena import Working, find_saved_queries, require_some, run_query
from edgepixel.ask.nothing_yet import nothing_yet
from edgepixel.ask.several import QUERIES_AT_A_TIME
from edgepixel.aws.stack import Stack
from edgepixel.aws.typed_days import raw_days, typed_days
from edgepixel.console.table import Table
from edgepixel.dashboard import overview
from edgepixel.dashboard.address import Address
from edgepixel.dashboard.cache import Cache, Kept
from edgepixel.dashboard.catalog import OPEN, Catalog
from edgepixel.dashboard.own_questions import OwnQuestion, own_questions
from edgepixel.errors import EdgePixelError, UnreadableInputError
from edgepixel.questions.check import check
from edgepixel.report.annotations import Annotation, read_annotations

_SNAPSHOT_SECONDS = 20.0

type Question = tuple[str, Subject, Period]
"""The name of an answer, what it is about, and when."""


def question_sql(queries: Mapping[str, str], question: Question) -> str:
    """What Athena is asked. Raises NoSuchConditionError for what the SQL has no mark for, and QuestionError.

    A user's own SQL is checked with what the address has put into it: its marks may be anywhere.
    """
    name, subject, period = question
    sql = subject_sql({**queries, **questions()}, name, subject, period)
    if name in queries and known_answer(name) is None:
        check(sql)
    return sql


class NobodyWaitsError(EdgePixelError):
    """The page that asked is gone."""


@dataclass(frozen=True)
class Snapshot:
    """What the stack has: the SQL of its answers, its users' own questions among them, and its days.

    `waiting` says what it waits for without any hit.
    """

    queries: Mapping[str, str]
    own: Mapping[str, OwnQuestion]
    catalog: Catalog
    waiting: str | None
    taken: float

    @property
    def time_zone(self) -> str:
        return stack_time_zone(self.queries)


@dataclass(frozen=True)
class Given:
    """An answer, when Athena gave it, and what that read now: nothing if it was asked before."""

    table: Table
    asked: datetime
    scanned_bytes: int


class Asker:
    """For one stack, all pages."""

    def __init__(self, stack: Stack, cache: Cache, annotations: Path | None = None) -> None:
        self.stack = stack
        self.annotations = annotations
        self._cache = cache
        self._pool = ThreadPoolExecutor(QUERIES_AT_A_TIME, thread_name_prefix="ask")
        self._snapshot: Snapshot | None = None
        self._ended = threading.Event()
        self._lock = threading.Lock()

    def snapshot(self) -> Snapshot:
        """What the stack has now, or had some seconds ago. Raises what AWS does."""
        with self._lock:
            if self._snapshot is None or time.monotonic() - self._snapshot.taken > _SNAPSHOT_SECONDS:
                typed = {day: one.location for day, one in typed_days(self.stack).items()}
                catalog = Catalog(typed, frozenset(raw_days(self.stack)))
                waiting = nothing_yet(self.stack)
                saved = require_some(self.stack, find_saved_queries(self.stack))
                queries = {query.name: query.sql for query in saved}
                self._snapshot = Snapshot(queries, own_questions(saved), catalog, waiting, time.monotonic())
            return self._snapshot

    def sitting(self, address: Address, now: datetime) -> "Sitting":
        """A page's questions about an address.

        Periods end where the last five minutes do (`OPEN`), so that a second look is the same: log lines take longer to
        arrive.
        """
        seconds = OPEN.total_seconds()
        ended = datetime.fromtimestamp(now.timestamp() // seconds * seconds, UTC)
        return Sitting(self, self.snapshot(), address, ended)

    def submit(self, question: Question, snapshot: Snapshot, now: datetime, left: threading.Event) -> Future[Given]:
        """Ask, in time. `left` is set when nobody waits any more."""
        return self._pool.submit(self._ask, question, snapshot, now, left)

    def stop(self) -> None:
        """Ask nothing more, and stop what runs."""
        self._ended.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _ask(self, question: Question, snapshot: Snapshot, now: datetime, left: threading.Event) -> Given:
        if left.is_set():
            raise NobodyWaitsError("the page was left")
        *_, period = question
        sql = question_sql(snapshot.queries, question)
        key = f"{self.stack.database}\n{snapshot.catalog.version(period)}\n{sql}"
        known = self._cache.get(key, datetime.now(UTC) - snapshot.catalog.may_be_kept(period, now))
        if known is not None:
            return Given(known.table, known.asked, 0)

        def still_wanted(_working: Working) -> None:
            if left.is_set() or self._ended.is_set():
                raise NobodyWaitsError("the page was left")  # which stops the query

        asked = datetime.now(UTC)
        table = run_query(self.stack, sql, still_wanted)
        self._cache.put(key, Kept(table, asked))
        return Given(table, asked, table.scanned_bytes)


class Sitting:
    """The questions of one page. Each is asked when it is first wanted; `want` asks several before their turn.

    `unread` says why the file of annotations could not be read, if it could not.
    """

    def __init__(self, asker: Asker, snapshot: Snapshot, address: Address, now: datetime) -> None:
        self.address, self.now, self.queries, self.own = address, now, snapshot.queries, snapshot.own
        self.waiting = snapshot.waiting
        self.stack = asker.stack
        self.annotations, self.unread = _annotations(asker.annotations)
        self.time_zone = snapshot.time_zone
        self.period = address.subject.period(now, snapshot.time_zone)
        self.earlier = self.period.before(address.comparison)
        self._asker, self._snapshot = asker, snapshot
        self._left = threading.Event()
        self._asked: dict[Question, Future[Given]] = {}
        self._lock = threading.Lock()

    def question(self, name: str, period: Period | None = None, address: Address | None = None) -> Question:
        """An answer about the page's subject; one that is not about events knows no filters, and no people."""
        subject = (address or self.address).subject
        known = known_answer(name)
        if subject.funnel and not has_funnel(known.text("query.sql") if known else self.queries.get(name, "")):
            subject = replace(subject, funnel=())
        if known is not None and not known.about_events:
            subject = Subject(subject.days, dates=subject.dates)
        return name, subject, period or self.period

    def values(self, dimension: str) -> Question:
        """Which values the events of the period have, whatever the page is about."""
        return values_question(dimension), Subject(), self.period

    def want(self, *questions: Question) -> None:
        """Begin to ask."""
        with self._lock:
            for one in questions:
                if one not in self._asked:
                    self._asked[one] = self._asker.submit(one, self._snapshot, self.now, self._left)

    def of_page(self, name: str) -> Question:
        """The question by which the page learns an answer: `overview`, if that has what panels read of it."""
        is_part = name in overview.PARTS and overview.NAME in self.queries
        return self.question(overview.NAME if is_part else name)

    def answer(self, name: str) -> Table:
        """An answer about the page's subject, or what panels read of it. Raises what asking raises."""
        question = self.of_page(name)
        table = self.table(question)
        return table if question[0] == name else overview.part(table, name)

    def table(self, question: Question) -> Table:
        """Wait for an answer. Raises what asking raises."""
        self.want(question)
        try:
            return self._asked[question].result().table
        except CancelledError as error:
            raise NobodyWaitsError("the page was left") from error

    def leave(self) -> None:
        """Nobody waits any more: what runs is stopped, the rest not begun."""
        self._left.set()
        with self._lock:
            for one in self._asked.values():
                one.cancel()

    def given(self) -> list[Given]:
        """What has been answered so far."""
        with self._lock:
            futures = list(self._asked.values())
        return [one.result() for one in futures if one.done() and not one.cancelled() and one.exception() is None]


def _annotations(path: Path | None) -> tuple[Sequence[Annotation], str]:
    """A file's annotations as they are now; if it cannot be read any more, none, and why."""
    try:
        return (read_annotations(path) if path else ()), ""
    except UnreadableInputError as error:
        return (), f"Without annotations: {error}."


class Answers(Mapping[str, Table]):
    """A sitting's answers by name, for the panels of the report: each is waited for when it is read."""

    def __init__(self, sitting: Sitting, names: tuple[str, ...]) -> None:
        self._sitting, self._names = sitting, names

    def __getitem__(self, name: str) -> Table:
        if name not in self._names:
            raise KeyError(name)
        return self._sitting.answer(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
