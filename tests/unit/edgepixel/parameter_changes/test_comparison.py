# SPDX-License-Identifier: Apache-2.0
"""Which resources an update replaces, by the create-only properties of CloudFormation's schemas."""

from typing import Any

import pytest

from edgepixel.parameter_changes.comparison import Effect, all_effects, effect
from edgepixel.parameter_changes.evaluation import Resource
from edgepixel.parameter_changes.schemas import create_only, identifiers, perhaps_create_only


def stream(**properties: Any) -> Resource:
    return Resource("AWS::Kinesis::Stream", properties)


def delivery(stream_arn: str) -> Resource:
    source = {"KinesisStreamARN": stream_arn, "RoleARN": "role"}
    return Resource("AWS::KinesisFirehose::DeliveryStream", {"KinesisStreamSourceConfiguration": source})


def test_another_value_of_an_ordinary_property_is_changed_in_place() -> None:
    assert effect({"S": stream(ShardCount="1")}, {"S": stream(ShardCount="2")}) == Effect(in_place=frozenset("S"))


def test_the_same_is_no_change() -> None:
    assert effect({"S": stream(ShardCount="1")}, {"S": stream(ShardCount="1")}) == Effect()


def test_resources_come_and_go() -> None:
    assert effect({"A": stream()}, {"B": stream()}) == Effect(added=frozenset("B"), removed=frozenset("A"))


@pytest.mark.parametrize(("before", "after"), [("one", "two"), (None, "one"), ("one", None)])
def test_a_create_only_property_replaces_also_when_it_comes_or_goes(before: str | None, after: str | None) -> None:
    resources = [stream(**({"Name": name} if name else {})) for name in (before, after)]
    assert effect({"S": resources[0]}, {"S": resources[1]}) == Effect(replaced=frozenset("S"))


def test_a_replacement_replaces_what_has_its_name_in_a_create_only_property_and_updates_the_rest() -> None:
    reader = Resource("AWS::CloudWatch::Alarm", {"AlarmName": "a", "Dimensions": ["⟦S⟧"]})
    before = {"S": stream(Name="one"), "D": delivery("⟦S.Arn⟧"), "A": reader}
    after = {**before, "S": stream(Name="two")}
    assert effect(before, after) == Effect(replaced=frozenset("SD"), in_place=frozenset("A"))


def test_a_replacement_that_keeps_its_name_collides() -> None:
    before = Resource("AWS::Logs::LogStream", {"LogGroupName": "group", "LogStreamName": "a"})
    assert effect({"L": before}, {"L": before}) == Effect()
    mapping = Resource("AWS::Lambda::Function", {"FunctionName": "f", "PackageType": "Zip"})
    image = Resource("AWS::Lambda::Function", {"FunctionName": "f", "PackageType": "Image"})
    assert effect({"F": mapping}, {"F": image}) == Effect(replaced=frozenset("F"), collides=frozenset("F"))


def test_what_the_schema_says_only_sometimes_is_perhaps_replaced() -> None:
    before = Resource("AWS::Events::Rule", {"EventBusName": "one"})
    after = Resource("AWS::Events::Rule", {"EventBusName": "two"})
    assert effect({"R": before}, {"R": after}) == Effect(perhaps_replaced=frozenset("R"))


def test_the_union_of_updates_counts_the_gravest() -> None:
    updates = [Effect(in_place=frozenset("AB")), Effect(replaced=frozenset("A"), perhaps_replaced=frozenset("B"))]
    assert all_effects(updates) == Effect(replaced=frozenset("A"), perhaps_replaced=frozenset("B"))


def test_the_schemas_are_those_of_cloudformation() -> None:
    assert "StartingPosition" in create_only("AWS::Lambda::EventSourceMapping")
    assert "KinesisStreamSourceConfiguration" in create_only("AWS::KinesisFirehose::DeliveryStream")
    assert perhaps_create_only("AWS::Events::Rule") == ("EventBusName",)
    assert identifiers("AWS::Glue::Database") == ("DatabaseName",)
    with pytest.raises(KeyError):
        create_only("AWS::Nothing::AtAll")
