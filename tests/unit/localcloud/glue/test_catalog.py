# SPDX-License-Identifier: Apache-2.0
"""A database of the Glue Data Catalog keeps its name, and a name is taken once."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from localcloud.clock import Clock
from localcloud.cloudformation import service as local_cloudformation
from localcloud.glue import service
from localcloud.ministack import cloudformation, glue
from tests import ministack_calls
from tests.unit.localcloud.stacks import stack


@pytest.fixture(autouse=True)
def cloud() -> Iterator[None]:
    service.install(Clock())
    local_cloudformation.install(Clock())
    yield
    for one in (cloudformation, glue):
        one.reset()


def database(name: str, **properties: Any) -> Mapping[str, Any]:
    given = {"CatalogId": "0", "DatabaseInput": {"Name": name, "Description": "d"}, **properties}
    return {"Database": {"Type": "AWS::Glue::Database", "Properties": given}}


def test_a_database_cannot_be_renamed() -> None:
    ministack_calls.call(glue, "CreateDatabase", {"DatabaseInput": {"Name": "one"}})
    renamed = {"Name": "one", "DatabaseInput": {"Name": "two"}}
    status, error = ministack_calls.response(glue, "UpdateDatabase", renamed)
    assert (status, error["__type"]) == (400, "InvalidInputException")
    assert error["message"] == "Database cannot be renamed"
    described = {"Name": "one", "DatabaseInput": {"Name": "ONE", "Description": "new"}}
    assert ministack_calls.response(glue, "UpdateDatabase", described)[0] == 200


@pytest.mark.parametrize(
    ("action", "request_"),
    [
        ("CreateDatabase", {"DatabaseInput": {"Name": "one"}}),
        ("CreateTable", {"DatabaseName": "one", "TableInput": {"Name": "t"}}),
    ],
)
def test_what_exists_is_not_created_again(action: str, request_: dict[str, Any]) -> None:
    ministack_calls.call(glue, "CreateDatabase", {"DatabaseInput": {"Name": "one"}})
    if action == "CreateTable":
        ministack_calls.call(glue, action, request_)
    status, error = ministack_calls.response(glue, action, request_)
    assert (status, error["__type"]) == (400, "AlreadyExistsException")


def test_stack_cannot_rename_a_database_in_place() -> None:
    stack("CreateStack", database("one"))
    refused = stack("UpdateStack", database("two"))
    assert refused.status == "UPDATE_ROLLBACK_COMPLETE"
    assert refused.reason("Database") == (
        "Database cannot be renamed (Service: Glue; Status Code: 400; Error Code: InvalidInputException)"
    )
    assert list(glue.databases) == ["one"]


def test_stack_replaces_a_database_by_its_property() -> None:
    stack("CreateStack", database("one", DatabaseName="one"))
    outcome = stack("UpdateStack", database("two", DatabaseName="two"))
    assert (outcome.status, outcome.resources["Database"]) == ("UPDATE_COMPLETE", "two")
    assert list(glue.databases) == ["two"]
