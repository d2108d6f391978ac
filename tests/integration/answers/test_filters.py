# SPDX-License-Identifier: Apache-2.0
"""A filtered answer is the answer about the events for which the filters hold: against the ledger, exactly."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from random import Random

import pytest

from edgepixel.answers.subject.conditions import Subject, subject_sql
from edgepixel.answers.subject.filters import dimensions, parse_filter
from edgepixel.answers.subject.periods import Period
from edgepixel.ask.in_process import ask_in_process
from edgepixel.console.table import Table
from edgepixel.template.reader import answer_queries, log_fields, read_template
from edgepixel.traffic.generator import generate
from edgepixel.traffic.lake_objects import Logged, lake_objects, rows_of
from edgepixel.traffic.ledger import Ledger
from edgepixel.truth.comparison import differences
from edgepixel.truth.events import Event, events_of, facts_of
from edgepixel.truth.expected import TRUTHS
from localcloud.in_process_lake import empty_lake, fill_lake
from tests.loaded_once import loaded_once
from tests.unit.edgepixel.truth.ledgers import header

HITS = 5_000
DAYS = 7
NOW = datetime(2026, 11, 23, 10, 31, 17, 123_000, tzinfo=UTC)
NOW_MS = round(NOW.timestamp() * 1000)


def section(event: Event) -> str | None:
    return "(front page)" if event.truth.section == "" else event.truth.section


# As they are written, and the same of a ledger's events.
CASES: dict[tuple[str, ...], Callable[[Event], bool]] = {
    ("country=DE",): lambda event: event.truth.country == "DE",
    ("country!=DE",): lambda event: event.truth.country != "DE",
    ("country=DE", "country=FR", "device=mobile"): lambda event: (
        event.truth.country in ("DE", "FR") and event.truth.device == "mobile"
    ),
    ("browser!=Chrome", "browser!=Safari"): lambda event: event.truth.browser not in ("Chrome", "Safari"),
    ("campaign=",): lambda event: not event.truth.utm_campaign,
    ("campaign!=", "source~NEWS"): lambda event: (
        bool(event.truth.utm_campaign) and "news" in (event.truth.utm_source or "").lower()
    ),
    ("channel=search",): lambda event: event.truth.channel == "search",
    ("event=purchase",): lambda event: event.truth.event == "purchase",
    ("os~win",): lambda event: "win" in event.truth.os.lower(),
    ("language~de",): lambda event: "de" in (event.truth.language or "").lower(),
    ("referrer=(same site)",): lambda event: bool(event.truth.same_site and event.truth.referrer_host),
    ("referrer=",): lambda event: event.truth.referrer_host is None,
    ("section=(front page)",): lambda event: section(event) == "(front page)",
    ("section=旅行",): lambda event: section(event) == "旅行",
    ("page~旅行",): lambda event: section(event) is not None and "旅行" in str(section(event)),
    ("page~%E6%97%85%e8%a1%8c",): lambda event: section(event) is not None and "旅行" in str(section(event)),
}

_OF_ALL_ANSWERS = {("country=DE",), ("campaign!=", "source~NEWS")}
_SOME = ("visitor-count", "audience", "pages")


@pytest.fixture(scope="module")
def events() -> Iterator[list[Event]]:
    sent = rows_of(generate(15, HITS, NOW_MS, DAYS * 24), tuple(Logged))
    fill_lake(read_template(), lake_objects(sent, header(), log_fields(), Random(7), tuple(Logged)))  # noqa: S311
    with loaded_once():
        yield events_of(Ledger(header(), tuple(row for _, row in sent)))
    empty_lake()


def asked(name: str, *filters: str) -> Table:
    subject = Subject(DAYS, filters=tuple(map(parse_filter, filters)))
    return ask_in_process(subject_sql(answer_queries(), name, subject, subject.period(NOW, "UTC")), NOW)


@pytest.mark.parametrize("filters", CASES, ids=" ".join)
def test_every_answer_is_about_the_filtered_events_only(events: list[Event], filters: tuple[str, ...]) -> None:
    chosen = [event for event in events if CASES[filters](event)]
    facts = facts_of(chosen, NOW_MS, DAYS)
    assert facts.counted, "an empty truth would prove nothing"
    for name in TRUTHS if filters in _OF_ALL_ANSWERS else _SOME:
        truth = TRUTHS[name]
        table = asked(name, *filters)
        assert differences(table, truth(facts)) == [], differences(table, truth(facts))


@pytest.mark.parametrize("filters", [("traffic=ai_crawler",), ("traffic!=human",), ("traffic_reason~BOT",)])
def test_a_filter_about_traffic_counts_programs(events: list[Event], filters: tuple[str, ...]) -> None:
    holds: dict[str, Callable[[Event], bool]] = {
        "traffic=ai_crawler": lambda event: event.truth.traffic == "ai_crawler",
        "traffic!=human": lambda event: event.truth.traffic != "human",
        "traffic_reason~BOT": lambda event: "bot" in event.truth.traffic_reason,
    }
    chosen = [event for event in events if holds[filters[0]](event)]
    facts = facts_of(chosen, NOW_MS, DAYS, include_bots=True)
    assert facts.counted
    for name in ("visitor-count", "pages", "audience"):
        assert differences(asked(name, *filters), TRUTHS[name](facts)) == [], name


@pytest.mark.parametrize("dimension", dimensions())
def test_each_value_of_a_dimension_filters_to_its_own_events(events: list[Event], dimension: str) -> None:
    """Those with the value and those without are all, whatever the value is."""
    sql = dimensions()[dimension].sql
    values = ask_in_process(f"SELECT {sql} FROM events GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 2", NOW)  # noqa: S608
    everyone = _events(asked("traffic-quality"))
    for (value,) in values.rows:
        with_it, without = (
            _events(asked("traffic-quality", f"{dimension}{operator}{value or ''}")) for operator in ("=", "!=")
        )
        assert with_it + without == everyone, value
    assert events


VALUES = ["'", "''; SELECT 1 --", "a' OR 'a'='a", "\\", "%_", "/* days */ -7", "\0", "ß" * 300]


@pytest.mark.parametrize("value", VALUES)
def test_no_value_is_more_than_a_value(events: list[Event], value: str) -> None:
    assert events
    for operator in ("=", "~"):
        assert _events(asked("traffic-quality", f"page{operator}{value}")) == 0
    assert _events(asked("traffic-quality", f"page!={value}")) == _events(asked("traffic-quality"))


def _events(table: Table) -> int:
    return sum(int(str(record["events"])) for record in table.records())


def test_a_period_is_where_it_was(events: list[Event]) -> None:
    """The filters are written last: a value that looks like a mark moves nothing."""
    filters = (parse_filter("title=x /* filters */ true current_timestamp"),)
    period = Period(NOW.replace(day=20), NOW)
    sql = subject_sql(answer_queries(), "pages", Subject(filters=filters), period)
    assert sql.count("'x /* filters */ true current_timestamp'") == 2
    assert events
