# SPDX-License-Identifier: Apache-2.0
"""What a report asks: every answer about its period, and the headline's about the one that it is compared with."""

import re
from datetime import UTC, date, datetime

import pytest

from edgepixel.answers.subject.conditions import Subject
from edgepixel.answers.subject.periods import Comparison, Dates
from edgepixel.report.gather import ANSWERS, COMPARED, gather
from edgepixel.template.reader import answer_queries
from tests.unit.edgepixel.fake_cloud import FakeAthena, fake_stack, result_page

NOW = datetime(2022, 11, 3, 9, 30, tzinfo=UTC)
PAGES = [result_page({"events": "bigint"}, ["events"], ["7"])]
OCTOBER_30 = Subject(dates=Dates(date(2022, 10, 30), date(2022, 10, 30)))


def periods(athena: FakeAthena) -> list[tuple[str, str]]:
    """From when to when each query asks, in UTC."""
    texts = [query["QueryString"] for query in athena.started]
    bounds = [re.search(r"event_time >= (.+)\n\s*AND event_time < from_unixtime\(([0-9.]+)\)", text) for text in texts]
    return [(_moment(found[1]), _moment(found[2])) for found in bounds if found]


def _moment(text: str) -> str:
    seconds = re.fullmatch(r"(?:from_unixtime\()?([0-9.]+)\)?", text)
    return f"{datetime.fromtimestamp(float(seconds[1]), UTC):%Y-%m-%d %H:%M}" if seconds else text


def asked(subject: Subject, comparison: Comparison = "previous") -> FakeAthena:
    """Of a stack in Berlin."""
    queries = {name: sql.replace("'UTC' /*", "'Europe/Berlin' /*") for name, sql in answer_queries().items()}
    athena = FakeAthena(queries, PAGES)
    found = gather(fake_stack(athena=athena), subject, NOW, comparison=comparison)
    assert found.time_zone == (subject.time_zone or "Europe/Berlin")
    assert set(found.before) == (set() if comparison == "none" else set(COMPARED))
    return athena


@pytest.mark.parametrize(
    ("comparison", "before"),
    [
        ("previous", ("2022-10-28 22:00", "2022-10-29 22:00")),
        ("weekday", ("2022-10-22 22:00", "2022-10-23 22:00")),
        ("year", ("2021-10-29 22:00", "2021-10-30 22:00")),
    ],
)
def test_a_day_of_25_hours_is_compared_with_a_day(comparison: Comparison, before: tuple[str, str]) -> None:
    found = periods(asked(OCTOBER_30, comparison))
    assert sorted(set(found)) == sorted({("2022-10-29 22:00", "2022-10-30 23:00"), before})
    assert found.count(before) == len(COMPARED)
    assert len(found) == len(ANSWERS) + len(COMPARED)


def test_with_nothing_to_compare_nothing_more_is_asked() -> None:
    assert periods(asked(OCTOBER_30, "none")) == [("2022-10-29 22:00", "2022-10-30 23:00")] * len(ANSWERS)


def test_visitors_of_weeks_are_asked_for_only_where_they_are_drawn() -> None:
    def weekly(athena: FakeAthena) -> list[str]:
        return [query["QueryString"] for query in athena.started if "date_trunc('week'" in query["QueryString"]]

    assert weekly(asked(Subject(28), "none")) == []
    (sql,) = weekly(asked(Subject(365), "none"))
    assert "-365 /* days */" in sql
    progress: list[tuple[int, int]] = []
    athena = FakeAthena(answer_queries(), PAGES)
    gather(
        fake_stack(athena=athena), Subject(28), NOW, lambda *told: progress.append(told), comparison="year", by="week"
    )
    assert len(weekly(athena)) == 1
    number = len(ANSWERS) + 1 + len(COMPARED)
    assert len(athena.started) == number
    assert progress[-1] == (number, number)


def test_another_time_zone_has_other_days() -> None:
    athena = asked(Subject(time_zone="Asia/Kolkata", dates=OCTOBER_30.dates), "none")
    assert set(periods(athena)) == {("2022-10-29 18:30", "2022-10-30 18:30")}
    assert not [query for query in athena.started if "Europe/Berlin" in query["QueryString"]]


def test_days_up_to_now_stay_days_in_the_sql() -> None:
    texts = [query["QueryString"] for query in asked(Subject(2)).started]
    assert all("-2 /* days */" in text for text in texts)
    assert sum("1667467800.000" in text for text in texts) == len(ANSWERS)
    assert sum("1667295000.000" in text for text in texts) == len(COMPARED)


def test_what_is_not_about_events_is_asked_about_every_site() -> None:
    texts = [query["QueryString"] for query in asked(Subject(2, "blog", include_bots=True), "none").started]
    (coverage,) = [text for text in texts if "pixel_hits_made" in text]
    assert "site" not in coverage
    assert sum("site = 'blog'" in text for text in texts) == len(ANSWERS) - 1


def test_chosen_steps_are_those_of_the_funnel_and_of_no_other_answer() -> None:
    texts = [query["QueryString"] for query in asked(Subject(2, funnel=("view", "/pricing")), "none").started]
    (funnel,) = [text for text in texts if "/pricing" in text]
    assert "/* funnel */" in funnel
    assert len(texts) == len(ANSWERS)


def test_the_report_estimates_only_where_an_answer_counts_visitors() -> None:
    texts = [query["QueryString"] for query in asked(Subject(2, approximate=True), "none").started]
    assert not [text for text in texts if "count(DISTINCT" in text]
    assert 0 < sum("approx_distinct(visitor)" in text for text in texts) < len(ANSWERS)
