# SPDX-License-Identifier: Apache-2.0
"""Named queries of the local Athena: they can be updated, and sizes that Athena refuses are refused."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from localcloud.ministack import athena
from tests.unit.localcloud.athena.athena_calls import response, start_cloud, stop_cloud


@pytest.fixture(autouse=True)
def cloud() -> Iterator[None]:
    start_cloud()
    yield
    stop_cloud()


def call(action: str, **request: Any) -> tuple[int, dict[str, Any]]:
    return asyncio.run(response(action, request))


def made() -> str:
    request = {"Name": "own", "Description": "mine", "Database": "db", "QueryString": "SELECT 1", "WorkGroup": "group"}
    status, created = call("CreateNamedQuery", **request)
    assert status == 200
    return str(created["NamedQueryId"])


def test_an_update_changes_what_it_names_and_neither_database_nor_workgroup() -> None:
    query_id = made()
    changed = {"Name": "own", "QueryString": "SELECT 2", "Database": "other", "WorkGroup": "primary"}
    assert call("UpdateNamedQuery", NamedQueryId=query_id, **changed) == (200, {})
    assert athena.named_queries[query_id] == {
        "NamedQueryId": query_id,
        "Name": "own",
        "Description": "mine",
        "Database": "db",
        "QueryString": "SELECT 2",
        "WorkGroup": "group",
    }


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"Name": ""}, "'name'"),
        ({"Name": "x" * 129}, "'name'"),
        ({"Description": "x" * 1025}, "'description'"),
        ({"QueryString": ""}, "'queryString'"),
        ({"QueryString": "ü" * 131_073}, "'queryString'"),
        ({"NamedQueryId": "nobody"}, "was not found"),
    ],
)
def test_what_athena_refuses_is_refused(changed: dict[str, str], reason: str) -> None:
    request = {"NamedQueryId": made(), "Name": "own", "QueryString": "SELECT 2", **changed}
    status, refused = call("UpdateNamedQuery", **request)
    assert (status, refused["__type"]) == (400, "InvalidRequestException")
    assert reason in refused["message"]
    assert [query["QueryString"] for query in athena.named_queries.values()] == ["SELECT 1"]
    if "NamedQueryId" not in changed:
        assert call("CreateNamedQuery", **{"Database": "db", **request})[0] == 400
