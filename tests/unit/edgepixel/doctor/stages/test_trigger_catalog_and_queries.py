# SPDX-License-Identifier: Apache-2.0
"""Why new objects cannot be queried, from what AWS says of the trigger, the catalog, the view and the answers."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from edgepixel.console.table import Table
from edgepixel.doctor.facts.said import Refused, Said
from edgepixel.doctor.findings import Stage
from edgepixel.doctor.parts.functions import FunctionFacts
from edgepixel.doctor.parts.roles import RoleFacts
from edgepixel.doctor.stages import catalog, queries, trigger
from edgepixel.doctor.stages.catalog import CatalogFacts, Hour
from edgepixel.doctor.stages.queries import QueryFacts
from edgepixel.doctor.stages.trigger import TriggerFacts

FUNCTION_ARN = "arn:aws:lambda:eu-west-1:1:function:trigger"
NOT_THERE = Refused("Get", "EntityNotFoundException", "")
DENIED = Refused("Get", "AccessDeniedException", "")
ROLE = RoleFacts("role", {"Role": {}}, {})
ALLOWED = {"Policy": json.dumps({"Statement": [{"Principal": {"Service": "events.amazonaws.com"}}]})}
TRIGGER = TriggerFacts(
    {"EventBridgeConfiguration": {}},
    "rule",
    {"State": "ENABLED"},
    {"Targets": [{"Arn": FUNCTION_ARN}]},
    ALLOWED,
    FUNCTION_ARN,
    FunctionFacts(Stage.TRIGGER, "trigger", {"FunctionArn": FUNCTION_ARN}, {}, {}),
    ROLE,
)


def table(*columns: str, keys: tuple[str, ...] = ("dt", "hour")) -> Said:
    return {
        "Table": {
            "PartitionKeys": [{"Name": key} for key in keys],
            "StorageDescriptor": {"Columns": [{"Name": name} for name in columns]},
        }
    }


COLUMNS = ("timestamp", "c_ip", "asn")
HOUR = Hour("2026-01-31", "18", {"Partition": {}})
CATALOG = CatalogFacts("base", {"Database": {}}, table(*COLUMNS), "crawler", {"Crawler": {}}, COLUMNS, [HOUR], ROLE)
QUERIES = QueryFacts(
    {"Table": {"TableType": "VIRTUAL_VIEW"}},
    "group",
    {"WorkGroup": {"State": "ENABLED"}},
    {"id-1": "PagesAnswer", "id-2": "FunnelAnswer"},
    {"NamedQueries": [{"NamedQueryId": "id-1"}, {"NamedQueryId": "id-2"}]},
)


def test_a_trigger_that_is_run_has_no_problem() -> None:
    assert list(trigger.problems(TRIGGER)) == []


def test_what_nobody_may_look_at_is_no_problem() -> None:
    unseen = replace(TRIGGER, notification=DENIED, rule=DENIED, targets=DENIED, policy=DENIED)
    assert list(trigger.problems(unseen)) == []
    nothing = replace(CATALOG, database=DENIED, table=DENIED, crawler=DENIED, columns=(), hours=())
    assert list(catalog.problems(nothing)) == []
    blind = replace(QUERIES, view=DENIED, workgroup=DENIED, named_queries=DENIED)
    assert [*queries.view_problems(blind), *queries.answer_problems(blind)] == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"notification": {}}, "does not send its events to EventBridge"),
        ({"rule": Refused("DescribeRule", "ResourceNotFoundException", "")}, "rule rule does not exist"),
        ({"rule": {"State": "DISABLED"}}, "is disabled"),
        ({"targets": {"Targets": []}}, "does not invoke the crawler trigger"),
        ({"targets": {"Targets": [{"Arn": "arn:other"}]}}, "does not invoke the crawler trigger"),
        ({"policy": {"Policy": json.dumps({"Statement": []})}}, "not allowed to invoke"),
        ({"policy": Refused("GetPolicy", "ResourceNotFoundException", "")}, "not allowed to invoke"),
    ],
)
def test_a_trigger_that_is_not_run_is_told(change: Mapping[str, Any], words: str) -> None:
    (problem,) = trigger.problems(replace(TRIGGER, **change))
    assert problem.stage is Stage.TRIGGER
    assert words in problem.what


def entry(message: str, **fields: str) -> str:
    return json.dumps({"message": message, **fields})


@pytest.mark.parametrize("message", [trigger.DONE_MESSAGE, trigger.WAITING_MESSAGE])
def test_the_trigger_s_log_tells_for_which_object_it_was_run(message: str) -> None:
    key, hour = "events/dt=2026-03-14/hour=09/a.gz", "s3://lake/events/dt=2026-03-14/hour=09/"
    assert not trigger.has_run([], key)
    assert trigger.has_run([entry(message, folder=hour, object_key=key)], key)
    assert not trigger.has_run([entry(message, folder=hour, object_key=key.replace("a.gz", "b.gz"))], key)
    assert trigger.has_run([entry(message, folder=hour)], key)  # as an older version logs it
    # After a crawl: Powertools leaves out what is None, so that there is no key at all.
    assert not trigger.has_run([entry(message, folder="s3://lake/events/")], key)


def test_the_trigger_s_log_tells_whether_it_failed() -> None:
    done, waiting = entry(trigger.DONE_MESSAGE), entry(trigger.WAITING_MESSAGE)
    assert trigger.failure([done, waiting, "[ERROR] CatalogNotReady: table is missing"]) is None
    error = "[ERROR] SettingsError: EVENTS_PREFIX is not set"
    assert trigger.failure([error] * 2) is None  # Lambda tries an event three times
    failed = trigger.failure([error] * 3)
    assert failed is not None
    assert "SettingsError: EVENTS_PREFIX is not set (3 times" in failed.what
    assert "SettingsError" in trigger.overdue(TRIGGER, [error], 60).what
    assert "was not run for it within 60 s" in trigger.overdue(TRIGGER, [], 60).what


def test_a_catalog_that_is_complete_or_still_empty_has_no_problem() -> None:
    assert list(catalog.problems(CATALOG)) == []
    assert list(catalog.problems(replace(CATALOG, table=table(*COLUMNS, "added")))) == []
    assert list(catalog.problems(replace(CATALOG, table=NOT_THERE, hours=[]))) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"database": NOT_THERE}, "database base does not exist"),
        ({"crawler": NOT_THERE}, "crawler crawler does not exist"),
        ({"table": NOT_THERE}, "base.pixel_events does not exist, and the lake has objects"),
        ({"table": table("timestamp", "c_ip")}, "it lacks the columns asn"),
        ({"table": table("timestamp", "asn", "c_ip")}, "its column 2 is 'asn' instead of 'c_ip'"),
        ({"table": table(*COLUMNS, keys=("dt",))}, "its partition keys are dt instead of dt, hour"),
        (
            {"hours": [HOUR, replace(HOUR, hour="19", partition=NOT_THERE)]},
            "lacks the partition dt=2026-01-31/hour=19,",
        ),
    ],
)
def test_what_is_wrong_with_the_catalog_is_told(change: Mapping[str, Any], words: str) -> None:
    (problem,) = catalog.problems(replace(CATALOG, **change))
    assert problem.stage is Stage.CATALOG
    assert words in problem.what


def test_a_crawl_that_failed_is_quoted() -> None:
    crawled = {"Crawler": {"LastCrawl": {"Status": "FAILED", "ErrorMessage": "no access to s3"}}}
    (problem,) = catalog.problems(replace(CATALOG, table=NOT_THERE, crawler=crawled))
    assert "The crawler's last run: FAILED: no access to s3." in problem.what


def test_an_hour_that_does_not_come_is_told_with_what_is_wrong_if_that_is_known() -> None:
    assert "hour dt=2026-01-31/hour=18 did not come" in catalog.overdue(CATALOG, HOUR.folder, 60).what
    missing = replace(CATALOG, hours=[replace(HOUR, partition=NOT_THERE)])
    assert "lacks the partition" in catalog.overdue(missing, HOUR.folder, 60).what


def test_a_view_and_answers_that_are_there_have_no_problem() -> None:
    assert list(queries.view_problems(QUERIES)) == []
    assert list(queries.answer_problems(QUERIES)) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [({"view": NOT_THERE}, "does not exist"), ({"view": {"Table": {"TableType": "EXTERNAL_TABLE"}}}, "no view but a")],
)
def test_a_view_that_is_not_there_is_told(change: Mapping[str, Any], words: str) -> None:
    (problem,) = queries.view_problems(replace(QUERIES, **change))
    assert problem.stage is Stage.VIEW
    assert words in problem.what


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"workgroup": Refused("GetWorkGroup", "InvalidRequestException", "WorkGroup group is not found.")},
            "workgroup group does not exist",
        ),
        ({"workgroup": {"WorkGroup": {"State": "DISABLED"}}}, "is disabled"),
        ({"named_queries": {"NamedQueries": [{"NamedQueryId": "id-1"}]}}, "do not exist: FunnelAnswer"),
    ],
)
def test_answers_that_are_not_there_are_told(change: Mapping[str, Any], words: str) -> None:
    (problem,) = queries.answer_problems(replace(QUERIES, **change))
    assert problem.stage is Stage.ANSWER
    assert words in problem.what


def test_a_query_that_fails_is_told_with_athena_s_reason() -> None:
    assert (
        queries.failed_query(Stage.VIEW, "COLUMN_NOT_FOUND.").what
        == "The view events cannot be read. COLUMN_NOT_FOUND."
    )
    assert queries.failed_query(Stage.ANSWER, "X.").what == "An answer cannot be run. X."


def test_the_view_is_asked_for_no_more_than_the_hits_hours() -> None:
    sql = queries.view_statement("edgepixel-doctor", "0a1b", "2026-01-3118")
    assert "dt >= '2026-01-31' AND dt || hour >= '2026-01-3118'" in sql
    assert queries.request_ids([("a",), ("b",)]) == {"a", "b"}


def test_a_time_zone_that_athena_does_not_know_is_told_once() -> None:
    """The template's pattern takes it, and every answer with hours would fail."""
    saved = [
        {"NamedQueryId": "id-1", "QueryString": "SELECT t AT TIME ZONE 'Europe/Kyiv' /* time zone */"},
        {"NamedQueryId": "id-2", "QueryString": "SELECT u AT TIME ZONE 'Europe/Kyiv' /* time zone */"},
    ]
    (problem,) = queries.answer_problems(replace(QUERIES, named_queries={"NamedQueries": saved}))
    assert problem.stage is Stage.ANSWER
    assert "'Europe/Kyiv' is not a time zone that Athena knows. Did you mean 'Europe/Kiev'?" in problem.what
    saved = [{**one, "QueryString": one["QueryString"].replace("Kyiv", "Kiev")} for one in saved]
    assert list(queries.answer_problems(replace(QUERIES, named_queries={"NamedQueries": saved}))) == []


def test_hits_that_an_answer_counts_are_counted() -> None:
    answer = Table(("event", "traffic", "events"), (("view", "human", 5), ("edgepixel-doctor", "bot", 3)))
    assert queries.counted_hits(answer, "edgepixel-doctor") == 3
    assert queries.counted_hits(replace(answer, rows=answer.rows[:1]), "edgepixel-doctor") == 0
