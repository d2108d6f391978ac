# SPDX-License-Identifier: Apache-2.0
"""A whole examination without hits, of a stack as AWS describes it."""

import io
import json
from typing import Any

import pytest
from rich.console import Console

from edgepixel.console.progress import Steps
from edgepixel.console.table import Table
from edgepixel.doctor.command import tell, tell_before
from edgepixel.doctor.examination import examine
from edgepixel.doctor.facts.aws_calls import AwsCalls
from edgepixel.doctor.facts.said import Refused, Said
from edgepixel.doctor.facts.stack_facts import StackFacts
from edgepixel.doctor.findings import ONLY_WITH_STANDARD_LOGS, Examination, Outcome, Stage
from edgepixel.doctor.follow.patience import patience
from edgepixel.doctor.parts.roles import Need
from edgepixel.errors import AnswerFailedError
from tests.unit.edgepixel.doctor.canned_stack import (
    AGGREGATED,
    LAKE,
    PARAMETERS,
    RAW,
    Changes,
    canned_stack,
    responses,
)

WAITS = patience(PARAMETERS)
STAGES = [stage for stage in Stage if stage not in ONLY_WITH_STANDARD_LOGS]
READS = [
    (service, operation)
    for service, canned in responses().items()
    for operation in canned
    if service not in ("athena", "cloudformation")  # without these there is nothing to examine
]


def examined(changes: Changes | None = None) -> tuple[Examination, AwsCalls]:
    calls = AwsCalls(canned_stack(changes))
    return examine(calls, WAITS, None, Steps(Console(file=io.StringIO())).step), calls


def test_a_stack_in_which_all_is_right_is_healthy() -> None:
    found, calls = examined()
    assert found.problem is None, found
    assert {result.outcome for result in found.stages if result.stage in STAGES} == {Outcome.OK}
    (other,) = [result for result in found.stages if result.stage not in STAGES]
    assert (other.outcome, other.detail) == (Outcome.SKIPPED, "Source=realtime")
    assert found.notes == ()
    assert calls.counts["start_query_execution"] == 2


@pytest.mark.parametrize("read", READS, ids=" ".join)
def test_what_it_may_not_read_is_noted_and_is_no_problem(read: tuple[str, str]) -> None:
    found, _ = examined({read: Refused("TheOperation", "AccessDeniedException", "not you")})
    assert found.problem is None, found
    assert found.notes == ("Not looked at: AWS refused TheOperation (AccessDeniedException).",)


@pytest.mark.parametrize(
    ("read", "stage"),
    [
        (("cloudfront", "get_distribution"), Stage.EDGE),
        (("cloudfront", "get_realtime_log_config"), Stage.LOG_CONFIGURATION),
        (("iam", "get_role"), Stage.LOG_CONFIGURATION),
        (("kinesis", "describe_stream_summary"), Stage.RAW_STREAM),
        (("lambda", "get_event_source_mapping"), Stage.AGGREGATOR),
        (("lambda", "get_function_configuration"), Stage.AGGREGATOR),
        (("firehose", "describe_delivery_stream"), Stage.DELIVERY),
        (("events", "describe_rule"), Stage.TRIGGER),
        (("glue", "get_database"), Stage.CATALOG),
        (("glue", "get_table"), Stage.CATALOG),
        (("athena", "get_work_group"), Stage.ANSWER),
    ],
)
def test_what_is_not_there_is_the_problem_of_its_stage(read: tuple[str, str], stage: Stage) -> None:
    found, _ = examined({read: Refused("Get", "ResourceNotFoundException", "")})
    assert found.problem is not None
    assert found.problem.stage is stage
    place = STAGES.index(stage)
    assert [result.outcome for result in found.stages if result.stage in STAGES] == [
        *[Outcome.OK] * place,
        Outcome.FAILED,
        *[Outcome.NOT_REACHED] * (len(STAGES) - place - 1),
    ]


def test_a_query_that_athena_refuses_is_the_view_s_problem() -> None:
    failed = {"QueryExecution": {"Status": {"State": "FAILED", "StateChangeReason": "VIEW_IS_STALE"}}}
    found, _ = examined({("athena", "get_query_execution"): failed, ("athena", "stop_query_execution"): {}})
    assert found.problem is not None
    assert found.problem.stage is Stage.VIEW
    assert "VIEW_IS_STALE" in found.problem.what


