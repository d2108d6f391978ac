# SPDX-License-Identifier: Apache-2.0
"""A funnel of chosen steps has the visitors that the ledger says: of events, of pages, and of both."""

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

import pytest

from edgepixel.answers.registry import answer
from edgepixel.answers.subject.conditions import Subject, subject_sql
from edgepixel.answers.subject.funnels import parse_funnel
from edgepixel.ask.in_process import ask_in_process
from edgepixel.template.reader import answer_queries, log_fields, read_template
from edgepixel.traffic.generator import generate
from edgepixel.traffic.lake_objects import Logged, lake_objects, rows_of
from edgepixel.traffic.ledger import Ledger
from edgepixel.truth.comparison import differences
from edgepixel.truth.events import Facts, events_of, facts_of
from localcloud.in_process_lake import empty_lake, fill_lake
from tests.loaded_once import loaded_once
from tests.unit.edgepixel.truth.ledgers import header

HITS = 5_000
DAYS = 7
NOW = datetime(2026, 11, 23, 10, 31, 17, 123_000, tzinfo=UTC)
NOW_MS = round(NOW.timestamp() * 1000)


@pytest.fixture(scope="module")
def facts() -> Iterator[Facts]:
    sent = rows_of(generate(16, HITS, NOW_MS, DAYS * 24), tuple(Logged))
    fill_lake(read_template(), lake_objects(sent, header(), log_fields(), Random(7), tuple(Logged)))  # noqa: S311
    with loaded_once():
        yield facts_of(events_of(Ledger(header(), tuple(row for _, row in sent))), NOW_MS, DAYS)
    empty_lake()


@pytest.mark.parametrize(
    ("steps", "last_are"),
    [
        ("view,purchase", "some"),
        ("purchase,view", "some"),
        ("checkout,purchase,view", "some"),
        ("/,/privacy/no-cookie-banner,/privacy/100%-honest", "some"),
        ("view,/%E6%97%85%E8%A1%8C/%E4%BA%AC%E9%83%BD,purchase", "some"),
        ("/reisen/größe-überraschung,view,/cart,checkout", "some"),
        ("view,no such event", "none"),
    ],
)
def test_a_funnel_of_chosen_steps_equals_the_ledger(facts: Facts, steps: str, last_are: str) -> None:
    chosen = parse_funnel(steps)
    subject = Subject(DAYS, funnel=chosen)
    table = ask_in_process(subject_sql(answer_queries(), "funnel", subject, subject.period(NOW, "UTC")), NOW)
    truth = answer("funnel").module("truth").expected(facts, chosen)
    assert differences(table, truth) == []
    assert (table.rows[-1][2] == 0) == (last_are == "none"), "else it would prove little"
