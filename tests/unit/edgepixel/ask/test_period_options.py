# SPDX-License-Identifier: Apache-2.0
"""Periods and time zones on the command line: what is asked, what is said of it, and what is refused."""

from datetime import UTC, datetime

import pytest

from edgepixel.ask import command
from edgepixel.cli import main
from edgepixel.template.reader import answer_queries
from tests.unit.edgepixel.fake_cloud import FakeAthena, fake_stack, result_page

COLUMNS = {"hour": "timestamp", "events": "bigint"}
PAGES = [result_page(COLUMNS, list(COLUMNS), ["2022-10-30 02:00:00.000", "7"])]
NOW = datetime(2026, 11, 27, 10, 31, tzinfo=UTC)


class _Clock(datetime):
    @classmethod
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
        return NOW


@pytest.fixture
def athena(monkeypatch: pytest.MonkeyPatch) -> FakeAthena:
    """Of a stack in Kolkata."""
    queries = {name: sql.replace("'UTC' /* time", "'Asia/Kolkata' /* time") for name, sql in answer_queries().items()}
    athena = FakeAthena(queries | {"my-own": "SELECT 1"}, PAGES)
    monkeypatch.setattr(command, "find_chosen_stack", lambda _choice: fake_stack(athena=athena))
    monkeypatch.setattr(command, "datetime", _Clock)
    return athena


def asked(athena: FakeAthena) -> str:
    (query,) = athena.started
    return str(query["QueryString"])


def test_a_date_is_a_day_of_the_stack_s_time_zone(athena: FakeAthena, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "events-per-hour", "--from", "2026-11-20", "--to", "2026-11-20"]) == 0
    sql = asked(athena)
    assert "event_time >= from_unixtime(1795113000.000)" in sql  # 2026-11-19T18:30Z
    assert "event_time < from_unixtime(1795199400.000)" in sql
    assert "current_timestamp" not in sql
    assert "'Asia/Kolkata' /* time zone */" in sql
    assert "\n2026-11-20 00:00 to 2026-11-21 00:00, Asia/Kolkata.\n" in capsys.readouterr().err


def test_a_time_zone_can_be_chosen(athena: FakeAthena, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--from", "2022-10-30", "--to", "2022-10-30", "--time-zone", "Europe/Berlin"]
    assert main(["ask", "events-per-hour", *arguments]) == 0
    assert "'Europe/Berlin' /* time zone */" in asked(athena)
    assert "Kolkata" not in asked(athena)
    assert "event_time >= from_unixtime(1667080800.000)" in asked(athena)
    assert "event_time < from_unixtime(1667170800.000)" in asked(athena)  # 25 hours later
    assert "2022-10-30 00:00 to 2022-10-31 00:00, Europe/Berlin." in capsys.readouterr().err


def test_what_is_not_whole_is_said_below(athena: FakeAthena, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "visitor-count", "--period", "this-month"]) == 0
    said = " ".join(capsys.readouterr().err.split())
    assert "2026-11-01 00:00 to 2026-11-27 16:01, Asia/Kolkata. 2026-11-27 is not whole: it counts up to 16:01." in said
    assert "week is not whole" not in said, "it has none"
    assert "event_time < from_unixtime(1795775460.000)" in asked(athena)


def test_weeks_that_are_not_whole_are_told_of_an_answer_with_weeks(
    athena: FakeAthena, capsys: pytest.CaptureFixture[str]
) -> None:
    columns = {"week": "date", "visitors": "bigint"}
    athena.pages = [result_page(columns, list(columns), ["2026-11-02", "7"])]
    assert main(["ask", "visitors-per-week", "--period", "this-month"]) == 0
    said = " ".join(capsys.readouterr().err.split())
    assert "The first week is not whole: it counts from Sunday, 2026-11-01, on." in said


def test_the_period_is_told_of_an_answer_without_times_too(
    athena: FakeAthena, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "pages"]) == 0
    assert "2026-11-20 16:01 to 2026-11-27 16:01, Asia/Kolkata.\n" in capsys.readouterr().err


def test_without_a_period_the_query_runs_as_it_is_saved_and_its_time_zone_is_named(
    athena: FakeAthena, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "recent-events"]) == 0
    assert asked(athena) == dict(athena.queries)["recent-events"]
    assert "2026-11-20 16:01 to 2026-11-27 16:01, Asia/Kolkata." in capsys.readouterr().err


def test_a_saved_query_that_looks_back_further_says_how_far(
    athena: FakeAthena, capsys: pytest.CaptureFixture[str]
) -> None:
    athena.queries = [(name, sql.replace("-7 /* days", "-30 /* days")) for name, sql in athena.queries]
    assert main(["ask", "recent-events"]) == 0
    assert "2026-10-28 16:01 to 2026-11-27 16:01, Asia/Kolkata." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        (["--days", "3", "--from", "2026-11-01"], 2, "--days and --from exclude each other"),
        (["--from", "2026-11-01", "--period", "today"], 2, "--from and --period exclude each other"),
        (["--to", "2026-11-01"], 2, "--to needs --from"),
        (["--from", "2026-11-20", "--to", "2026-11-01"], 2, "--to 2026-11-01 is before --from 2026-11-20"),
        (["--from", "2026-02-30"], 2, "there is no 2026-02-30: day"),
        (["--from", "01.02.2026"], 2, "'01.02.2026' is not a date, such as 2026-01-31"),
        (["--from", "20260201"], 2, "is not a date, such as 2026-01-31"),
        (["--period", "last-weak"], 2, "last-week"),
        (["--time-zone", "Europe/Berln"], 2, "not a time zone that Athena knows. Did you mean 'Europe/Berlin'?"),
        (["--time-zone", "Europe/Kyiv"], 2, "Did you mean 'Europe/Kiev'?"),
        (["--time-zone", "Etc/GMT+5"], 2, "is not a time zone that Athena knows."),
        (["--from", "2026-11-28"], 1, "--from 2026-11-28 is in the future: it is 2026-11-27 in Asia/Kolkata"),
        (["--from", "2026-11-01", "--to", "2027-01-01"], 1, "--to 2027-01-01 is in the future"),
    ],
)
def test_nonsense_is_told_what_is_wrong(
    options: list[str], status: int, message: str, athena: FakeAthena, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "events-per-hour", *options]) == status
    assert message in capsys.readouterr().err
    assert athena.started == []


def test_an_answer_without_a_period_names_the_options_of_dates(
    athena: FakeAthena, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "my-own", "--period", "today"]) == 1
    assert "has no period that could begin at another moment: leave out --period\n" in capsys.readouterr().err


def test_a_stack_of_before_time_zones_says_so(athena: FakeAthena, capsys: pytest.CaptureFixture[str]) -> None:
    athena.queries = [(name, sql.replace(" /* time zone */", "")) for name, sql in athena.queries]
    assert main(["ask", "events-per-hour", "--time-zone", "Europe/Berlin"]) == 1
    assert "until its template is deployed anew: leave out --time-zone" in capsys.readouterr().err
    assert athena.started == []
