# SPDX-License-Identifier: Apache-2.0
"""Which events of a lake an answer is about, and which objects it reads for them."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import pytest

from edgepixel.answers.subject.conditions import answer_sql
from edgepixel.ask.in_process import ask_in_process
from edgepixel.template.reader import answer_queries, read_template
from localcloud.in_process_lake import empty_lake, fill_lake, stored_bytes
from tests.log_lines import log_line

NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"


def line(request_id: str, time: str, **values: str) -> bytes:
    """A view at a time in UTC, such as 2026-11-23T09:15:30.250."""
    moment = datetime.fromisoformat(time).replace(tzinfo=UTC)
    usual = {
        "timestamp": f"{moment.timestamp():.3f}",
        "x_edge_request_id": request_id,
        "cs_user_agent": BROWSER,
    }
    return log_line(**(usual | values))


LAKE = {
    "events/dt=2026-11-16/hour=08/1.gz": line("two hours before", "2026-11-16T08:59:59.999"),
    "events/dt=2026-11-16/hour=09/1.gz": line("by a fast clock", "2026-11-16T10:30:00.000")
    + line("hour before", "2026-11-16T09:59:00.000"),
    "events/dt=2026-11-16/hour=10/1.gz": line("just before", "2026-11-16T10:29:59.999")
    + line("first", "2026-11-16T10:30:00.001"),
    "events/dt=2026-11-22/hour=23/1.gz": line("a", "2026-11-22T23:59:59.999", cs_uri_query="s=blog"),
    "events/dt=2026-11-23/hour=00/1.gz": line("late", "2026-11-22T12:00:00.000")
    + line("a", "2026-11-22T23:59:59.999", cs_uri_query="s=blog"),
    "events/dt=2026-11-23/hour=10/1.gz": line("last", "2026-11-23T10:29:59.999")
    + line("now", "2026-11-23T10:30:00.000")
    + line("bot", "2026-11-23T10:00:00.000", cs_user_agent="curl/8.0"),
}


@pytest.fixture(scope="module", autouse=True)
def lake() -> Iterator[None]:
    fill_lake(read_template(), LAKE)
    yield
    empty_lake()


def counted(days: int | None = None, **options: object) -> int:
    """Events of the whole period."""
    sql = answer_sql(answer_queries(), "visitor-count", days, **options)  # type: ignore[arg-type]
    return int(ask_in_process(sql, NOW).rows[0][2] or 0)


def size(objects: Mapping[str, bytes]) -> int:
    return sum(stored_bytes(key) for key in objects)


def test_the_period_begins_with_its_first_millisecond_and_ends_before_now() -> None:
    assert counted() == len({"by a fast clock", "first", "a", "late", "last"})


def test_folders_before_the_hour_before_the_period_are_not_read() -> None:
    scanned = ask_in_process(answer_queries()["visitor-count"], NOW).scanned_bytes
    assert scanned == size(LAKE) - stored_bytes("events/dt=2026-11-16/hour=08/1.gz")


@pytest.mark.parametrize("name", answer_queries())
def test_every_answer_about_a_day_reads_that_day_once(name: str) -> None:
    scanned = ask_in_process(answer_sql(answer_queries(), name, 1), NOW).scanned_bytes
    day = [key for key in LAKE if key >= "events/dt=2026-11-22/hour=09"]
    assert scanned == sum(stored_bytes(key) for key in day) < size(LAKE)


def test_an_answer_can_be_asked_as_of_another_moment() -> None:
    then = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
    assert counted(1, now_ms=round(then.timestamp() * 1000)) == len({"a", "late"})
    assert counted(now_ms=round(NOW.timestamp() * 1000)) == counted()


def test_an_answer_can_be_of_one_site_and_of_everyone() -> None:
    assert counted(site="blog") == 1
    assert counted(site="x' OR true --") == 0
    assert counted(include_bots=True) == counted() + 1
