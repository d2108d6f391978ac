# SPDX-License-Identifier: Apache-2.0
"""A dashboard over answers that are given, without Athena."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest

from edgepixel.answers.subject.filters import dimensions
from edgepixel.answers.subject.present_values import question
from edgepixel.ask.athena import Progress, SavedQuery, Working
from edgepixel.console.table import Table, Value
from edgepixel.dashboard import asking
from edgepixel.dashboard.asking import Asker
from edgepixel.dashboard.cache import Cache
from edgepixel.dashboard.serving import SECRET, served
from edgepixel.template.reader import answer_queries
from tests.dashboards import saved_answers

NOW = datetime(2026, 11, 27, 12, 3, 7, tzinfo=UTC)
NOTHING = {
    "visitor-count": (("day", "visitors", "events"), ((None, 3, 5),)),
    "traffic-quality": (("traffic", "traffic_reason", "events"), (("human", "person", 5), ("bot", "crawler", 2))),
}


@dataclass
class Athena:
    """Gives `tables` by the name of the answer, else what has no rows. `asked` are the queries, in order.

    What is in `slow` waits for its event. `own` are saved queries besides the answers; what has the name of one in its
    SQL gets its table.
    """

    tables: dict[str, Table] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    own: list[SavedQuery] = field(default_factory=list)
    running: int = 0
    waiting: str | None = None
    hold: threading.Event | None = None
    slow: dict[str, threading.Event] = field(default_factory=dict)
    error: Exception | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, _stack: Any, sql: str, progress: Progress | None = None) -> Table:
        with self.lock:
            self.asked.append(sql)
            self.running += 1
        try:
            while self.hold is not None and not self.hold.wait(0.01):
                if progress is not None:
                    progress(Working("RUNNING", 0.0))
            if self.error is not None:
                raise self.error
            if self.name_of(sql) in self.slow:
                assert self.slow[self.name_of(sql)].wait(30)
            return self._table(self.name_of(sql))
        finally:
            with self.lock:
                self.running -= 1

    def name_of(self, sql: str) -> str:
        """Which answer, or question of a user's own, a query is of."""
        own = [(one.name, one.name) for one in self.own]
        return next(name for name, head in [*own, *_HEADS.items(), *_VALUES.items()] if head in sql)

    def _table(self, name: str) -> Table:
        if name == "overview":
            return Table(("dimension", "value", "visitors", "events"), tuple(self._overview()), 10_000_000)
        return self.tables.get(name) or Table(*NOTHING.get(name, (_columns(name), ())), scanned_bytes=10_000_000)

    def _overview(self) -> Iterator[tuple[Value, ...]]:
        """What the answers that are given have in common with it."""
        for name, (dimension, column) in _OF_OVERVIEW.items():
            for row in self._table(name).records():
                own = {"day": "all" if row.get("day") is None else "day"}.get(dimension, dimension)
                yield row.get("dimension", own), row[column], row.get("visitors"), row.get("events")


_OF_OVERVIEW = {
    "audience": ("", "value"),
    "conversions": ("event", "event"),
    "events-per-hour": ("hour", "hour"),
    "referrers": ("referrer", "referrer_host"),
    "topics": ("section", "section"),
    "traffic-quality": ("traffic", "traffic"),
    "visitor-count": ("day", "day"),
}


def _columns(name: str) -> tuple[str, ...]:
    return tuple(_COLUMNS.get(name, ("nothing",)))


_COLUMNS = {
    "abnormal-events": ("kind", "event_time", "reason", "detail", "request_id", "events"),
    "audience": ("dimension", "value", "visitors", "visitors_percent", "events"),
    "campaign-revenue": ("campaign", "currency", "last_touch_orders", "last_touch_revenue"),
    "conversions": ("event", "events", "visitors", "visitors_percent"),
    "coverage": ("day", "hour", "counted", "hits_made", "missing"),
    "events-per-hour": ("hour", "events", "visitors"),
    "funnel": ("step", "event", "visitors"),
    "pages": ("page_host", "page_path", "events", "entries", "exits"),
    "referrers": ("referrer_host", "events", "visitors", "channel"),
    "visitors-per-week": ("week", "visitors", "events"),
    "topics": ("section", "country", "device", "events", "visitors"),
}
# What each query ends with tells which answer it is of: no condition of a page changes that.
_HEADS = {name: sql.rstrip().rpartition("SELECT")[2] for name, sql in answer_queries().items()}
_VALUES = {question(name): f"SELECT {one.sql} AS value\n" for name, one in dimensions().items()}


@pytest.fixture
def athena(monkeypatch: pytest.MonkeyPatch) -> Athena:
    found = Athena()
    monkeypatch.setattr(asking, "find_saved_queries", lambda _stack: [*saved_answers(), *found.own])
    monkeypatch.setattr(asking, "typed_days", lambda _stack: {})
    monkeypatch.setattr(asking, "raw_days", lambda _stack: [])
    monkeypatch.setattr(asking, "nothing_yet", lambda _stack: found.waiting)
    monkeypatch.setattr(asking, "run_query", found.run)
    return found


@dataclass
class Site:
    """A dashboard that is served, asked as a browser does that has its cookie."""

    address: str
    headers: dict[str, str]

    def get(self, path: str, method: str = "GET", **headers: str | None) -> tuple[HTTPResponse, str]:
        given = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        connection = HTTPConnection(urlsplit(self.address).netloc, timeout=30)
        try:
            connection.putrequest(method, path, skip_host=True)
            for name, value in given.items():
                if value is not None:
                    connection.putheader(name, value)
            connection.endheaders()
            response = connection.getresponse()
            return response, response.read().decode()
        finally:
            connection.close()


@pytest.fixture
def asker(athena: Athena, tmp_path: Path) -> Asker:
    stack: Any = SimpleNamespace(
        name="edgepixel", database="edgepixel", workgroup="edgepixel", parameters={}, has_realtime_logs=False
    )
    return Asker(stack, Cache(tmp_path / "kept"))


@pytest.fixture
def site(asker: Asker) -> Iterator[Site]:
    with served(asker, lambda: NOW) as address:
        host = urlsplit(address).netloc
        yield Site(address, {"host": host, "cookie": f"edgepixel-{host.rpartition(':')[2]}={SECRET}"})
