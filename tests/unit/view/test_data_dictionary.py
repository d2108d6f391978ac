# SPDX-License-Identifier: Apache-2.0
"""docs/data-dictionary.md says what the view does: its columns, its traffic classes, its example."""

import re

import sqlglot
from sqlglot import exp

from edgepixel.answers.view.traffic import reasons
from edgepixel.edge_function import log_data
from tests.conftest import ROOT
from tests.unit.view.event_view import COLUMNS, SQL, ask, line

PAGE = (ROOT / "docs/data-dictionary.md").read_text(encoding="utf-8")
_REQUEST_ID = "MRVMF7KydIvxMWfJIglgwHQwZsbG2IhRJ07sn9AkKUFSHS9EXAMPLE=="


def _table(header: str) -> list[list[str]]:
    """The rows of the table that has this header, cells without their marks of code."""
    lines = PAGE[PAGE.index(header) :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


def _reasons_of_the_view() -> list[str]:
    """The reasons in the order in which the view looks for them."""
    query = sqlglot.parse_one(SQL, read="trino")
    (case,) = [
        a.this for a in query.find_all(exp.Alias) if a.alias == "traffic_reason" and isinstance(a.this, exp.Case)
    ]
    return list(dict.fromkeys(text.this for text in _results(case)))


def _results(case: exp.Expr) -> list[exp.Literal]:
    results = [*(when.args["true"] for when in case.args["ifs"]), case.args["default"]]
    return [text for result in results for text in _texts(result)]


def _texts(result: exp.Expr) -> list[exp.Literal]:
    if isinstance(result, exp.If):
        return [result.args["true"], result.args["false"]]
    assert isinstance(result, exp.Literal)
    return [result]


def test_columns_are_those_of_the_view_in_their_order() -> None:
    documented = [(name, kind) for name, kind, *_ in _table("| column | type |")]
    assert documented == [(column["name"], column["type"]) for column in COLUMNS]


def test_every_column_is_explained() -> None:
    assert all(len(row) == 6 and all(row) for row in _table("| column | type |"))


def test_reasons_are_those_of_the_view_in_their_order() -> None:
    assert [reason.name for reason in reasons()] == _reasons_of_the_view()
    assert len(reasons()) > 10


def test_examples_are_what_the_request_becomes() -> None:
    match = re.search(r"GET /pixel\.gif\?(\S+) HTTP/1\.1\n((?:[A-Z][A-Za-z-]+: [^\n]+\n)+)```", PAGE)
    assert match
    query = match[1]
    headers = {name.lower(): value for name, value in (text.split(": ") for text in match[2].splitlines())}
    example = line(
        _REQUEST_ID,
        cs_uri_query=query,
        cs_host=headers["host"],
        cs_user_agent=headers["user-agent"],
        c_ip="0.001",
        cs_headers="/pixel.gif",
        viewer_request_log_data=log_data("198.51.100.77", headers),
    )
    outcome = ask("SELECT * FROM events", [example])
    documented = [row[5] for row in _table("| column | type |")]
    special = {"the request's query, unchanged": query, "NULL": None, "a hash of eight digits": _rules_version()}
    expected = [special.get(text, text) for text in documented]
    assert outcome.rows == [expected]


def _rules_version() -> str:
    found = re.search(r"'([0-9a-f]{8})' AS rules_version", SQL)
    assert found, "the view says which rules made a row"
    return found[1]
