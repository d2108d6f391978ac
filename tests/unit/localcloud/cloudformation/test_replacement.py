# SPDX-License-Identifier: Apache-2.0
"""An update of a create-only property makes a new resource, before the old one is deleted."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from localcloud.clock import Clock
from localcloud.cloudformation import replacement, service
from localcloud.cloudformation.schemas import create_only_paths, schema_of
from localcloud.ministack import cloudformation, cloudwatch, firehose, glue, kinesis, s3
from tests.unit.localcloud.stacks import Outcome, stack


@pytest.fixture(autouse=True)
def cloud() -> Iterator[None]:
    service.install(Clock())
    yield
    for one in (cloudformation, kinesis, firehose, glue, s3):
        one.reset()
    cloudwatch.reset_logs()


def group(name: str, **attributes: Any) -> Mapping[str, Any]:
    """A log group, and a stream of it that refers to it."""
    return {
        "Group": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": name}, **attributes},
        "Lines": {"Type": "AWS::Logs::LogStream", "Properties": {"LogGroupName": {"Ref": "Group"}}},
    }


def at(outcome: Outcome, logical_id: str, status: str) -> int:
    """The place of an event in the order of the events."""
    return next(n for n, event in enumerate(outcome.events) if event[:2] == (logical_id, status))


def delivery(source: str) -> Mapping[str, Any]:
    """Two streams, and a delivery stream without a name that reads one of them."""
    role = "arn:aws:iam::000000000000:role/r"
    streams = {name: {"Type": "AWS::Kinesis::Stream", "Properties": {"ShardCount": 1}} for name in ("One", "Two")}
    properties = {
        "DeliveryStreamType": "KinesisStreamAsSource",
        "KinesisStreamSourceConfiguration": {"KinesisStreamARN": {"Fn::GetAtt": [source, "Arn"]}, "RoleARN": role},
        "ExtendedS3DestinationConfiguration": {"BucketARN": "arn:aws:s3:::lake", "RoleARN": role},
    }
    return {**streams, "Delivery": {"Type": "AWS::KinesisFirehose::DeliveryStream", "Properties": properties}}


def test_the_template_s_types_have_schemas(transformed: Mapping[str, Any]) -> None:
    kinds = {resource["Type"] for resource in transformed["Resources"].values()}
    assert [kind for kind in kinds if schema_of(kind) is None] == []
    assert create_only_paths("AWS::Lambda::EventInvokeConfig") == [["FunctionName"], ["Qualifier"]]


def test_a_new_log_group_is_made_and_the_old_one_deleted_in_the_cleanup() -> None:
    first = stack("CreateStack", group("/one"))
    assert list(cloudwatch.log_groups) == ["/one"]
    outcome = stack("UpdateStack", group("/two"))
    assert outcome.status == "UPDATE_COMPLETE"
    assert list(cloudwatch.log_groups) == ["/two"]
    assert outcome.resources["Group"] != first.resources["Group"]
    assert at(outcome, "Group", "UPDATE_COMPLETE") < at(outcome, "Lines", "UPDATE_COMPLETE")


def test_old_resources_stay_if_the_update_fails() -> None:
    stack("CreateStack", group("/one"))
    failing = {"Kind": {"Type": "AWS::Kinesis::Stream", "Properties": {"Nothing": 1}, "DependsOn": "Lines"}}
    outcome = stack("UpdateStack", {**group("/two"), **failing})
    assert outcome.status == "UPDATE_ROLLBACK_COMPLETE"
    assert list(cloudwatch.log_groups) == ["/one"]
    assert outcome.resources["Group"] == "/one"


def test_what_is_replaced_stays_where_the_template_says_so() -> None:
    stack("CreateStack", group("/one", UpdateReplacePolicy="Retain"))
    outcome = stack("UpdateStack", group("/two", UpdateReplacePolicy="Retain"))
    assert outcome.status == "UPDATE_COMPLETE"
    assert sorted(cloudwatch.log_groups) == ["/one", "/two"]
    assert at(outcome, "Group", "DELETE_SKIPPED")


def test_a_delivery_stream_with_another_source_is_another_one() -> None:
    before = stack("CreateStack", delivery("One")).resources["Delivery"]
    outcome = stack("UpdateStack", delivery("Two"))
    assert outcome.status == "UPDATE_COMPLETE"
    assert outcome.resources["Delivery"] != before
    assert list(firehose.streams) == [outcome.resources["Delivery"]]


def test_a_named_resource_is_not_replaced_under_its_name() -> None:
    def named(source: str) -> Mapping[str, Any]:
        resources = delivery(source)
        resources["Delivery"]["Properties"]["DeliveryStreamName"] = "mine"
        return resources

    stack("CreateStack", named("One"))
    outcome = stack("UpdateStack", named("Two"))
    assert outcome.status == "UPDATE_ROLLBACK_COMPLETE"
    assert outcome.reason("Delivery") == (
        "CloudFormation cannot update a stack when a custom-named resource requires replacing. "
        "Rename mine and update the stack again."
    )
    assert outcome.resources["One"] in str(firehose.streams["mine"])
    assert outcome.resources["Two"] not in str(firehose.streams["mine"])


def table(database: str) -> Mapping[str, Any]:
    databases = {
        name: {"Type": "AWS::Glue::Database", "Properties": {"CatalogId": "0", "DatabaseInput": {"Name": name}}}
        for name in ("alpha", "beta")
    }
    properties = {"CatalogId": "0", "DatabaseName": {"Ref": database}, "TableInput": {"Name": "t"}}
    return {**databases, "Table": {"Type": "AWS::Glue::Table", "Properties": properties}}


def test_a_table_that_moves_keeps_its_name_and_leaves_its_old_database() -> None:
    """Its physical id is the same before and after."""
    stack("CreateStack", table("alpha"))
    assert list(glue.tables) == ["alpha/t"]
    assert stack("UpdateStack", table("beta")).status == "UPDATE_COMPLETE"
    assert list(glue.tables) == ["beta/t"]
    assert stack("DeleteStack").status == "DELETE_COMPLETE"
    assert list(glue.tables) == []


def test_a_name_is_taken_once() -> None:
    first = stack("CreateStack", group("/one"))
    second = stack("CreateStack", group("/one"), name="another")
    assert second.status == "ROLLBACK_COMPLETE"
    assert second.reason("Group").startswith("/one already exists in stack arn:aws:cloudformation:")
    assert list(cloudwatch.log_groups) == [first.resources["Group"]]
    cloudwatch.log_groups["/two"] = {}
    refused = stack("UpdateStack", group("/two"))
    assert refused.status == "UPDATE_ROLLBACK_COMPLETE"
    assert refused.reason("Group") == (
        "Resource of type 'AWS::Logs::LogGroup' with identifier "
        """'{"/properties/LogGroupName":"/two"}' already exists."""
    )
    assert sorted(cloudwatch.log_groups) == ["/one", "/two"]


def optional(wanted: str, shards: int = 1) -> Outcome:
    """A log group and its stream, only if wanted, and a Kinesis stream."""
    resources = group("/one")
    for resource in resources.values():
        resource["Condition"] = "Wanted"
    properties = {"Name": "s", "ShardCount": shards}
    stream = {"Stream": {"Type": "AWS::Kinesis::Stream", "Properties": properties}}
    conditions = {"Wanted": {"Fn::Equals": [wanted, "yes"]}}
    action = "UpdateStack" if len(cloudformation.stacks) else "CreateStack"
    return stack(action, {**resources, **stream}, Conditions=conditions)


def test_resources_that_appear_or_go_follow_their_conditions() -> None:
    assert sorted(optional("no").resources) == ["Stream"]
    assert sorted(optional("yes").resources) == ["Group", "Lines", "Stream"]
    gone = optional("no")
    assert (gone.status, sorted(gone.resources)) == ("UPDATE_COMPLETE", ["Stream"])
    assert list(cloudwatch.log_groups) == []


def test_a_stack_that_was_rolled_back_has_its_conditions_again() -> None:
    optional("yes")
    assert optional("no", shards=0).status == "UPDATE_ROLLBACK_COMPLETE"
    assert list(cloudwatch.log_groups) == ["/one"]
    stored = next(iter(cloudformation.stacks.values()))
    assert stored["_conditions"] == {"Wanted": True}
    deleted = stack("DeleteStack")
    assert at(deleted, "Lines", "DELETE_COMPLETE") < at(deleted, "Group", "DELETE_IN_PROGRESS")
    assert list(cloudwatch.log_groups) == []


def test_a_change_set_says_what_is_replaced() -> None:
    assert replacement.property_recreation("AWS::Athena::NamedQuery", "QueryString") == "Always"
    assert replacement.property_recreation("AWS::Kinesis::Stream", "ShardCount") == "Never"
    assert replacement.property_recreation("AWS::Events::Rule", "EventBusName") == "Conditionally"


def test_a_custom_resource_stays_with_its_function() -> None:
    arns = ("arn:aws:lambda:us-east-1:000000000000:function:one", "arn:aws:lambda:us-east-1:000000000000:function:two")
    one, two = ({"ServiceToken": arn} for arn in arns)
    with pytest.raises(ValueError, match="Modifying service token is not allowed"):
        cloudformation.update_resource("AWS::CloudFormation::CustomResource", "id", one, two, "stack", "Thing", {})
    assert replacement.replaces("AWS::CloudFormation::CustomResource", one, two) is False
