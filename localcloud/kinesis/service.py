# SPDX-License-Identifier: Apache-2.0
"""Kinesis as the local cloud adds to it: shards that are closed and opened, AWS's limits, and cheap retention.

MiniStack drops a stream's records when the number of its shards changes (or, through CloudFormation, does not change
it), and knows no UpdateStreamMode. It copies a stream's records with every record that is put, and before long that is
most of the work.
"""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from localcloud.clock import Clock
from localcloud.kinesis import capacity, shards
from localcloud.ministack import Request, Response, cloudformation, kinesis
from localcloud.ministack.server import error_response, json_response
from localcloud.refusal import RefusedError

_UPDATE_STREAM_MODE = "Kinesis_20131202.UpdateStreamMode"


def install(_clock: Clock) -> None:
    """Replace what MiniStack lacks or does otherwise."""
    kinesis.expire_records.replace(expire_records)
    kinesis.route_to_shard.replace(shards.route)
    kinesis.described_shard.replace(described_shard)
    kinesis.describe_stream_summary.replace(describe_stream_summary)
    kinesis.get_records.replace(get_records)
    kinesis.update_shard_count.replace(update_shard_count)
    kinesis.handle_request.replace(handle_request)
    kinesis.create_in_stack.replace(create_in_stack)
    kinesis.update_in_stack.replace(update_in_stack)


def expire_records(stream: kinesis.Stream) -> None:
    """Let a stream's retention look at its oldest records only."""
    shards.expire(stream, time.time())


def described_shard(shard_id: str, shard: shards.Shard) -> dict[str, Any]:
    """A shard as the API shows it; a closed one has its last sequence number."""
    shown = kinesis.described_shard.own(shard_id, shard)
    if not shards.is_open(shard):
        shown["SequenceNumberRange"]["EndingSequenceNumber"] = shard["ending_sequence_number"]
    return shown


def describe_stream_summary(request: Request) -> Response:
    """DescribeStreamSummary, which counts open shards only."""
    status, headers, body = kinesis.describe_stream_summary.own(request)
    _, stream = kinesis.resolve(request)
    if stream is None or status >= 300:
        return status, headers, body
    summary = json.loads(body)
    summary["StreamDescriptionSummary"]["OpenShardCount"] = len(shards.open_shards(stream))
    return json_response(summary)


def get_records(request: Request) -> Response:
    """GetRecords: at the end of a closed shard there is no next iterator."""
    iterator = kinesis.iterators.get(str(request.get("ShardIterator"))) or {}
    status, headers, body = kinesis.get_records.own(request)
    _, stream = kinesis.resolve({"StreamARN": iterator.get("stream_arn")})
    shard = stream["shards"].get(iterator["shard_id"]) if stream else None
    if status >= 300 or shard is None or shards.is_open(shard):
        return status, headers, body
    found = json.loads(body)
    if iterator["position"] + len(found["Records"]) >= len(shard["records"]):
        del found["NextShardIterator"]
    return json_response(found)


def update_shard_count(request: Request) -> Response:
    """UpdateShardCount, within AWS's limits, and without losing a record."""

    def update(stream: kinesis.Stream) -> dict[str, Any]:
        current, target = len(shards.open_shards(stream)), int(request.get("TargetShardCount", 0))
        capacity.update_shard_count(stream, target)
        names = {"StreamName": stream["StreamName"], "StreamARN": stream["StreamARN"]}
        return {**names, "CurrentShardCount": current, "TargetShardCount": target}

    return _changed(request, update)


async def handle_request(
    method: str, path: str, headers: Mapping[str, str], body: bytes, query_params: Mapping[str, Any]
) -> Response:
    """UpdateStreamMode; everything else is MiniStack's."""
    if headers.get("x-amz-target") == _UPDATE_STREAM_MODE and "cbor" not in headers.get("content-type", ""):
        request = json.loads(body)
        return _changed(request, lambda stream: _switch_mode(stream, request))
    return await kinesis.handle_request.own(method, path, headers, body, query_params)


def create_in_stack(logical_id: str, properties: Mapping[str, Any], stack_name: str) -> cloudformation.Created:
    """AWS::Kinesis::Stream: a name is taken once (ResourceInUseException of CreateStream)."""
    name = properties.get("Name")
    if name and kinesis.resolve({"StreamName": name})[1] is not None:
        refused = RefusedError("ResourceInUseException", f"Stream {name} under account already exists.")
        raise refused.in_stack("Kinesis")
    created: cloudformation.Created = kinesis.create_in_stack.own(logical_id, properties, stack_name)
    return created


def update_in_stack(
    physical_id: str, old: Mapping[str, Any], new: Mapping[str, Any], stack_name: str
) -> cloudformation.Created:
    """AWS::Kinesis::Stream: CloudFormation calls UpdateStreamMode and UpdateShardCount, and is refused as they are."""
    _, stream = kinesis.resolve({"StreamName": physical_id})
    if stream is not None:
        mode = (new.get("StreamModeDetails") or {}).get("StreamMode", capacity.PROVISIONED)
        count = new.get("ShardCount")
        try:
            capacity.update(stream, mode, None if count is None else int(count))
        except RefusedError as refused:
            raise refused.in_stack("Kinesis") from refused
    updated: cloudformation.Created = kinesis.update_in_stack.own(physical_id, old, new, stack_name)
    return updated


def _switch_mode(stream: kinesis.Stream, request: Request) -> dict[str, Any]:
    capacity.update_stream_mode(stream, str(request.get("StreamModeDetails", {}).get("StreamMode")))
    return {}


def _changed(request: Request, change: Callable[[kinesis.Stream], dict[str, Any]]) -> Response:
    name, stream = kinesis.resolve(request)
    if stream is None:
        return error_response("ResourceNotFoundException", f"Stream {name} not found")
    try:
        return json_response(change(stream))
    except RefusedError as refused:
        return error_response(refused.code, refused.message)
