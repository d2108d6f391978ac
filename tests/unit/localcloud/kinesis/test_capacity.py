# SPDX-License-Identifier: Apache-2.0
"""The number of a stream's shards and its mode: AWS's limits, and no record is lost on the way."""

import asyncio
import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from localcloud.clock import Clock
from localcloud.cloudformation import service as local_cloudformation
from localcloud.kinesis import capacity, service
from localcloud.ministack import cloudformation, kinesis
from tests.unit.localcloud.stacks import stack


@pytest.fixture(autouse=True)
def cloud() -> Iterator[None]:
    service.install(Clock())
    local_cloudformation.install(Clock())
    yield
    kinesis.reset()
    cloudformation.reset()


def call(action: str, **request: Any) -> tuple[int, Any]:
    headers = {"x-amz-target": f"Kinesis_20131202.{action}", "content-type": "application/x-amz-json-1.1"}
    status, _, body = asyncio.run(kinesis.handle_request("POST", "/", headers, json.dumps(request).encode(), {}))
    return status, json.loads(body or b"{}")


def make(shards: int = 1, mode: str = "PROVISIONED") -> str:
    assert call("CreateStream", StreamName="s", ShardCount=shards, StreamModeDetails={"StreamMode": mode})[0] == 200
    return str(call("DescribeStreamSummary", StreamName="s")[1]["StreamDescriptionSummary"]["StreamARN"])


def scale(target: int) -> tuple[int, Any]:
    return call("UpdateShardCount", StreamName="s", TargetShardCount=target, ScalingType="UNIFORM_SCALING")


def open_count() -> int:
    return int(call("DescribeStreamSummary", StreamName="s")[1]["StreamDescriptionSummary"]["OpenShardCount"])


def put(*keys: str) -> list[str]:
    """Put a record for each key, and return their shards."""
    records = [{"PartitionKey": key, "Data": base64.b64encode(key.encode()).decode()} for key in keys]
    return [record["ShardId"] for record in call("PutRecords", StreamName="s", Records=records)[1]["Records"]]


def read(shard_id: str) -> tuple[list[str], bool]:
    """The records of a shard, and whether there may be more."""
    start = {"StreamName": "s", "ShardId": shard_id, "ShardIteratorType": "TRIM_HORIZON"}
    found = call("GetRecords", ShardIterator=call("GetShardIterator", **start)[1]["ShardIterator"])[1]
    return [base64.b64decode(record["Data"]).decode() for record in found["Records"]], "NextShardIterator" in found


@pytest.mark.parametrize(
    ("shards", "target", "words"),
    [
        (1, 3, "UpdateShardCount cannot scale up over double your current open shard count. "),
        (2, 5, "UpdateShardCount cannot scale up over double your current open shard count. "),
        (4, 1, "UpdateShardCount cannot scale down below half your current open shard count. "),
        (5, 2, "UpdateShardCount cannot scale down below half your current open shard count. "),
    ],
)
def test_more_than_double_and_less_than_half_are_refused(shards: int, target: int, words: str) -> None:
    make(shards)
    status, error = scale(target)
    assert (status, error["__type"]) == (400, "LimitExceededException")
    assert error["message"] == f"{words}Current open shard count: {shards}, Target shard count: {target}"
    assert open_count() == shards


def test_double_and_half_are_reached_and_closed_shards_do_not_count() -> None:
    arn = make(1)
    assert scale(2) == (
        200,
        {"StreamName": "s", "StreamARN": arn, "CurrentShardCount": 1, "TargetShardCount": 2},
    )
    assert scale(4)[0] == scale(2)[0] == scale(1)[0] == 200
    assert open_count() == 1
    assert scale(3)[1]["__type"] == "LimitExceededException"


def test_ten_changes_in_a_day() -> None:
    make(1)
    for number in range(capacity.MOST_SHARD_CHANGES):
        assert scale(2 - number % 2)[0] == 200
    assert scale(1)[0] == 200  # it has one: no change
    assert scale(2)[1]["__type"] == "LimitExceededException"


