# SPDX-License-Identifier: Apache-2.0
"""Typed days on the local cloud: the deployed compactor makes them of raw lines, and every answer stays what it was."""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from time import time_ns
from typing import Any

import pytest

from edgepixel.answers.subject.conditions import answer_sql
from edgepixel.ask.athena import find_answers, run_query
from edgepixel.ask.wait_for_events import wait_until_queryable
from edgepixel.aws import lake_names
from edgepixel.aws.stack import Stack
from edgepixel.aws.typed_days import typed_days
from edgepixel.cli import main
from edgepixel.compact import command
from edgepixel.console.table import Table
from edgepixel.traffic.ledger import read_ledger
from edgepixel.traffic.recorder import record_traffic
from edgepixel.truth.comparison import differences
from edgepixel.truth.events import events_of, facts_of
from edgepixel.truth.expected import TRUTHS
from tests.e2e.failure_queues import assert_given_up
from tests.e2e.streams import objects
from tests.log_lines import field
from tests.waiting import PATIENCE_SECONDS

HITS = 700


@dataclass(frozen=True)
class Typed:
    """A stack, what it answered of raw lines and of typed days as of one moment, and what the compactor returned."""

    stack: Stack
    days: list[str]
    truths: dict[str, Table]
    raw: dict[str, Table]
    typed: dict[str, Table]
    returned: dict[str, Any]


@pytest.fixture(scope="module", params=["enabled", "disabled"])
def typed(request: pytest.FixtureRequest, deploy_stack: Callable[[str, dict[str, str]], Stack], home: Path) -> Typed:
    name = f"typed-{request.param}"
    stack = deploy_stack(name, {"Aggregation": request.param})
    record_traffic(stack, home / f"{name}.jsonl", hits=HITS, seed=14)
    ledger = read_ledger(home / f"{name}.jsonl")
    wait_until_queryable(stack, len(ledger.logged()), PATIENCE_SECONDS, lambda found: None)
    now_ms = time_ns() // 1_000_000
    days = sorted({values[0] for values in partitions(stack, lake_names.TABLE)})
    raw = ask(stack, now_ms)
    returned = compact(stack, {"days": days, "unclosed": True})
    facts = facts_of(events_of(ledger), now_ms)
    truths = {answer: truth(facts) for answer, truth in TRUTHS.items()}
    return Typed(stack, days, truths, raw, ask(stack, now_ms), returned)


def ask(stack: Stack, now_ms: int) -> dict[str, Table]:
    queries = find_answers(stack)
    return {answer: run_query(stack, answer_sql(queries, answer, now_ms=now_ms)) for answer in TRUTHS}


def compact(stack: Stack, event: dict[str, Any]) -> dict[str, Any]:
    client = stack.cloud.client("lambda")
    response = client.invoke(FunctionName=stack.outputs["CompactorFunctionName"], Payload=json.dumps(event))
    returned: dict[str, Any] = json.loads(response["Payload"].read())
    assert "FunctionError" not in response, returned
    return returned


def partitions(stack: Stack, table: str) -> list[list[str]]:
    found = stack.cloud.client("glue").get_partitions(DatabaseName=stack.database, TableName=table)["Partitions"]
    return sorted(partition["Values"] for partition in found)


def test_the_compactor_types_the_days_and_their_raw_lines_leave_the_catalog(typed: Typed) -> None:
    # Two runs work on a day: the one that was asked, and that of its statement's end. One of them typed it.
    assert sorted([*(one["day"] for one in typed.returned["typed"]), *typed.returned["unchanged"]]) == typed.days
    assert typed.returned["waiting"] == []
    rows = run_query(
        typed.stack, "SELECT typed, count(*) AS n, count(DISTINCT request_id) AS ids FROM events GROUP BY 1"
    )
    assert [(row[0], row[1] == row[2]) for row in rows.rows] in ([("true", True)], [(True, True)])
    assert partitions(typed.stack, lake_names.DAYS_TABLE) == [[day] for day in typed.days]
    assert [values for values in partitions(typed.stack, lake_names.TABLE) if values[0] in typed.days] == []
    assert objects(typed.stack.cloud, typed.stack, lake_names.EVENTS), "the objects stay"


@pytest.mark.parametrize("answer", TRUTHS)
def test_an_answer_is_the_same_of_raw_lines_and_of_typed_days_and_equals_the_ledger(typed: Typed, answer: str) -> None:
    assert differences(typed.raw[answer], typed.truths[answer]) == []
    assert typed.typed[answer].rows == typed.raw[answer].rows


def test_a_late_object_is_counted_once_the_compactor_has_come_again(typed: Typed) -> None:
    stack = typed.stack
    stored = objects(stack.cloud, stack, lake_names.EVENTS)
    key, lines = next(iter(stored.items()))
    line = lines.splitlines()[0]
    late = line.replace(field(line, "x-edge-request-id").encode(), b"late==")
    before = ids(stack)
    lake = stack.cloud.client("s3")
    lake.put_object(Bucket=stack.lake_bucket, Key=f"{key.rpartition('/')[0]}/late.gz", Body=gzip.compress(late + b"\n"))
    assert "late==" not in before
    # The trigger may have seen the hour before and leave it out of the catalog: the compactor looks at the objects.
    compact(stack, {"days": typed.days, "unclosed": True})
    assert ids(stack) == before | {"late=="}
    assert len(rows(stack)) == len(before) + 1
    again = compact(stack, {"days": typed.days, "unclosed": True})
    assert again["typed"] == []
    assert again["unchanged"] == typed.days


def test_past_days_are_typed_by_command_and_again(
    typed: Typed, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stack, day = typed.stack, date(2026, 3, 14)
    (line, *_) = next(iter(objects(stack.cloud, stack, lake_names.EVENTS).values())).splitlines()
    past = line.replace(field(line, "x-edge-request-id").encode(), b"past==")
    folder = datetime.combine(day, time.min).strftime(lake_names.REALTIME_DAY)
    stack.cloud.client("s3").put_object(
        Bucket=stack.lake_bucket, Key=f"{folder}hour=09/past.gz", Body=gzip.compress(past + b"\n" + past + b"\n")
    )
    monkeypatch.setattr(command, "find_chosen_stack", lambda _choice: stack)
    asked = ["compact", "--since", str(day), "--until", str(day), "--yes"]
    assert main(asked) == 0
    assert f"{day}: rows: 1\n" in capsys.readouterr().out
    first = typed_days(stack)[day]
    assert rows(stack).count("past==") == 1
    assert main(asked) == 0
    assert "0 of 1 days are to be typed" in capsys.readouterr().out
    assert main([*asked, "--again"]) == 0
    assert f"{day}: rows: 1, before 1\n" in capsys.readouterr().out
    assert typed_days(stack)[day].location != first.location
    assert rows(stack).count("past==") == 1


def test_what_fails_for_good_waits_in_a_queue(typed: Typed) -> None:
    assert_given_up(typed.stack, "CompactorFunction", "CompactorFailures", {"days": "soon"})


def rows(stack: Stack) -> list[str]:
    return [str(row[0]) for row in run_query(stack, "SELECT request_id FROM events").rows]


def ids(stack: Stack) -> set[str]:
    return set(rows(stack))
