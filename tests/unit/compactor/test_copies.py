# SPDX-License-Identifier: Apache-2.0
"""Copies of a line on several days are one typed row, whenever they come and in whatever order days are typed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from types import SimpleNamespace

import pytest

from tests.unit.compactor.conftest import Run
from tests.unit.compactor.lake import Lake, Row

FIRST = datetime(2026, 11, 20, tzinfo=UTC)
DAYS = [str((FIRST + timedelta(days=number)).date()) for number in range(6)]


@pytest.fixture
def empty(lake: Lake) -> Lake:
    """Without the fixture's objects, a week later."""
    lake.objects.clear()
    for partitions in lake.partitions.values():
        partitions.clear()
    lake.now = FIRST + timedelta(days=14)
    return lake


def line(request_id: str | None, moment: datetime | None) -> Row:
    text = None if moment is None else f"{moment:%Y-%m-%d %H:%M:%S.%f}"[:-3]
    return {"request_id": request_id, "event": "view", "event_time": text}


def typed_ids(lake: Lake) -> list[str]:
    return sorted(str(row["request_id"]) for row in lake.typed())


@pytest.mark.parametrize("seed", range(20))
def test_every_line_is_typed_once(seed: int, empty: Lake, run: Run) -> None:
    random = Random(seed)  # noqa: S311
    arrivals: dict[str, list[Row]] = {day: [] for day in DAYS}
    for number in range(60):
        # Most at their own time; some have none, some a time of another day, before or after.
        moment = FIRST + timedelta(seconds=random.randrange(6 * 86_400), milliseconds=random.randrange(1000))
        own = str(moment.date())
        days = {own} if random.random() < 0.5 else set(random.sample(DAYS, random.randrange(1, 4)))
        copy = line(f"id-{number}", None if random.random() < 0.1 else moment)
        for day in days:
            arrivals[day] += [copy] * random.randrange(1, 3)
    for day, lines in arrivals.items():
        if lines:
            empty.add(day, "09", "a.gz", lines)
    for day in random.sample(DAYS, len(DAYS)):
        run({"days": [day]})
    run({"days": random.sample(DAYS, 3), "redo": True})
    run()
    assert typed_ids(empty) == sorted({str(row["request_id"]) for lines in arrivals.values() for row in lines})


def test_copies_at_midnight_that_differ_in_their_milliseconds_are_one(empty: Lake, run: Run) -> None:
    midnight = FIRST + timedelta(days=1)
    empty.add(DAYS[0], "23", "a.gz", [line("same", midnight - timedelta(milliseconds=1))])
    empty.add(DAYS[1], "00-standard", "b.gz", [line("same", midnight)])
    run()
    assert typed_ids(empty) == ["same"]


def test_of_other_days_only_what_may_be_a_copy_is_looked_at(compactor: SimpleNamespace, empty: Lake, run: Run) -> None:
    outside = compactor.statements.Span(datetime(2026, 11, 20, 23, 59), datetime(2026, 11, 21, 23, 59))
    times = compactor.statements.Times(outside, outside)
    source = compactor.statements.Source(DAYS[1], neighbors=DAYS[:1], times=times)
    settings = SimpleNamespace(days_table_name="pixel_days", raw_view_name="raw_events")
    sql = compactor.statements.unload(settings, ["request_id"], source, "s3://lake/typed/")
    looked_at = sql[sql.index("SELECT request_id FROM pixel_days") : sql.index("AND request_id IS NOT NULL")]
    copies = ["2026-11-20 22:58", "2026-11-20 22:59", "2026-11-19 23:59", "2026-11-21 00:00"]
    values = ", ".join(f"('{time}', '2026-11-20', TIMESTAMP '{time}:00')" for time in copies)
    found = empty.engine.execute(
        f"WITH pixel_days AS (SELECT * FROM (VALUES {values}, ('none', '2026-11-20', NULL)) "  # noqa: S608 (ours)
        f"AS t(request_id, dt, event_time)) {looked_at}"
    ).fetchall()
    assert {row[0] for row in found} == {"2026-11-20 22:59", "2026-11-19 23:59", "2026-11-21 00:00", "none"}


def test_of_the_first_day_no_times_are_asked_for(empty: Lake, run: Run, later: Callable[..., None]) -> None:
    empty.add(DAYS[0], "09", "a.gz", [line("one", FIRST)])
    run()
    assert not any("first_time" in one["Query"] for one in empty.executions.values())
    empty.add(DAYS[1], "09", "a.gz", [line("two", FIRST + timedelta(days=1))])
    run()
    (query,) = (one["Query"] for one in empty.executions.values() if "first_time" in one["Query"])
    assert f"dt = '{DAYS[1]}'" in query
