# SPDX-License-Identifier: Apache-2.0
"""`edgepixel ask --sql`, `--save-as` and `--delete`: what is refused before anything is asked, and what is saved."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from edgepixel.ask import command
from edgepixel.cli import main
from tests.fakes.client import FakeClient, client_error
from tests.unit.edgepixel.fake_cloud import FakeAthena, fake_stack, result_page

ANSWER = "SELECT 1 FROM events AT TIME ZONE 'Europe/Berlin' /* time zone */"
SQL = "SELECT page, count(*) AS n\nFROM events\nWHERE {{ conditions }}\nGROUP BY page;\n"
PAGES = [result_page({"page": "varchar", "n": "bigint"}, ["page", "n"], ["/", "7"])]


class Saved(FakeAthena):
    """A workgroup whose named queries can be made, replaced and deleted. `template` are the ids of the template's."""

    def __init__(self, queries: dict[str, str], template: tuple[str, ...] = ("0",)) -> None:
        super().__init__(queries, PAGES)
        self.template = template
        self.changes: list[tuple[str, dict[str, Any]]] = []

    def create_named_query(self, **request: Any) -> dict[str, Any]:
        self.changes.append(("create", request))
        return {"NamedQueryId": "9"}

    def update_named_query(self, **request: Any) -> dict[str, Any]:
        self.changes.append(("update", request))
        return {}

    def delete_named_query(self, **request: Any) -> dict[str, Any]:
        self.changes.append(("delete", request))
        return {}


class CloudFormation:
    def __init__(self, athena: Saved) -> None:
        self._athena = athena

    def get_paginator(self, _operation: str) -> "CloudFormation":
        return self

    def paginate(self, StackName: str) -> list[dict[str, Any]]:
        kind = "AWS::Athena::NamedQuery"
        return [
            {"StackResourceSummaries": [{"ResourceType": "AWS::S3::Bucket", "PhysicalResourceId": "1"}]},
            {
                "StackResourceSummaries": [
                    {"ResourceType": kind, "PhysicalResourceId": i} for i in self._athena.template
                ]
            },
        ]


@pytest.fixture
def athena(monkeypatch: pytest.MonkeyPatch) -> Saved:
    athena = Saved({"referrers": ANSWER, "own": "SELECT 2 FROM events", "newer-answer": ANSWER}, template=("0", "2"))
    stack = fake_stack(athena=FakeClient("athena", athena), cloudformation=CloudFormation(athena))
    monkeypatch.setattr(command, "find_chosen_stack", lambda _choice: stack)
    monkeypatch.setattr(command, "nothing_yet", lambda _stack: None)  # hits have arrived
    return athena


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "pages.sql"
    path.write_text(SQL, encoding="utf-8")
    return path


