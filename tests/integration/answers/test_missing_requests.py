# SPDX-License-Identifier: Apache-2.0
"""The answer `missing-requests` over a lake from which lines were taken away: it names these, and no others."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from edgepixel.answers.registry import answer
from edgepixel.answers.subject.conditions import Subject, subject_sql
from edgepixel.answers.subject.periods import Dates, Period
from edgepixel.ask.in_process import ask_in_process
from edgepixel.console.table import Table
from edgepixel.paths import ROOT
from edgepixel.template.reader import answer_queries, log_fields, read_template
from edgepixel.traffic.generator import generate
from edgepixel.traffic.lake_objects import lake_objects, rows_of
from edgepixel.truth.comparison import differences
from localcloud.in_process_days import raw_days, type_days
from localcloud.in_process_lake import empty_lake, fill_lake, run_query
from tests.unit.edgepixel.truth.ledgers import header

NOW = datetime(2026, 11, 23, 10, 31, 17, 123_000, tzinfo=UTC)
NOW_MS = round(NOW.timestamp() * 1000)
DAYS = 9  # more than are kept
PIXEL, SCRIPT = "/pixel.gif", "*"
TRUTH = answer("missing-requests").module("truth")
SITE_ZONE = "Asia/Kolkata"

type Typing = Callable[[], object]
# What is typed, step by step.
STEPS: dict[str, Typing] = {
    "raw": lambda: None,
    "every other day": lambda: type_days(ROOT / "functions", NOW, raw_days()[::2]),
    "closed days": lambda: type_days(ROOT / "functions", NOW, raw_days()[:-1]),
}


@dataclass(frozen=True)
class Lake:
    """What CloudFront logged in its standard logs, and the ids of the requests of which there is a line."""

    step: str
    requests: list[Any]
    found: frozenset[str]

    def truth(self, period: Period) -> Table:
        table: Table = TRUTH.expected(self.requests, self.found, PIXEL, period, NOW_MS)
        return table


@pytest.fixture(scope="module", params=STEPS)
def lake(request: pytest.FixtureRequest) -> Iterator[Lake]:
    """Three lines of a hundred are missing, of hits of nine days, and all lines of the last minutes."""
    sent = rows_of(generate(17, 6_000, NOW_MS, DAYS * 24))
    logged = [
        pair for number, pair in enumerate(sent) if number % 100 >= 3 and pair[1].truth.time_ms < NOW_MS - 15 * 60_000
    ]
    requests = [TRUTH.Requested(row.request_id, row.truth.time_ms, PIXEL) for _, row in sent]
    requests += [replace(one, request_id=f"other-{one.request_id}", path_pattern=SCRIPT) for one in requests[::10]]
    if request.param == "raw":
        objects = lake_objects(logged, header(), log_fields(), Random(5))  # noqa: S311
        fill_lake(read_template(), objects | _standard_logs(requests))
    STEPS[request.param]()
    yield Lake(request.param, requests, frozenset(row.request_id for _, row in logged))
    if request.param == list(STEPS)[-1]:
        empty_lake()


def _standard_logs(requests: list[Any]) -> dict[str, bytes]:
    """Files as CloudFront writes them, by the hour of the requests; every fifth hour's comes twice."""
    hours: dict[datetime, list[Any]] = defaultdict(list)
    for one in requests:
        hours[datetime.fromtimestamp(one.time_ms // 3_600_000 * 3600, UTC)].append(one)
    objects = {}
    for number, (hour, listed) in enumerate(hours.items()):
        lines = "".join(f"{one.time_ms}\t{one.request_id}\t{one.path_pattern}\n" for one in listed)
        head = "#Version: 1.0\n#Fields: timestamp(ms) x-edge-request-id cache-behavior-path-pattern\n"
        for copy in range(1 + (number % 5 == 0)):
            key = f"cross-check/year={hour:%Y}/month={hour:%m}/day={hour:%d}/hour={hour:%H}/E1.{copy}.gz"
            objects[key] = f"{head}{lines}".encode()
    return objects


def ask(subject: Subject, period: Period | None = None) -> Table:
    return ask_in_process(subject_sql(answer_queries(), "missing-requests", subject, period), NOW)


@pytest.mark.parametrize("days", [1, 7, 30])
def test_it_names_each_hit_whose_line_is_missing_and_no_other(lake: Lake, days: int) -> None:
    truth = lake.truth(Period(NOW - timedelta(days=days), NOW))
    assert 10 < len(truth.rows) < 200, "about three of a hundred"
    assert differences(ask(Subject(days=days)), truth) == [], lake.step


def test_dates_of_a_time_zone_are_whole_whenever_it_is_asked(lake: Lake) -> None:
    """The two hours that lines may take are those before the question, and not those before the end of a day."""
    subject = Subject(time_zone=SITE_ZONE, dates=Dates(date(2026, 11, 19), date(2026, 11, 20)))
    period = subject.period(NOW, SITE_ZONE)
    truth = lake.truth(period)
    assert "2026-11-20 22:00:00" < str(truth.rows[0][0]) < "2026-11-21"
    assert differences(ask(subject, period), truth) == [], lake.step


def test_a_hit_of_the_last_two_hours_is_not_named(lake: Lake) -> None:
    assert len({one.request_id for one in lake.requests if one.time_ms > NOW_MS - 900_000} - lake.found) > 0
    newest = ask(Subject()).records()[0]["event_time"]
    assert str(newest) < f"{NOW - timedelta(hours=2):%Y-%m-%d %H:%M:%S}"


def test_it_reads_the_hours_that_are_kept_and_no_others(lake: Lake) -> None:
    first = run_query("SELECT min(folder) FROM cross_check", NOW).rows[0][0]
    assert first == "year=2026/month=11/day=15/hour=10", lake.step
