# SPDX-License-Identifier: Apache-2.0
"""The CloudFormation resource types that the local cloud adds, through CloudFormation itself."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from localcloud.athena import service as local_athena
from localcloud.clock import Clock
from localcloud.cloudformation import service as resources
from localcloud.ministack import athena, cloudformation, glue
from tests.unit.localcloud.stacks import stack as run

TYPES = ("AWS::Glue::Classifier", "AWS::Athena::NamedQuery")


@pytest.fixture(autouse=True)
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for kind in TYPES:
        monkeypatch.setitem(cloudformation.resource_handlers, kind, {})
    for service in (glue, athena):
        service.reset()
    local_athena.install(Clock())
    resources.install(Clock())
    yield
    for service in (glue, athena, cloudformation):
        service.reset()


def template(sql: str = "SELECT 1", columns: tuple[str, ...] = ("a", "b"), name: str = "lines") -> dict[str, Any]:
    return {
        "Resources": {
            "Group": {"Type": "AWS::Athena::WorkGroup", "Properties": {"Name": "group", "RecursiveDeleteOption": True}},
            "Classifier": {
                "Type": "AWS::Glue::Classifier",
                "Properties": {
                    "CsvClassifier": {
                        "Name": name,
                        "Delimiter": "\t",
                        "Header": list(columns),
                        "CustomDatatypeConfigured": True,
                        "ContainsCustomDatatype": ["STRING"] * len(columns),
                    }
                },
            },
            "Query": {
                "Type": "AWS::Athena::NamedQuery",
                "Properties": {"Name": "q", "Database": "db", "QueryString": sql, "WorkGroup": {"Ref": "Group"}},
            },
        },
        "Outputs": {
            "Classifier": {"Value": {"Ref": "Classifier"}},
            "Query": {"Value": {"Ref": "Query"}},
            "QueryId": {"Value": {"Fn::GetAtt": ["Query", "NamedQueryId"]}},
        },
    }


def stack(action: str, body: dict[str, Any] | None = None) -> tuple[str, Mapping[str, str]]:
    """Do something with the stack, and give its status and outputs."""
    template = body or {"Resources": None, "Outputs": {}}
    outcome = run(action, template["Resources"], Outputs=template["Outputs"])
    return outcome.status, outcome.outputs


def test_stack_makes_and_removes_both() -> None:
    status, outputs = stack("CreateStack", template())
    assert status == "CREATE_COMPLETE"
    assert outputs["Classifier"] == "lines"
    assert outputs["Query"] == outputs["QueryId"]
    csv = glue.classifiers["lines"]["CsvClassifier"]
    assert (csv["Header"], csv["CustomDatatypes"]) == (["a", "b"], ["STRING", "STRING"])
    query = athena.named_queries[outputs["Query"]]
    assert (query["Name"], query["Database"], query["WorkGroup"]) == ("q", "db", "group")
    assert stack("DeleteStack")[0] == "DELETE_COMPLETE"
    assert [len(store) for store in (glue.classifiers, athena.named_queries)] == [0, 0]
    assert "group" not in athena.workgroups


def test_changed_query_replaces_the_old_one() -> None:
    _, before = stack("CreateStack", template())
    status, after = stack("UpdateStack", template(sql="SELECT 2"))
    assert status == "UPDATE_COMPLETE"
    assert after["Query"] != before["Query"]
    assert [query["QueryString"] for query in athena.named_queries.values()] == ["SELECT 2"]


def test_changed_classifier_keeps_its_name() -> None:
    stack("CreateStack", template())
    status, after = stack("UpdateStack", template(columns=("a", "b", "c")))
    assert (status, after["Classifier"]) == ("UPDATE_COMPLETE", "lines")
    assert glue.classifiers["lines"]["CsvClassifier"]["Header"] == ["a", "b", "c"]


def test_renamed_classifier_replaces_the_old_one() -> None:
    stack("CreateStack", template())
    status, after = stack("UpdateStack", template(name="others"))
    assert (status, after["Classifier"]) == ("UPDATE_COMPLETE", "others")
    assert list(glue.classifiers) == ["others"]


def test_classifier_of_another_kind_fails_the_stack() -> None:
    body = template()
    body["Resources"]["Classifier"]["Properties"] = {"JsonClassifier": {"Name": "x", "JsonPath": "$"}}
    assert stack("CreateStack", body)[0] == "ROLLBACK_COMPLETE"
    assert len(athena.named_queries) == 0
