# SPDX-License-Identifier: Apache-2.0
"""Every answer against the ledger, exactly, where plausible traffic would not tell a wrong query from a right one."""

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

import pytest

from edgepixel.answers.subject.conditions import answer_sql
from edgepixel.ask.in_process import ask_in_process
from edgepixel.template.reader import answer_queries, log_fields, read_template
from edgepixel.traffic.lake_objects import lake_objects
from edgepixel.traffic.ledger import Ledger
from edgepixel.truth.comparison import differences
from edgepixel.truth.events import events_of, facts_of
from edgepixel.truth.expected import TRUTHS
from localcloud.in_process_lake import empty_lake, fill_lake
from tests.integration.answers.implausible_hits import implausible_hits
from tests.loaded_once import loaded_once
from tests.unit.edgepixel.truth.ledgers import header

DAYS = 30
NOW = datetime(2026, 11, 23, 10, 31, 17, 123_000, tzinfo=UTC)
NOW_MS = round(NOW.timestamp() * 1000)


@pytest.fixture(autouse=True)
def _lake() -> Iterator[None]:
    yield
    empty_lake()


@pytest.mark.parametrize(("seed", "hours"), [(1, 40), (2, 6 * 24), (3, 6 * 24), (4, 26 * 24)])
def test_answers_about_implausible_hits_equal_the_ledger(seed: int, hours: int) -> None:
    """Of so few hours that all are compared, of days, and of weeks."""
    sent = list(implausible_hits(seed, NOW_MS, hours))
    fill_lake(read_template(), lake_objects(sent, header(), log_fields(), Random(seed)))  # noqa: S311
    facts = facts_of(events_of(Ledger(header(), tuple(row for _, row in sent))), NOW_MS, DAYS)
    with loaded_once():
        for name, truth in TRUTHS.items():
            answer = ask_in_process(answer_sql(answer_queries(), name, DAYS), NOW)
            assert differences(answer, truth(facts)) == [], name
