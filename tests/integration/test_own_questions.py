# SPDX-License-Identifier: Apache-2.0
"""The question of docs/answers.md, and the SQL of an export, over a lake: against the ledger, exactly."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest

from edgepixel.answers.subject.conditions import Subject, question_blanks, subject_sql
from edgepixel.answers.subject.filters import parse_filter
from edgepixel.answers.view.columns import columns
from edgepixel.ask.in_process import ask_in_process
from edgepixel.console.table import Record, Table
from edgepixel.export.statement import export_sql
from edgepixel.questions.blanks import checked, require_marks
from edgepixel.template.reader import log_fields, read_template
from edgepixel.traffic.generator import generate
from edgepixel.traffic.lake_objects import Logged, lake_objects, rows_of
from edgepixel.traffic.ledger import Ledger
from edgepixel.truth.events import Event, events_of, facts_of, grouped, visitors
from localcloud.in_process_lake import empty_lake, fill_lake
from tests.conftest import ROOT
from tests.loaded_once import loaded_once
from tests.unit.edgepixel.truth.ledgers import header

HITS = 3_000
DAYS = 7
NOW = datetime(2026, 11, 23, 10, 31, 17, 123_000, tzinfo=UTC)
NOW_MS = round(NOW.timestamp() * 1000)


@pytest.fixture(scope="module")
def events() -> Iterator[list[Event]]:
    sent = rows_of(generate(15, HITS, NOW_MS, DAYS * 24), tuple(Logged))
    fill_lake(read_template(), lake_objects(sent, header(), log_fields(), Random(7), tuple(Logged)))  # noqa: S311
    with loaded_once():
        yield events_of(Ledger(header(), tuple(row for _, row in sent)))
    empty_lake()


def documented() -> str:
    """The SQL in docs/answers.md that is said to be asked here."""
    page = (ROOT / "docs" / "answers.md").read_text(encoding="utf-8")
    found = re.search(
        r"<!-- tests/integration/test_own_questions\.py asks this\. -->\n\n```sql\n(.*?)```", page, re.DOTALL
    )
    assert found is not None
    return found[1]


@pytest.mark.parametrize("one_line", [False, True])
@pytest.mark.parametrize("filters", [(), ("country=DE",), ("traffic!=human",)], ids=" ".join)
def test_the_documented_question_equals_the_ledger(
    events: list[Event], filters: tuple[str, ...], one_line: bool
) -> None:
    subject = Subject(DAYS, filters=tuple(map(parse_filter, filters)), time_zone="Asia/Tokyo")
    sql = checked(documented(), question_blanks(), one_line=one_line)
    require_marks(sql, subject, "documented.sql")
    table = ask_in_process(subject_sql({"own": sql}, "own", subject, subject.period(NOW, "UTC")), NOW)
    chosen = {
        (): lambda event: True,
        ("country=DE",): lambda event: event.truth.country == "DE",
        ("traffic!=human",): lambda event: event.truth.traffic != "human",
    }[filters]
    facts = facts_of(filter(chosen, events), NOW_MS, DAYS, include_bots=filters == ("traffic!=human",))
    views = [event for event in facts.counted if event.truth.event == "view"]
    groups = grouped(views, lambda event: (event.truth.channel, event.truth.device))
    truth = [(*key, visitors(group), len(group), _last_day(group)) for key, group in groups.items()]
    truth.sort(key=lambda row: (-row[3], *row[:2]))
    assert len(truth) > 10
    assert list(table.rows) == truth[:100]
    assert table.columns == ("channel", "device", "visitors", "events", "last_day")


def _last_day(group: list[Event]) -> str:
    """The date of the last one, in Tokyo."""
    return str(
        datetime.fromtimestamp(max(event.truth.time_ms for event in group) / 1000, ZoneInfo("Asia/Tokyo")).date()
    )


def exported(*filters: str, counted: bool = False, days: int = DAYS, site: str | None = None) -> list[Record]:
    subject = Subject(days, filters=tuple(map(parse_filter, filters)), site=site)
    table: Table = ask_in_process(export_sql(subject, subject.period(NOW, "UTC"), counted=counted), NOW)
    assert list(table.columns) == [column.name for column in columns()]
    return table.records()


def test_an_export_has_each_request_of_the_ledger_once(events: list[Event]) -> None:
    rows = exported()
    ids = [row["request_id"] for row in rows]
    inside = {event.request_id for event in events if NOW_MS - DAYS * 86_400_000 <= event.truth.time_ms < NOW_MS}
    assert sorted(map(str, ids)) == sorted(inside)
    assert {row["traffic"] for row in rows} >= {"human", "bot"}
    assert any(int(str(row["status"])) >= 300 for row in rows), "refusals and redirects are in it"


@pytest.mark.parametrize(
    ("filters", "everyone"), [(("traffic=human",), False), ((), True), (("traffic=human", "country=DE"), False)]
)
def test_what_counts_can_be_exported_alone(events: list[Event], filters: tuple[str, ...], everyone: bool) -> None:
    wanted = [event for event in events if "country=DE" not in filters or event.truth.country == "DE"]
    facts = facts_of(wanted, NOW_MS, DAYS, include_bots=everyone)
    rows = exported(*filters, counted=True)
    assert {str(row["request_id"]) for row in rows} == {event.request_id for event in facts.counted}
    assert len(rows) == len(facts.counted) > 10
    by_id = {str(row["request_id"]): row for row in rows}
    for event in facts.counted:
        row, truth = by_id[event.request_id], event.truth
        assert (row["event"], row["country"], row["traffic"], row["status"]) == (
            truth.event,
            truth.country,
            truth.traffic,
            event.status,
        )


def test_an_export_is_of_a_period_and_a_site(events: list[Event]) -> None:
    assert {row["site"] for row in exported(site="shop")} == {"shop"}
    some = exported(days=2)
    truth = [event for event in events if NOW_MS - 2 * 86_400_000 <= event.truth.time_ms < NOW_MS]
    assert 0 < len(some) == len(truth) < len(exported())
