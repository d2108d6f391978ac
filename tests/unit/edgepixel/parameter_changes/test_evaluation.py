# SPDX-License-Identifier: Apache-2.0
"""Conditions and functions of a template, evaluated as CloudFormation does."""

from typing import Any

import pytest

from edgepixel.parameter_changes.evaluation import Place, references, resources

PARAMETERS = {"Name": {"Default": ""}, "Count": {"Default": 2}, "Mode": {"Default": "on"}}
CONDITIONS = {
    "Named": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Name"}, ""]}]},
    "Two": {"Fn::Equals": [{"Ref": "Count"}, 2]},
    "Both": {"Fn::And": [{"Condition": "Named"}, {"Condition": "Two"}]},
    "Either": {"Fn::Or": [{"Condition": "Named"}, {"Condition": "Two"}]},
}


def evaluated(value: Any, **parameters: str) -> Any:
    template = {
        "Parameters": PARAMETERS,
        "Conditions": CONDITIONS,
        "Mappings": {"Map": {"First": {"Second": ["a", "b"]}}},
        "Resources": {"Thing": {"Type": "A::B::C", "Properties": {"It": value}}},
    }
    place = Place(stack="shop", region="eu-west-1", account="210987654321")
    return resources(template, parameters, place)["Thing"].properties.get("It", "nothing")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text", "text"),
        (7, "7"),
        (True, "true"),
        ({"Ref": "Count"}, "2"),
        ({"Ref": "AWS::StackName"}, "shop"),
        ({"Ref": "Other"}, "⟦Other⟧"),
        ({"Fn::GetAtt": ["Other", "Arn"]}, "⟦Other.Arn⟧"),
        ({"Ref": "AWS::NoValue"}, "nothing"),
        ([1, {"Ref": "AWS::NoValue"}, 2], ["1", "2"]),
        ({"Fn::Sub": "${AWS::Region}/${Count}/${Other.Arn}/${!Literal}"}, "eu-west-1/2/⟦Other.Arn⟧/${Literal}"),
        ({"Fn::Sub": ["${A}-${Mode}", {"A": {"Ref": "Count"}}]}, "2-on"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Mode"}]]}, "a-on"),
        ({"Fn::Select": [1, {"Fn::Split": [",", "a,b"]}]}, "b"),
        ({"Fn::FindInMap": ["Map", "First", "Second"]}, ["a", "b"]),
        ({"Fn::Base64": "a"}, "YQ=="),
        ({"Fn::Base64": {"Ref": "Other"}}, "⟦Other⟧"),
        ({"Fn::If": ["Named", "yes", "no"]}, "no"),
        ({"Fn::If": ["Either", "yes", "no"]}, "yes"),
        ({"Fn::If": ["Both", "yes", {"Ref": "AWS::NoValue"}]}, "nothing"),
        ({"Inner": {"Ref": "Mode"}, "Gone": {"Ref": "AWS::NoValue"}}, {"Inner": "on"}),
    ],
)
def test_functions(value: Any, expected: Any) -> None:
    assert evaluated(value) == expected


def test_conditions_follow_parameters() -> None:
    assert evaluated({"Fn::If": ["Both", "yes", "no"]}, Name="x") == "yes"
    assert evaluated({"Fn::If": ["Both", "yes", "no"]}, Name="x", Count="3") == "no"
    assert evaluated({"Fn::If": ["Either", "yes", "no"]}, Count="3") == "no"


def test_a_resource_whose_condition_is_not_met_is_not_there() -> None:
    template = {
        "Parameters": PARAMETERS,
        "Conditions": CONDITIONS,
        "Resources": {"Thing": {"Type": "A::B::C", "Condition": "Named"}},
    }
    assert resources(template, {}) == {}
    assert set(resources(template, {"Name": "x"})) == {"Thing"}


@pytest.mark.parametrize("value", [{"Fn::ImportValue": "x"}, {"Fn::If": [{"Ref": "Name"}, 1, 2]}])
def test_what_is_not_known_is_an_error(value: Any) -> None:
    with pytest.raises(ValueError, match="cannot be evaluated here"):
        evaluated(value)


def test_references_are_found_wherever_they_are() -> None:
    assert set(references({"a": ["⟦One⟧", {"b": "x ⟦Two.Arn⟧ ⟦Three.A.B⟧"}], "c": "four"})) == {"One", "Two", "Three"}
