# SPDX-License-Identifier: Apache-2.0
"""The answer `coverage` over a lake in which three lines of a hundred are missing, to the last number."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from edgepixel.answers.registry import answer
from edgepixel.answers.subject.conditions import answer_sql
from edgepixel.ask.in_process import ask_in_process
from edgepixel.paths import ROOT
from edgepixel.template.reader import answer_queries, log_fields, read_template
from edgepixel.traffic.generator import generate
from edgepixel.traffic.lake_objects import lake_objects, rows_of
from edgepixel.truth.comparison import differences
from edgepixel.truth.events import HOUR_MS
from localcloud.in_process_days import raw_days, type_days
from localcloud.in_process_function import function_loader
from localcloud.in_process_lake import NAME, empty_lake, fill_lake
from tests.unit.edgepixel.truth.ledgers import header

NOW = datetime(2026, 11, 23, 10, 31, 17, tzinfo=UTC)
NOW_MS = round(NOW.timestamp() * 1000)
REDIRECTED = 301
WITHIN = timedelta(hours=2)
LATEST = NOW.replace(minute=0, second=0) - WITHIN  # the end of the last complete hour
TRUTH = answer("coverage").module("truth")


@dataclass(frozen=True)
class Lake:
    """What was made in each hour that is complete, and every line that is there."""

    made: dict[int, int]
    lines: list[Any]

    def since(self, begin: datetime) -> dict[int, int]:
        """The hours that begin from a moment on."""
        return {hour: hits for hour, hits in self.made.items() if hour >= begin.timestamp() * 1000}


@pytest.fixture(scope="module", params=["raw", "typed"])
def lake(request: pytest.FixtureRequest) -> Iterator[Lake]:
    """As raw lines, and with its closed days typed."""
    random = Random(3)  # noqa: S311
    sent = rows_of(generate(13, 40_000, NOW_MS, 30))
    logged = [pair for number, pair in enumerate(sent) if number % 100 >= 3]
    hours = Counter(hit.truth.time_ms // HOUR_MS * HOUR_MS for hit, row in sent if row.status != REDIRECTED)
    objects = lake_objects(logged, header(), log_fields(), random)
    objects = {key: b"".join(map(_as_logged, lines.splitlines())) for key, lines in objects.items()}
    arrived = _arrivals(objects, random)
    objects |= _imported(objects)
    with function_loader(ROOT / "functions") as load:
        counter = load("hit_counter", "tables", "settings", "days")
        first = (NOW - timedelta(days=2)).date()
        for day in (first + timedelta(days=number) for number in range(3)):
            counts = {datetime.fromtimestamp(hour / 1000, UTC): hits for hour, hits in hours.items()}
            invocations = counter.settings.Counted.INVOCATIONS
            begins = counter.days.hours_of(day, NOW)
            objects[f"coverage/hits-made/{day}.tsv"] = counter.tables.hits_made(
                begins, counts, invocations, NOW, WITHIN
            )
            of_day = {key: moment for key, moment in arrived.items() if f"dt={day}/" in key}
            objects[f"coverage/objects/{day}.tsv"] = counter.tables.objects(NAME, of_day)
    fill_lake(read_template(), objects)
    if request.param == "typed":
        type_days(ROOT / "functions", NOW, raw_days()[:-1])
    first_ms = round(datetime(first.year, first.month, first.day, tzinfo=UTC).timestamp() * 1000)
    complete = range(first_ms, round(LATEST.timestamp() * 1000), HOUR_MS)
    yield Lake({hour: hours[hour] for hour in complete}, list(_came(objects, arrived)))
    empty_lake()


def _as_logged(line: bytes) -> bytes:
    """A line with what the edge function says, which does not run for redirects."""
    fields = line.decode().split("\t")
    status, said = (log_fields().index(name) for name in ("sc-status", "viewer-request-log-data"))
    fields[said] = "-" if fields[status] == str(REDIRECTED) else "v%3D1"
    return "\t".join(fields).encode() + b"\n"


def _imported(objects: dict[str, bytes]) -> dict[str, bytes]:
    """Hits of a log that was imported, which CloudFront has not counted for this stack."""
    key = min(key for key in objects if key.startswith("events/dt=2026-11-22/hour=12"))
    lines = objects[key].splitlines(keepends=True)[:50]
    request_id = log_fields().index("x-edge-request-id")
    fields = [line.split(b"\t") for line in lines]
    again = [[*line[:request_id], b"imported-" + line[request_id], *line[request_id + 1 :]] for line in fields]
    return {f"{key.rpartition('/')[0]}/imported-0a1b2c-1.gz": b"".join(map(b"\t".join, again))}


def _arrivals(objects: dict[str, bytes], random: Random) -> dict[str, datetime]:
    """When each object came, in the order of their names, as Firehose names them: of a line that came twice, a typed
    day has the first name, and so the first time."""
    keys = sorted(objects)
    seconds = sorted(random.randrange(3600, 5400) for _ in keys)
    return {key: _folder_hour(key) + timedelta(seconds=second) for key, second in zip(keys, seconds, strict=True)}


def _folder_hour(key: str) -> datetime:
    return datetime.strptime(key[: len("events/dt=2026-11-23/hour=10")], "events/dt=%Y-%m-%d/hour=%H").replace(
        tzinfo=UTC
    )


def _came(objects: dict[str, bytes], arrived: dict[str, datetime]) -> Iterator[object]:
    names = ("timestamp", "x-edge-request-id", "sc-status")
    time, request_id, status = (log_fields().index(name) for name in names)
    for key, moment in arrived.items():
        for line in objects[key].decode().splitlines():
            fields = line.split("\t")
            if fields[status] == str(REDIRECTED):
                continue
            time_ms = round(float(fields[time]) * 1000)
            yield TRUTH.Came(fields[request_id], time_ms, round(moment.timestamp() * 1000))


@pytest.mark.parametrize("time_zone", ["UTC", "Asia/Kolkata", "America/Los_Angeles"])
def test_three_lines_of_a_hundred_are_missing_and_it_says_so(lake: Lake, time_zone: str) -> None:
    table = ask_in_process(answer_sql(answer_queries(), "coverage", 7, time_zone=time_zone), NOW)
    truth = TRUTH.expected(lake.made, lake.lines, "invocations", ZoneInfo(time_zone))
    assert differences(table, truth) == []
    records = table.records()
    days = [record for record in records if record["hour"] is None]
    assert len(records) - len(days) > 10, "hours of at least a thousand hits"
    made, missing = (sum(int(day[name] or 0) for day in days) for name in ("hits_made", "missing"))
    assert round(100 * (made - missing) / made, 1) == 97.0
    assert {round(float(day["percent"] or 0)) for day in days} == {97}


def test_a_period_has_whole_hours_only(lake: Lake) -> None:
    begin = NOW - timedelta(days=1)
    table = ask_in_process(answer_sql(answer_queries(), "coverage", 1), NOW)
    assert differences(table, TRUTH.expected(lake.since(begin), lake.lines, "invocations", ZoneInfo("UTC"))) == []
    assert [record["hours"] for record in table.records() if record["hour"] is None] == [13, 8]


def test_without_counts_there_is_no_percentage_and_a_lateness(lake: Lake) -> None:
    assert lake.lines
    sql = answer_queries()["coverage"].replace("TRY_CAST(hits AS bigint)", "TRY_CAST(nullif(hits, hits) AS bigint)")
    days = [record for record in ask_in_process(sql, NOW).records() if record["hour"] is None]
    assert {(day["hits_made"], day["percent"], day["missing"]) for day in days} == {(None, None, None)}
    assert all(int(day["median_seconds"] or 0) > 0 for day in days)


def test_where_requests_are_counted_every_line_is_compared(lake: Lake) -> None:
    """Redirects too, for which the edge function does not run."""
    sql = answer_queries()["coverage"]
    requests = sql.replace("    counted\n  FROM pixel_hits_made", "    'requests' AS counted\n  FROM pixel_hits_made")
    assert requests != sql
    of_both = [
        sum(int(row["hits_logged"] or 0) for row in ask_in_process(text, NOW).records() if row["hour"] is None)
        for text in (sql, requests)
    ]
    assert of_both[0] == len({line.request_id for line in lake.lines if line.time_ms // HOUR_MS * HOUR_MS in lake.made})
    assert of_both[1] > of_both[0] + 100
