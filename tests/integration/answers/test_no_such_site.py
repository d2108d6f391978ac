# SPDX-License-Identifier: Apache-2.0
"""A site or a value that no event of a generated lake has: `ask` and `report` say so, and what there is instead."""

import html
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from edgepixel.answers.subject.conditions import Subject
from edgepixel.ask import command, no_such_value
from edgepixel.ask.in_process import ask_in_process
from edgepixel.cli import main
from edgepixel.console.progress import output_console
from edgepixel.console.table import Table
from edgepixel.report import gather
from edgepixel.report.command import write_report
from edgepixel.template.reader import answer_queries, log_fields, read_template
from edgepixel.traffic.generator import generate
from edgepixel.traffic.lake_objects import lake_objects, rows_of
from localcloud.in_process_lake import empty_lake, fill_lake
from tests.loaded_once import loaded_once
from tests.unit.edgepixel.fake_cloud import FakeAthena, fake_stack
from tests.unit.edgepixel.truth.ledgers import header

NOW = datetime.now(UTC)  # commands ask about days up to now
HITS, HOURS = 800, 48


@pytest.fixture(scope="module", autouse=True)
def lake() -> Iterator[None]:
    sent = rows_of(generate(11, HITS, round(NOW.timestamp() * 1000), HOURS))
    fill_lake(read_template(), lake_objects(sent, header(), log_fields(), Random(1)))  # noqa: S311
    with loaded_once():
        yield
    empty_lake()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The queries that Athena was asked, in order."""
    texts: list[str] = []

    def run(_stack: Any, sql: str, _progress: Any = None) -> Table:
        texts.append(sql)
        return ask_in_process(sql, datetime.now(UTC))

    stack = fake_stack(athena=FakeAthena(answer_queries(), []))
    monkeypatch.setattr(command, "find_chosen_stack", lambda _choice: stack)
    monkeypatch.setattr(command, "run_query", run)
    monkeypatch.setattr(no_such_value, "run_query", run)
    monkeypatch.setattr(gather, "run_queries", lambda _stack, sqls, _progress: [run(None, sql) for sql in sqls])
    return texts


@pytest.mark.parametrize("name", ["pages", "visitor-count", "funnel"])
def test_an_answer_about_no_site_says_which_there_are(
    name: str, asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", name, "--days", "3", "--site", "Shoppe", "--format", "csv"]) == 0
    said = capsys.readouterr()
    assert "No event of this period has the site 'Shoppe'. Did you mean 'shop'? There are: " in said.err
    told = said.err.partition("There are: ")[2].partition(".\n")[0].split(", ")
    assert {"shop", "blog", "(none)"} <= set(told)
    assert "There are" not in said.out
    assert len(asked) == 2, "one question more"
    assert (
        f"Athena read {sum(ask_in_process(sql, datetime.now(UTC)).scanned_bytes for sql in asked):,} bytes" in said.err
    )


def test_a_filter_is_told_like_a_site(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "pages", "--days", "3", "--filter", "event=veiw"]) == 0
    said = "No event of this period has the event 'veiw'. Did you mean 'view'? There are: view, "
    assert said in capsys.readouterr().err
    assert len(asked) == 2


@pytest.mark.parametrize("options", [["--site", "shop"], [], ["--filter", "country!=DE"]])
def test_of_an_answer_that_counts_something_nothing_more_is_asked(
    options: list[str], asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "pages", "--days", "3", *options]) == 0
    assert len(asked) == 1
    assert "No event" not in capsys.readouterr().err


def test_a_site_whose_events_are_not_counted_is_not_said_to_be_missing(
    asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "funnel", "--days", "3", "--site", "shop", "--filter", "event=nothing"]) == 0
    assert len(asked) == 2
    assert "No event" not in capsys.readouterr().err


def test_a_report_about_no_site_says_so_on_the_page_and_to_whoever_asked(
    asked: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stack = fake_stack(athena=FakeAthena(answer_queries(), []))
    write_report(stack, Subject(3, site="Shop.."), "none", None, tmp_path / "page.html", output_console(stderr=True))
    words = "No event of this period has the site 'Shop..'. Did you mean 'shop'? There are: "
    assert words in html.unescape((tmp_path / "page.html").read_text())
    assert words in capsys.readouterr().err
    assert len(asked) == len(gather.ANSWERS) + 1
    write_report(stack, Subject(3, site="shop"), "none", None, tmp_path / "page.html", output_console(stderr=True))
    assert "No event of this period" not in html.unescape((tmp_path / "page.html").read_text())
    assert len(asked) == 2 * len(gather.ANSWERS) + 1