def test_an_answer_that_fails_is_the_answer_s_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = AwsCalls.query

    def query(calls: AwsCalls, sql: str, timeout_seconds: float) -> Table:
        if "GROUP BY event" in sql:
            assert "-1 /* days */" in sql
            raise AnswerFailedError("Athena reports FAILED: no such column")
        return asked(calls, sql, timeout_seconds)

    monkeypatch.setattr(AwsCalls, "query", query)
    found, _ = examined()
    assert found.problem is not None
    assert found.problem.stage is Stage.ANSWER
    assert found.problem.what == "An answer cannot be run. Athena reports FAILED: no such column."


def test_an_answer_that_is_not_saved_is_the_answer_s_problem() -> None:
    found, _ = examined({("athena", "list_named_queries"): {"NamedQueryIds": []}})
    assert found.problem is not None
    assert found.problem.stage is Stage.ANSWER
    assert "no saved query aggregate-event-count" in found.problem.what


def test_an_empty_lake_is_no_problem_and_no_answer_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = AwsCalls.ask

    def ask(calls: AwsCalls, service: str, operation: str, **arguments: Any) -> Said:
        if arguments.get("Name") == "pixel_events":
            return Refused("GetTable", "EntityNotFoundException", "")
        return asked(calls, service, operation, **arguments)

    monkeypatch.setattr(AwsCalls, "ask", ask)
    found, calls = examined({("s3", "list_objects_v2"): {"Contents": [{"Key": "pixel.gif"}]}})
    assert found.problem is None, found
    assert found.notes == ("Nothing was delivered to the lake yet, so no answer can be asked.",)
    assert calls.counts["start_query_execution"] == 0


def test_an_answer_that_counts_the_hits_is_noted() -> None:
    info = [{"Name": name, "Type": kind} for name, kind in (("event", "varchar"), ("events", "bigint"))]
    rows = [[{"VarCharValue": text} for text in row] for row in (("event", "events"), ("edgepixel-doctor", "6"))]
    result = {"Rows": [{"Data": row} for row in rows], "ResultSetMetadata": {"ColumnInfo": info}}
    found, _ = examined({("athena", "get_query_results"): {"ResultSet": result}})
    assert found.problem is None
    assert any("counts 6 hits of this command" in note for note in found.notes)


def test_the_needs_of_a_role_are_simulated_on_the_stack_s_own_resources() -> None:
    stack = canned_stack()
    facts = StackFacts(stack, AwsCalls(stack))
    assert (facts.arns.raw_stream, facts.arns.aggregated_stream) == (RAW, AGGREGATED)
    assert facts.delivery().role.decisions == {
        Need("kinesis:GetShardIterator", AGGREGATED): "allowed",
        Need("kinesis:GetRecords", AGGREGATED): "allowed",
        Need("s3:PutObject", f"arn:aws:s3:::{LAKE}/events/doctor"): "allowed",
    }


def test_a_resource_that_the_stack_knows_by_another_id_is_no_problem() -> None:
    found, _ = examined({("cloudformation", "list_stack_resources"): {"StackResourceSummaries": []}})
    assert found.problem is None, found


def test_the_outcome_is_told_to_people_and_to_programs() -> None:
    found, _ = examined({("events", "describe_rule"): {"State": "DISABLED"}})
    text, data = io.StringIO(), io.StringIO()
    tell(found, "text", Console(file=text, width=200))
    assert "trigger             failed" in text.getvalue()
    assert "The first stage that fails: trigger\nThe EventBridge rule rule is disabled.\n" in text.getvalue()
    assert "What to do: Run: aws events enable-rule --name rule\nMore: docs/operations.md#catalog" in text.getvalue()
    tell(found, "json", Console(file=data))
    told = json.loads(data.getvalue())
    assert told["healthy"] is False
    assert told["problem"]["page"] == "docs/operations.md#catalog"
    assert [one["stage"] for one in told["stages"]] == list(Stage)


def test_it_says_before_how_long_it_may_take() -> None:
    said = io.StringIO()
    tell_before(canned_stack(), WAITS, True, Console(file=said, width=300))
    assert "wait in the stack's buffers for about 960 s" in said.getvalue()
    assert f"gives up after {WAITS.longest:,.0f} s" in said.getvalue()