def test_a_file_is_asked_as_an_answer_is(athena: Saved, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--days", "30", "--site", "blog", "--filter", "country=DE", "--include-bots", "--format", "json"]
    assert main(["ask", "--sql", str(file), *options]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out) == [{"page": "/", "n": 7}]
    assert "1 row. Athena read 25,000,000 bytes" in said.err
    (asked,) = [query["QueryString"] for query in athena.started]
    assert "WHERE true /* traffic */ AND site = 'blog' /* site */ AND country = 'DE' /* filters */" in asked
    assert "date_add('day', -30 /* days */, current_timestamp)" in asked
    assert asked.count("\n") == SQL.count("\n")
    assert athena.changes == []


def test_the_standard_input_is_asked_with_the_stack_s_time_zone(athena: Saved, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "SELECT event_time AT TIME ZONE {{ time_zone }} FROM events WHERE {{ period }}"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert main(["ask", "--sql", "-"]) == 0
    assert "AT TIME ZONE 'Europe/Berlin' /* time zone */ FROM" in athena.started[0]["QueryString"]


@pytest.mark.parametrize(
    ("text", "options", "reason"),
    [
        ("SELECT 1 FROM pixel_days", [], "own.sql: line 1, column 15: 'pixel_days' cannot be read"),
        ("SELECT 1 FROM events", ["--days", "3"], "own.sql: it has no period, because"),
        ("SELECT 1 FROM events", ["--site", "blog"], "brings: leave out --site"),
        ("SELECT 1 FROM events", ["--period", "last-month"], "brings: leave out --period"),
        ("SELECT 1 FROM events", ["--save-as", "mine"], "a saved question needs a period that can be chosen"),
        (SQL, ["--save-as", "Mine"], "'Mine' cannot be the name of a question"),
        (SQL, ["--save-as", "a--b"], "cannot be the name of a question"),
        (SQL, ["--save-as", "x" * 65], "cannot be the name of a question"),
        (SQL, ["--save-as", "pages"], "'pages' is an answer of Edge Pixel's own"),
        (SQL, ["--save-as", "mine", "--description", "x" * 1025], "longer than 1024 characters"),
    ],
)
def test_what_is_wrong_with_it_is_said_before_a_stack_is_looked_for(
    text: str,
    options: list[str],
    reason: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(_choice: object) -> None:
        raise AssertionError("a stack was looked for")

    monkeypatch.setattr(command, "find_chosen_stack", fail)
    monkeypatch.chdir(tmp_path)
    Path("own.sql").write_text(text, encoding="utf-8")
    assert main(["ask", "--sql", "own.sql", *options]) == 1
    assert reason in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "say what to ask: one of ANSWER, --sql, --delete"),
        (["referrers", "--sql", "x.sql"], "say what to ask"),
        (["referrers", "--save-as", "x"], "--save-as needs --sql"),
        (["--sql", "x.sql", "--replace"], "--replace needs --save-as"),
        (["--sql", "x.sql", "--description", "x"], "--description needs --save-as"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", *arguments]) == 2
    assert reason in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "No such file"), (b"SELECT '\xff' FROM events", "not text in UTF-8")]
)
def test_a_file_that_cannot_be_read_is_said(
    content: bytes | None, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        (tmp_path / "own.sql").write_bytes(content)
    assert main(["ask", "--sql", str(tmp_path / "own.sql")]) == 1
    assert reason in capsys.readouterr().err


def test_a_value_cannot_leave_a_text_that_looks_like_a_mark(
    athena: Saved, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "own.sql").write_text("SELECT 'true /* filters */' FROM events", encoding="utf-8")
    value = " UNION SELECT page FROM raw_events --"
    assert main(["ask", "--sql", str(tmp_path / "own.sql"), "--filter", f"page={value}"]) == 1
    assert athena.started == []
    assert "edgepixel:" in capsys.readouterr().err


@pytest.mark.parametrize("refuses", [False, True])
def test_athena_s_errors_are_told_at_their_place_in_the_file(
    refuses: bool, athena: Saved, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = "line 3:1000: Column 'x' cannot be resolved"
    if refuses:

        def refuse(**request: Any) -> None:
            raise client_error("InvalidRequestException", asked, "StartQueryExecution")

        monkeypatch.setattr(athena, "start_query_execution", refuse)
    else:
        athena.states = ["FAILED"]
    assert main(["ask", "--sql", str(file)]) == 1
    place = f"{file}:3:" if refuses else f"{file}:1:8: no such column"
    assert place in capsys.readouterr().err


def test_a_question_is_saved_after_it_was_answered(
    athena: Saved, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "--sql", str(file), "--save-as", "slow-pages", "--description", "Pages that wait"]) == 0
    ((kind, request),) = athena.changes
    assert kind == "create"
    assert (request["Name"], request["Description"]) == ("slow-pages", "Pages that wait")
    assert (request["WorkGroup"], request["Database"]) == ("edgepixel", "edgepixel_1")
    assert "\n  AND true /* site */\n  AND true /* filters */\n" in request["QueryString"]
    assert "{{" not in request["QueryString"]
    assert ";" not in request["QueryString"]
    assert "Saved: edgepixel ask slow-pages" in capsys.readouterr().err


def test_a_question_needs_no_description(athena: Saved, file: Path) -> None:
    assert main(["ask", "--sql", str(file), "--save-as", "slow-pages"]) == 0
    ((_, request),) = athena.changes
    assert "Description" not in request


def test_a_question_that_athena_does_not_answer_is_not_saved(athena: Saved, file: Path) -> None:
    athena.states = ["FAILED"]
    assert main(["ask", "--sql", str(file), "--save-as", "slow-pages"]) == 1
    assert athena.changes == []


def test_a_saved_question_is_replaced_only_if_that_is_said(
    athena: Saved, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "--sql", str(file), "--save-as", "own"]) == 1
    assert "has a saved question 'own' already: replace it with --replace" in capsys.readouterr().err
    assert (athena.started, athena.changes) == ([], [])
    assert main(["ask", "--sql", str(file), "--save-as", "own", "--replace"]) == 0
    ((kind, request),) = athena.changes
    assert (kind, request["NamedQueryId"], request["Name"]) == ("update", "1", "own")
    assert set(request) == {"NamedQueryId", "Name", "Description", "QueryString"}
    assert "Replaced: edgepixel ask own" in capsys.readouterr().err


def test_what_the_template_made_is_neither_replaced_nor_deleted(
    athena: Saved, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "--sql", str(file), "--save-as", "newer-answer", "--replace"]) == 1
    assert "'newer-answer' is an answer of the template" in capsys.readouterr().err
    assert main(["ask", "--delete", "newer-answer"]) == 1
    assert "'newer-answer' is an answer of the template" in capsys.readouterr().err
    assert main(["ask", "--delete", "referrers"]) == 1
    assert "'referrers' is an answer of Edge Pixel's own" in capsys.readouterr().err
    assert (athena.started, athena.changes) == ([], [])


def test_a_saved_question_is_deleted_by_its_name(athena: Saved, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "--delete", "own"]) == 0
    assert athena.changes == [("delete", {"NamedQueryId": "1"})]
    assert "own is deleted from stack edgepixel" in capsys.readouterr().err
    assert main(["ask", "--delete", "owm"]) == 1
    assert "no saved question 'owm'. Did you mean 'own'? There are: newer-answer, own" in capsys.readouterr().err


def test_two_of_one_name_are_left_to_their_owner(athena: Saved, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    athena.queries.append(("own", "SELECT 3 FROM events"))
    assert main(["ask", "--delete", "own"]) == 1
    assert "has 2 saved queries named 'own'" in capsys.readouterr().err
    assert athena.changes == []
