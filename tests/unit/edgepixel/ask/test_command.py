# SPDX-License-Identifier: Apache-2.0
"""The command `ask`: whom it asks, what it prints, and what it says about names that do not exist."""

import json

import pytest
from botocore.exceptions import EndpointConnectionError, NoRegionError

from edgepixel.ask import command
from edgepixel.cli import main
from edgepixel.errors import StackNotFoundError
from edgepixel.template.reader import answer_queries
from tests.fakes.client import client_error
from tests.unit.edgepixel.fake_cloud import FakeAthena, fake_stack, result_page

COLUMNS = {"hour": "timestamp", "page": "varchar", "events": "bigint"}
PAGES = [result_page(COLUMNS, list(COLUMNS), ["2026-11-23 09:00:00.000", "/ü", "1234"])]
ROW = {"hour": "2026-11-23 09:00:00.000", "page": "/ü", "events": 1234}
SQL = "SELECT 1 FROM events WHERE t > date_add('day', -7 /* days */, current_timestamp)"


@pytest.fixture
def athena(monkeypatch: pytest.MonkeyPatch) -> FakeAthena:
    """Of a stack with two of the application's answers, and a saved query of its own."""
    athena = FakeAthena({"referrers": SQL, "recent-events": SQL, "my-own": SQL}, PAGES)
    monkeypatch.setattr(command, "find_chosen_stack", lambda _choice: fake_stack(athena=athena))
    return athena


def test_only_the_answer_is_printed_and_elsewhere_whom_it_was_asked(
    athena: FakeAthena, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "referrers", "--days", "30", "--format", "json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out) == [ROW]
    assert "Asking stack edgepixel in the cloud of this test" in said.err
    assert "1 row. Athena read 25,000,000 bytes: $0.00011 at us-east-1's price" in said.err
    assert [query["QueryString"] for query in athena.started] == [SQL.replace("-7", "-30")]


@pytest.mark.parametrize(("name", "told"), [("campaign-revenue", True), ("pages", False)])
def test_what_a_filter_leaves_out_of_sales_is_told(
    name: str, told: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    athena = FakeAthena(answer_queries(), PAGES)
    monkeypatch.setattr(command, "find_chosen_stack", lambda _choice: fake_stack(athena=athena))
    assert main(["ask", name, "--filter", "country=DE"]) == 0
    assert ("purchases that the site's server sent have no country." in capsys.readouterr().err) is told


def test_what_no_stack_could_answer_is_told_before_one_is_looked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "find_chosen_stack", lambda _choice: pytest.fail("a stack is looked for"))
    assert main(["ask", "pages", "--funnel", "view,signup"]) == 1
    assert "the answer 'pages' has no steps" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "reason"),
    [
        (["--days", "3"], "has no period (no `/* days */` in its SQL): leave out --days"),
        (["--site", "blog"], "is about all sites (no `/* site */` in its SQL): leave out --site"),
        (["--include-bots"], "chooses its own traffic (no `/* traffic */` in its SQL): leave out --include-bots"),
        (
            ["--approximate"],
            "has nothing to estimate (no `count(DISTINCT ...)` in its SQL): leave out --approximate",
        ),
        (["--funnel", "view,signup"], "has no steps (no `/* funnel */` in its SQL): leave out --funnel"),
    ],
)
def test_an_option_for_which_an_answer_has_no_place_is_named(
    option: list[str], reason: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    athena = FakeAthena({"referrers": "SELECT 1"}, PAGES)
    monkeypatch.setattr(command, "find_chosen_stack", lambda _choice: fake_stack(athena=athena))
    assert main(["ask", "referrers", *option]) == 1
    assert f"edgepixel: the answer 'referrers' {reason}\n" in capsys.readouterr().err
    assert athena.started == []


@pytest.mark.parametrize(
    ("form", "printed"), [("csv", "hour,page,events\r\n2026-11-23 09:00:00.000,/ü,1234\r\n"), ("table", "1,234")]
)
@pytest.mark.usefixtures("athena")
def test_an_answer_has_several_forms(form: str, printed: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "referrers", "--format", form]) == 0
    assert printed in capsys.readouterr().out


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (
            EndpointConnectionError(endpoint_url="x"),
            'Could not connect to the endpoint URL: "x". Check your AWS '
            "credentials, Region and network, or use --local",
        ),
        (
            client_error("ExpiredToken", "too late", "DescribeStacks"),
            "AWS refused DescribeStacks: too late. Sign in again (`aws sso login`, or new keys): these credentials are "
            "over",
        ),
        (StackNotFoundError("there is no stack"), "there is no stack"),
    ],
)
def test_a_wrong_name_is_told_before_and_after_what_aws_has_to_say(
    problem: Exception, reason: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[str] = []

    def fail(_choice: object) -> None:
        told.append(capsys.readouterr().err)
        raise problem

    monkeypatch.setattr(command, "find_chosen_stack", fail)
    assert main(["ask", "referers"]) == 1
    wrong = "here is no answer 'referers'. Did you mean 'referrers'?"
    assert told == [f"T{wrong} Looking for a saved query of that name.\n"]
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("edgepixel: there is no answer 'referers'. Answers: events-per-hour,"), "once is enough"
    assert second == f"No stack could be searched for a saved query of that name: {reason}"


def test_a_right_name_is_not_said_to_be_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_choice: object) -> None:
        raise NoRegionError

    monkeypatch.setattr(command, "find_chosen_stack", fail)
    assert main(["ask", "referrers"]) == 1
    assert capsys.readouterr().err.startswith("edgepixel: no AWS Region is set: ")


@pytest.mark.usefixtures("athena")
def test_a_saved_query_of_the_stack_s_own_can_be_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "my-own", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == [ROW]


@pytest.mark.usefixtures("athena")
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("my_own", "no answer 'my_own' in this stack. Did you mean 'my-own'? Answers of this stack: my-own, recent"),
        ("pages", "no answer 'pages' in this stack. Answers of this stack: my-own, recent-events, referrers"),
    ],
)
def test_a_name_that_is_not_in_the_stack_lists_those_that_are(
    name: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", name]) == 1
    assert said in capsys.readouterr().err


def test_estimated_visitors_are_marked_for_people_and_not_for_programs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    columns = {"visitors": "bigint", "events": "bigint"}
    athena = FakeAthena(
        {"referrers": "SELECT count(DISTINCT key) AS visitors"}, [result_page(columns, list(columns), ["7", "9"])]
    )
    monkeypatch.setattr(command, "find_chosen_stack", lambda _choice: fake_stack(athena=athena))
    assert main(["ask", "referrers", "--approximate"]) == 0
    said = capsys.readouterr()
    assert "≈ visitors" in said.out
    assert "Visitors are estimated (≈)" in said.err
    assert main(["ask", "referrers", "--approximate", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == [{"visitors": 7, "events": 9}]
    assert {query["QueryString"] for query in athena.started} == {"SELECT approx_distinct(key) AS visitors"}
    assert main(["ask", "referrers"]) == 0
    assert "≈" not in capsys.readouterr().out
