# SPDX-License-Identifier: Apache-2.0
"""Questions of a user's own and exports, in a deployed stack: from the command line, and in the dashboard."""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import duckdb
import pytest

from edgepixel.answers.view.columns import columns
from edgepixel.ask import command as ask_command
from edgepixel.ask.athena import find_saved_queries
from edgepixel.cli import main
from edgepixel.dashboard.asking import Asker
from edgepixel.dashboard.cache import Cache
from edgepixel.dashboard.serving import SECRET, served
from edgepixel.export import command as export_command
from tests.e2e.conftest import Answered
from tests.waiting import PATIENCE_SECONDS

NAME = "views-by-event"
SQL = """WITH once AS (
  SELECT min(event) AS event
  FROM events
  WHERE {{ conditions }}
  GROUP BY request_id
)
SELECT event, count(*) AS events
FROM once
GROUP BY event
ORDER BY event
"""


@pytest.fixture(scope="module", params=["enabled", "disabled"])
def result(request: pytest.FixtureRequest, answered: dict[str, Answered]) -> Iterator[Answered]:
    found = answered[request.param]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ask_command, "find_chosen_stack", lambda _choice: found.stack)
        patch.setattr(export_command, "find_chosen_stack", lambda _choice: found.stack)
        yield found


def asked(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    assert main(["ask", *arguments, "--format", "json"]) == 0
    rows: list[dict[str, object]] = json.loads(capsys.readouterr().out)
    return rows


def test_a_question_is_saved_asked_replaced_shown_and_deleted(
    result: Answered, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "views.sql"
    file.write_text(SQL, encoding="utf-8")
    before = {query.query_id for query in find_saved_queries(result.stack)}
    written = asked(["--sql", str(file), "--save-as", NAME, "--description", "Views, by event"], capsys)
    of_answer = asked(["aggregate-event-count", "--filter", "traffic=human"], capsys)
    assert written == sorted(
        ({"event": row["event"], "events": row["events"]} for row in of_answer), key=lambda row: str(row["event"])
    )
    assert asked([NAME], capsys) == written
    some = asked([NAME, "--filter", "country=DE", "--days", "3"], capsys)
    assert some == asked(["--sql", str(file), "--filter", "country=DE", "--days", "3"], capsys) != written
    assert main(["ask", "--sql", str(file), "--save-as", NAME]) == 1
    assert "replace it with --replace" in capsys.readouterr().err
    file.write_text(SQL.replace("ORDER BY event", "ORDER BY event DESC"), encoding="utf-8")
    assert asked(["--sql", str(file), "--save-as", NAME, "--replace"], capsys) == written[::-1]
    (saved,) = [query for query in find_saved_queries(result.stack) if query.query_id not in before]
    assert (saved.name, saved.description) == (NAME, "Views, by event")
    _shown(result, tmp_path, written[::-1])
    assert main(["ask", "--delete", NAME]) == 0
    assert {query.query_id for query in find_saved_queries(result.stack)} == before


def _shown(result: Answered, tmp_path: Path, rows: list[dict[str, object]]) -> None:
    """The dashboard lists it and gives its rows."""
    with served(Asker(result.stack, Cache(tmp_path / "kept"))) as address:
        host = urlsplit(address).netloc

        def get(path: str) -> str:
            connection = HTTPConnection(host, timeout=PATIENCE_SECONDS)
            with closing(connection):
                connection.request("GET", path, headers={"cookie": f"edgepixel-{host.rpartition(':')[2]}={SECRET}"})
                response = connection.getresponse()
                text = response.read().decode()
            assert response.status == 200, text
            return text

        section = get("/?period=7d").split("<h2>Your questions</h2>")[1].split("</section>")[0]
        assert f"{NAME}: Views, by event" in section
        table = list(csv.DictReader(io.StringIO(get(f"/csv?answer={NAME}&period=7d"))))
        assert table == [{name: str(value) for name, value in row.items()} for row in rows]


def test_athena_s_error_is_told_at_its_place_in_the_file(
    result: Answered, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "wrong.sql"
    file.write_text("SELECT\n  nothing_like_it\nFROM events WHERE {{ conditions }}", encoding="utf-8")
    assert main(["ask", "--sql", str(file), "--save-as", "wrong"]) == 1
    assert "nothing_like_it" in capsys.readouterr().err
    assert "wrong" not in {query.name for query in find_saved_queries(result.stack)}
    file.write_text("SELECT event\n  , count( AS x\nFROM events", encoding="utf-8")
    assert main(["ask", "--sql", str(file)]) == 1
    assert f"{file}: line 2, column" in capsys.readouterr().err


def test_exports_have_the_ledger_s_requests_in_every_form(
    result: Answered, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = {row.request_id for row in result.ledger.logged()}
    names = [column.name for column in columns()]
    for form in ("csv", "jsonl", "parquet"):
        assert main(["export", "--days", "30", "--format", form, "--output", str(tmp_path / form)]) == 0
    said = capsys.readouterr().err
    with (tmp_path / "csv").open(encoding="utf-8", newline="") as file:
        of_csv = list(csv.DictReader(file))
    of_json = [json.loads(line) for line in (tmp_path / "jsonl").read_text(encoding="utf-8").splitlines()]
    with duckdb.connect(":memory:") as engine:
        relation = engine.read_parquet(f"{tmp_path / 'parquet'}/*.parquet")
        types = dict(zip(relation.columns, map(str, relation.types), strict=True))
        of_parquet = [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]
    assert said.count(f"{len(of_csv):,} events, ") == 2
    for rows in (of_csv, of_json, of_parquet):
        assert list(rows[0]) == names
        assert len(rows) == len(of_csv)
        ids = [str(row["request_id"]) for row in rows if row["request_id"]]
        # Each once, and besides the ledger's only hits that other tests have sent to this stack since.
        assert len(ids) == len(set(ids))
        assert sent <= set(ids)
    kinds = {"event_time": "TIMESTAMP", "value": "DECIMAL(18,4)", "asn": "BIGINT", "visitor": "BIGINT"}
    assert {name: types[name] for name in kinds} == kinds
    assert (types["status"], types["typed"], types["page"]) == ("INTEGER", "BOOLEAN", "VARCHAR")
    stored = {row["request_id"]: row for row in of_json}
    for row in (row for row in of_parquet if row["request_id"]):
        same = stored[str(row["request_id"])]
        assert [row[name] for name in ("page", "title", "asn", "visitor", "typed", "traffic")] == [
            same[name] for name in ("page", "title", "asn", "visitor", "typed", "traffic")
        ]


def test_what_is_exported_is_what_an_answer_counts(
    result: Answered, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "people.jsonl"
    options = ["--days", "30", "--filter", "traffic=human"]
    assert main(["export", *options, "--counted", "--format", "jsonl", "--output", str(path)]) == 0
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    capsys.readouterr()
    (whole,) = [row for row in asked(["visitor-count", "--days", "30"], capsys) if row["day"] is None]
    assert len(rows) == whole["events"]
    assert len({row["visitor"] for row in rows} - {None}) == whole["visitors"]
