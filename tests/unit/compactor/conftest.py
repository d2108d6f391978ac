# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the tests of the compactor."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from tests.fakes.client import install
from tests.unit.compactor.lake import Lake, rows

ENVIRONMENT = {
    "LAKE_BUCKET": "lake",
    "EVENTS_PREFIX": "events/",
    "TYPED_PREFIX": "typed/",
    "DATABASE_NAME": "edgepixel",
    "WORK_GROUP": "group",
    "TABLE_NAME": "pixel_events",
    "DAYS_TABLE_NAME": "pixel_days",
    "DAYS_MADE_TABLE_NAME": "pixel_days_made",
    "RAW_VIEW_NAME": "raw_events",
    "RAW_RETENTION_DAYS": "0",
    "CLOSED_AFTER_HOURS": "2",
}


@pytest.fixture
def lake() -> Iterator[Lake]:
    """Two closed days of both sources with repeats, also over midnight, rows without an id, and an open day."""
    lake = Lake()
    lake.add("2026-11-27", "09", "1.gz", rows("a", "b", "b", None))
    lake.add("2026-11-27", "23", "2.gz", rows("c", "a", None))
    lake.add("2026-11-27", "23-standard", "3.gz", rows("d"))
    lake.add("2026-11-28", "00", "4.gz", rows("c", "e", None))
    lake.add("2026-11-28", "11-standard", "5.gz", rows("f", "e"))
    lake.add("2026-11-29", "00", "6.gz", rows("f", "g"))
    yield lake
    lake.engine.close()


@pytest.fixture
def compactor(
    load_function: Callable[[str], SimpleNamespace], monkeypatch: pytest.MonkeyPatch, lake: Lake
) -> SimpleNamespace:
    """The function's modules, with boto3 giving the lake in memory."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    install(monkeypatch, **lake.clients())
    return load_function("compactor")


type Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(compactor: SimpleNamespace, lake: Lake) -> Run:
    """Runs the function's work as the handler does, at the lake's time, for an event."""

    def work(event: dict[str, Any] | None = None, seconds: float = 600) -> dict[str, Any]:
        left = [seconds]

        def pause(waited: float) -> None:
            left[0] -= waited

        request = compactor.request.request_of(event or {"detail-type": "Scheduled Event"}, lake.now)
        app, clock = compactor.app, lambda: lake.now
        days = compactor.work.days_to_do(app.calls, app.settings, request, lake.now)
        compaction = compactor.compaction.Compaction(app.calls, app.settings, clock, lambda: left[0], pause)
        done = compactor.work.do(compaction, days, request)
        if request.clean:
            compactor.cleaning.Cleaning(app.calls, app.settings, lake.now).clean()
        result: dict[str, Any] = done.result()
        return result

    return work


@pytest.fixture
def later(lake: Lake) -> Callable[..., None]:
    """Lets time pass."""

    def pass_time(**time: float) -> None:
        lake.now += timedelta(**time)

    return pass_time
