# SPDX-License-Identifier: Apache-2.0
"""Every answer against the ledger, exactly: a month of 200,000 hits with its duplicates and late lines."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from edgepixel.answers.registry import answer
from edgepixel.answers.subject.conditions import DOCTOR_EVENT, answer_sql
from edgepixel.answers.subject.periods import Period
from edgepixel.ask.in_process import ask_in_process
from edgepixel.console.table import Table
from edgepixel.dashboard.overview import PARTS, part
from edgepixel.report.panels import Chart, panels_of
from edgepixel.template.reader import answer_queries, log_fields, read_template
from edgepixel.traffic.generator import generate
from edgepixel.traffic.lake_objects import Logged, lake_objects, rows_of
from edgepixel.traffic.ledger import Ledger
from edgepixel.truth.comparison import differences
from edgepixel.truth.events import Event, events_of, facts_of
from edgepixel.truth.expected import TRUTHS
from localcloud.in_process_lake import empty_lake, fill_lake, stored_bytes
from tests.loaded_once import loaded_once
from tests.unit.edgepixel.truth.ledgers import header

HITS = 202_000
DAYS = 30
NOW = datetime(2026, 11, 23, 10, 31, 17, 123_000, tzinfo=UTC)
REQUEST_ID = log_fields().index("x-edge-request-id")
NOW_MS = round(NOW.timestamp() * 1000)
NO_TABLE = Table((), ())


@dataclass(frozen=True)
class Month:
    """What the lake must hold, its objects as they were before compression, and what it answers about all of it."""

    events: list[Event]
    objects: dict[str, bytes]
    answers: dict[str, Table]


@pytest.fixture(scope="module")
def month() -> Iterator[Month]:
    sent = rows_of(generate(20_261_123, HITS, NOW_MS, DAYS * 24), tuple(Logged))
    objects = lake_objects(sent, header(), log_fields(), Random(7), tuple(Logged))  # noqa: S311
    fill_lake(read_template(), objects)
    with loaded_once():
        tables = {name: ask_in_process(answer_sql(answer_queries(), name, DAYS), NOW) for name in TRUTHS}
    yield Month(events_of(Ledger(header(), tuple(row for _, row in sent))), objects, tables)
    empty_lake()


@pytest.fixture(scope="module")
def truths(month: Month) -> dict[str, Table]:
    facts = facts_of(month.events, NOW_MS, DAYS)
    return {name: truth(facts) for name, truth in TRUTHS.items()}


@pytest.mark.parametrize("name", TRUTHS)
def test_an_answer_about_a_month_equals_the_ledger(name: str, month: Month, truths: dict[str, Table]) -> None:
    assert truths[name].rows, "an empty truth would prove nothing"
    assert differences(month.answers[name], truths[name]) == []


@pytest.mark.parametrize("name", PARTS)
def test_panels_are_the_same_of_an_answer_and_of_its_part_of_the_overview(name: str, month: Month) -> None:
    period = Period(NOW - timedelta(days=DAYS), NOW)
    parts = {**month.answers, name: part(month.answers["overview"], name)}
    own, shared = (panels_of(answer(name), tables, period) for tables in (month.answers, parts))
    assert own
    # What a chart shows as a table may have columns that the overview has not.
    assert [replace(one, table=NO_TABLE) if isinstance(one, Chart) else one for one in shared] == [
        replace(one, table=NO_TABLE) if isinstance(one, Chart) else one for one in own
    ]


@pytest.mark.parametrize("options", [{"site": "shop"}, {"include_bots": True}], ids=["one site", "everyone"])
def test_answers_about_two_days_of_one_site_and_of_everyone_equal_the_ledger(month: Month, options: Any) -> None:
    facts = facts_of(month.events, NOW_MS, 2, **options)
    with loaded_once():
        for name, truth in TRUTHS.items():
            answer = ask_in_process(
                answer_sql(answer_queries(), name, 2, now_ms=NOW_MS, **options), NOW + timedelta(hours=5)
            )
            assert differences(answer, truth(facts)) == [], name


def test_the_month_is_hard_enough(month: Month, truths: dict[str, Table]) -> None:
    assert len(month.events) >= 200_000
    lines = [line for data in month.objects.values() for line in data.splitlines()]
    assert len(lines) > 1.005 * len(set(lines)), "some lines arrive twice"
    times = [float(line.partition(b"\t")[0]) for data in month.objects.values() for line in data.splitlines()]
    assert sum(later < earlier for earlier, later in pairwise(times)) > len(times) / 3
    assert {event.status for event in month.events} == {200, 301, 403}
    widths = Counter(line.count(b"\t") for line in lines)
    assert len(widths) == 2, "of fewer fields and of all"
    assert min(widths.values()) > len(lines) / 4
    assert sum(b"\tv%3D1" in line for line in lines) > len(lines) / 4, "of the edge function"
    assert sum(event.truth.event == DOCTOR_EVENT for event in month.events) > 100
    ids = Counter(line.split(b"\t")[REQUEST_ID] for line in set(lines))
    assert sum(number > 1 for number in ids.values()) > 500, "of some hits two different lines arrive"
    reasons = {row[2] for row in truths["abnormal-events"].rows}
    assert reasons == {
        "replay_storm", "hour_above_baseline", "silent_hour", "error_status", "unusual_method", "malformed_query",
        "no_user_agent", "malformed_value", "conflicting_order",
    }  # fmt: skip
    assert {row[3] for row in truths["campaign-revenue"].rows} >= {"EUR", "USD", "GBP", "JPY", "CAD", "KWD", "CLF"}
    told = {str(row[3]) for row in truths["abnormal-events"].rows if row[2] == "malformed_value"}
    assert told >= {"v=-33,95 c=EUR", "v=1,234.50 c=USD", "v=49.90 c=EURO", "v=7"}
    assert len(truths["topics"].rows) > 500
    audience = {(row[0], row[1]) for row in truths["audience"].rows}
    assert audience > {
        ("language", "en-US"), ("language", "es-419"), ("language", "(unknown)"), ("browser", "Brave"),
        ("browser", "Vivaldi"), ("device", "tv"), ("device", "tablet"),
    }, "what only hints tell"  # fmt: skip
    assert [row[2] for row in truths["funnel"].rows] == sorted((row[2] for row in truths["funnel"].rows), reverse=True)


def test_a_question_about_a_day_reads_a_day_of_the_lake_and_an_hour(month: Month) -> None:
    truth = TRUTHS["visitor-count"](facts_of(month.events, NOW_MS, 1))
    everything = ask_in_process("SELECT count(*) AS n FROM events", NOW).scanned_bytes
    earliest = f"{NOW - timedelta(days=1, hours=1):events/dt=%Y-%m-%d/hour=%H/}"
    wanted = sum(stored_bytes(key) for key in month.objects if key >= earliest)
    answer = ask_in_process(answer_sql(answer_queries(), "visitor-count", 1), NOW)
    assert differences(answer, truth) == []
    assert answer.scanned_bytes == wanted
    assert answer.scanned_bytes < everything / 15
