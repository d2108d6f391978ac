# SPDX-License-Identifier: Apache-2.0
"""What belongs to an execution: the token of its request, and the events of its states."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from localcloud.ministack import messaging
from tests.unit.localcloud.athena.athena_calls import ended, response, run, start_cloud, stop_cloud

TOKEN = "a-day-and-the-hash-of-its-objects-1"
CONTEXT = {"QueryExecutionContext": {"Database": "db"}, "WorkGroup": "group"}


@pytest.fixture(autouse=True)
def events(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(messaging, "put_aws_event", found.append)
    start_cloud()
    yield found
    stop_cloud()


def test_the_same_request_again_is_the_same_execution() -> None:
    async def both() -> list[str]:
        first = await ended("SELECT 1", ClientRequestToken=TOKEN)
        again = await ended("SELECT 1", ClientRequestToken=TOKEN)
        other = await ended("SELECT 1", ClientRequestToken=f"{TOKEN}x")
        return [execution["QueryExecutionId"] for execution in (first, again, other)]

    first, again, other = asyncio.run(both())
    assert first == again != other


def test_a_token_with_other_parameters_is_refused() -> None:
    run("SELECT 1", ClientRequestToken=TOKEN)
    request = {"QueryString": "SELECT 2", "ClientRequestToken": TOKEN, **CONTEXT}
    status, refused = asyncio.run(response("StartQueryExecution", request))
    assert (status, refused["__type"]) == (400, "InvalidRequestException")
    assert "Idempotent parameters do not match" in json.dumps(refused)


@pytest.mark.parametrize("length", [31, 129])
def test_a_token_has_32_to_128_characters(length: int) -> None:
    request = {"QueryString": "SELECT 1", "ClientRequestToken": "t" * length, **CONTEXT}
    assert asyncio.run(response("StartQueryExecution", request))[0] == 400


def test_a_lake_that_is_made_anew_knows_no_token() -> None:
    first = run("SELECT 1", ClientRequestToken=TOKEN)
    start_cloud()
    assert run("SELECT 2", ClientRequestToken=TOKEN)["QueryExecutionId"] != first["QueryExecutionId"]


def details(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    assert {(event["Source"], event["DetailType"]) for event in events} == {("aws.athena", "Athena Query State Change")}
    return [json.loads(event["Detail"]) for event in events]


def test_every_change_of_state_is_an_event(events: list[dict[str, Any]]) -> None:
    execution = run("SELECT 1")
    same = {
        "versionId": "0",
        "queryExecutionId": execution["QueryExecutionId"],
        "statementType": "DML",
        "workgroupName": "group",
    }
    assert details(events) == [
        {**same, "currentState": "RUNNING", "previousState": "QUEUED", "sequenceNumber": "2"},
        {**same, "currentState": "SUCCEEDED", "previousState": "RUNNING", "sequenceNumber": "3"},
    ]


@pytest.mark.parametrize(
    "sql", ["SELECT x FROM t", "UNLOAD (SELECT 1 AS n) TO 's3://nowhere/x/' WITH (format = 'PARQUET')"]
)
def test_a_failure_is_an_event_with_its_error(sql: str, events: list[dict[str, Any]]) -> None:
    execution = run(sql)
    last = details(events)[-1]
    assert (last["currentState"], last["sequenceNumber"]) == ("FAILED", "3")
    assert last["athenaError"]["errorMessage"] == execution["Status"]["StateChangeReason"]


def test_one_that_is_stopped_ends_once(events: list[dict[str, Any]]) -> None:
    async def stopped() -> None:
        _, started = await response("StartQueryExecution", {"QueryString": "SELECT 1", **CONTEXT})
        for _ in range(2):
            await response("StopQueryExecution", started)
        await asyncio.gather(*(task for task in asyncio.all_tasks() if task is not asyncio.current_task()))

    asyncio.run(stopped())
    (only,) = details(events)
    assert (only["currentState"], only["previousState"]) == ("CANCELLED", "QUEUED")
