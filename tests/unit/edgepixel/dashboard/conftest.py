# SPDX-License-Identifier: Apache-2.0
"""A dashboard over answers that are given, without Athena."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest

from edgepixel.console.table import Table
from edgepixel.dashboard import asking
from edgepixel.dashboard.asking import Asker
from edgepixel.dashboard.cache import Cache
from edgepixel.template import answer_queries
from tests.dashboards import SECRET, served

NOW = datetime(2026, 11, 27, 12, 3, 7, tzinfo=UTC)
NOTHING = {
    "visitor-count": (("day", "visitors", "events"), ((None, 3, 5),)),
    "traffic-quality": (("traffic", "traffic_reason", "events"), (("human", "person", 5), ("bot", "crawler", 2))),
}


@dataclass
class Athena:
    """Gives `tables` by the name of the answer, else what has no rows. `asked` are the queries, in order."""

    tables: dict[str, Table] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    running: int = 0
    waiting: str | None = None
    hold: threading.Event | None = None
    error: Exception | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, _stack: Any, sql: str, progress: Callable[[str, float], None] | None = None) -> Table:
        with self.lock:
            self.asked.append(sql)
            self.running += 1
        try:
            while self.hold is not None and not self.hold.wait(0.01):
                if progress is not None:
                    progress("RUNNING", 0.0)
            if self.error is not None:
                raise self.error
            name = next(name for name, head in _HEADS.items() if head in sql)
            return self.tables.get(name) or Table(*NOTHING.get(name, (_columns(name), ())), scanned_bytes=10_000_000)
        finally:
            with self.lock:
                self.running -= 1


def _columns(name: str) -> tuple[str, ...]:
    return tuple(_COLUMNS.get(name, ("nothing",)))


_COLUMNS = {
    "abnormal-events": ("kind", "event_time", "reason", "detail", "request_id", "events"),
    "audience": ("dimension", "value", "visitors", "visitors_percent", "events"),
    "campaign-revenue": ("campaign", "currency", "last_touch_orders", "last_touch_revenue"),
    "coverage": ("day", "hour", "counted", "hits_made", "missing"),
    "events-per-hour": ("hour", "events", "visitors"),
    "funnel": ("step", "event", "visitors"),
    "pages": ("page_host", "page_path", "events"),
    "referrers": ("referrer_host", "events", "visitors", "channel"),
    "topics": ("section", "country", "device", "events", "visitors"),
}
# What each query ends with tells which answer it is of: no condition of a page changes that.
_HEADS = {name: sql.rstrip().rpartition("SELECT")[2] for name, sql in answer_queries().items()}


@pytest.fixture
def athena(monkeypatch: pytest.MonkeyPatch) -> Athena:
    found = Athena()
    monkeypatch.setattr(asking, "find_answers", lambda _stack: answer_queries())
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