def test_no_record_is_lost_and_children_follow_their_parents() -> None:
    make(1)
    before = put("a", "b", "c")
    scale(2)
    after = put("a", "b", "c", "d", "e")
    assert not set(before) & set(after)
    assert len(set(after)) == 2
    assert read(before[0]) == (["a", "b", "c"], False)  # closed: read to its end
    assert sorted(key for shard in set(after) for key in read(shard)[0]) == ["a", "b", "c", "d", "e"]
    assert all(read(shard)[1] for shard in after)
    shards = {shard["ShardId"]: shard for shard in call("ListShards", StreamName="s")[1]["Shards"]}
    assert "EndingSequenceNumber" in shards[before[0]]["SequenceNumberRange"]
    for child in set(after):
        assert shards[child]["ParentShardId"] == before[0]
        assert "EndingSequenceNumber" not in shards[child]["SequenceNumberRange"]


def test_merged_shards_name_both_parents() -> None:
    make(2)
    parents = [shard["ShardId"] for shard in call("ListShards", StreamName="s")[1]["Shards"]]
    scale(1)
    child = call("ListShards", StreamName="s")[1]["Shards"][-1]
    assert [child["ParentShardId"], child["AdjacentParentShardId"]] == parents


def test_on_demand_streams_have_no_shard_count() -> None:
    make(1, "ON_DEMAND")
    status, error = scale(2)
    assert (status, error["__type"]) == (400, "ValidationException")


def test_mode_is_switched_twice_a_day_and_the_shards_stay() -> None:
    arn = make(3)
    switch = lambda mode: call("UpdateStreamMode", StreamARN=arn, StreamModeDetails={"StreamMode": mode})  # noqa: E731
    assert switch("ON_DEMAND")[0] == switch("ON_DEMAND")[0] == 200
    assert open_count() == 3
    assert switch("PROVISIONED")[0] == 200
    assert (open_count(), scale(6)[0]) == (3, 200)
    status, error = switch("ON_DEMAND")
    assert (status, error["__type"]) == (400, "LimitExceededException")
    assert switch("SOMETIMES")[1]["__type"] == "InvalidArgumentException"


def resource(**properties: Any) -> Mapping[str, Any]:
    return {"Stream": {"Type": "AWS::Kinesis::Stream", "Properties": {"Name": "s", **properties}}}


def test_stack_doubles_the_shards_but_cannot_treble_them() -> None:
    assert stack("CreateStack", resource(ShardCount=1)).status == "CREATE_COMPLETE"
    refused = stack("UpdateStack", resource(ShardCount=3, RetentionPeriodHours=48))
    assert refused.status == "UPDATE_ROLLBACK_COMPLETE"
    assert refused.reason("Stream") == (
        "UpdateShardCount cannot scale up over double your current open shard count. Current open shard count: 1, "
        "Target shard count: 3 (Service: Kinesis; Status Code: 400; Error Code: LimitExceededException)"
    )
    summary = call("DescribeStreamSummary", StreamName="s")[1]["StreamDescriptionSummary"]
    assert (summary["OpenShardCount"], summary["RetentionPeriodHours"]) == (1, 24)
    put("a")
    assert stack("UpdateStack", resource(ShardCount="2")).status == "UPDATE_COMPLETE"
    assert open_count() == 2
    assert stack("UpdateStack", resource(ShardCount=4)).status == "UPDATE_COMPLETE"
    assert stack("UpdateStack", resource(ShardCount=1)).status == "UPDATE_ROLLBACK_COMPLETE"
    assert open_count() == 4
    assert read("shardId-000000000000") == (["a"], False)


def test_stack_goes_back_to_provisioned_from_the_open_shards() -> None:
    on_demand = resource(StreamModeDetails={"StreamMode": "ON_DEMAND"})
    stack("CreateStack", on_demand)
    assert open_count() == 4
    refused = stack("UpdateStack", resource(ShardCount=1))
    assert refused.status == "UPDATE_ROLLBACK_COMPLETE"
    assert "below half" in refused.reason("Stream")
    assert stack("UpdateStack", resource(ShardCount=2)).status == "UPDATE_COMPLETE"
    assert open_count() == 2


def test_stack_cannot_take_a_name_that_is_taken() -> None:
    make(1)
    refused = stack("CreateStack", resource(ShardCount=1))
    assert refused.status == "ROLLBACK_COMPLETE"
    assert "Error Code: ResourceInUseException" in refused.reason("Stream")
