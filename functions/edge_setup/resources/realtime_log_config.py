# SPDX-License-Identifier: Apache-2.0
"""Kind RealtimeLogConfig: which log lines CloudFront writes, and to which stream.

Properties: Name, StreamArn, RoleArn, SamplingRate (1 to 100), Fields (a list).
Physical id and attribute Arn: the configuration's ARN.

Each kind makes its own client, and its tests replace `boto3.client`.
"""

from collections.abc import Callable, Mapping
from typing import Any

import boto3
from botocore.exceptions import ClientError

from aws_calls import CLIENT_CONFIG, NEW_PERMISSION_SECONDS, error_code, retry_while
from protocol.deadline import Deadline
from protocol.outcome import Outcome, nothing_to_undo
from protocol.request import InvalidProperties, Request, texts


def create(request: Request, deadline: Deadline) -> Outcome:
    """Make the configuration, or update the one that an earlier attempt of this stack made."""
    wanted = _arguments(request.properties)
    cloudfront = boto3.client("cloudfront", config=CLIENT_CONFIG)
    try:
        made = _permitted(lambda: cloudfront.create_realtime_log_config(**wanted), wanted, deadline)
    except ClientError as error:
        if error_code(error) != "RealtimeLogConfigAlreadyExists":
            raise
        return _adopt(cloudfront, request, wanted, error, deadline)
    arn = str(made["RealtimeLogConfig"]["ARN"])
    return _outcome(arn, undo=lambda: _delete(cloudfront, arn, deadline))


def update(request: Request, deadline: Deadline) -> Outcome:
    """Change the configuration in place. It is made again if the name is another one, or if it was deleted."""
    wanted = _arguments(request.properties)
    if _name_in(request.physical_id) != wanted["Name"]:
        return create(request, deadline)  # CloudFormation then requests to delete the old one
    try:
        return _update(boto3.client("cloudfront", config=CLIENT_CONFIG), wanted, deadline)
    except ClientError as error:
        if error_code(error) != "NoSuchRealtimeLogConfig":
            raise
        return create(request, deadline)


def delete(request: Request, deadline: Deadline) -> None:
    """Delete the configuration. An absent one is no error."""
    if _name_in(request.physical_id):
        _delete(boto3.client("cloudfront", config=CLIENT_CONFIG), request.physical_id, deadline)


def _adopt(
    cloudfront: Any, request: Request, wanted: dict[str, Any], error: ClientError, deadline: Deadline
) -> Outcome:
    existing = cloudfront.get_realtime_log_config(Name=wanted["Name"])["RealtimeLogConfig"]
    streams = [point["KinesisStreamConfig"]["StreamARN"] for point in existing["EndPoints"]]
    if wanted["EndPoints"][0]["KinesisStreamConfig"]["StreamARN"] not in streams and not request.owns(wanted["Name"]):
        raise InvalidProperties(
            f"a real-time log configuration named {wanted['Name']} exists and is not this stack's; "
            "delete it, or choose another name"
        ) from error
    return _update(cloudfront, wanted, deadline)


def _update(cloudfront: Any, wanted: dict[str, Any], deadline: Deadline) -> Outcome:
    changed = _permitted(lambda: cloudfront.update_realtime_log_config(**wanted), wanted, deadline)
    return _outcome(str(changed["RealtimeLogConfig"]["ARN"]))


def _permitted(call: Callable[[], dict[str, Any]], wanted: dict[str, Any], deadline: Deadline) -> dict[str, Any]:
    """The response to a call that hands CloudFront the role, which an update of the stack may have allowed just now."""
    role = wanted["EndPoints"][0]["KinesisStreamConfig"]["RoleARN"]
    return retry_while(
        frozenset({"AccessDenied"}),
        call,
        deadline,
        advice=f"the edge setup function may not give CloudFront the role {role}",
        patience=NEW_PERMISSION_SECONDS,
    )


def _outcome(arn: str, undo: Callable[[], None] = nothing_to_undo) -> Outcome:
    return Outcome(physical_id=arn, data={"Arn": arn}, undo=undo)


def _delete(cloudfront: Any, arn: str, deadline: Deadline) -> None:
    def call() -> None:
        try:
            cloudfront.delete_realtime_log_config(ARN=arn)
        except ClientError as error:
            if error_code(error) != "NoSuchRealtimeLogConfig":
                raise

    # A distribution that was deleted a moment ago can still count as a user of it.
    retry_while(
        frozenset({"RealtimeLogConfigInUse"}),
        call,
        deadline,
        advice=f"a distribution still uses the real-time log configuration {arn}; "
        "remove it from the distribution's cache behaviors, then delete again",
    )


def _arguments(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of both CreateRealtimeLogConfig and UpdateRealtimeLogConfig."""
    name, stream, role, rate = texts(properties, "Name", "StreamArn", "RoleArn", "SamplingRate")
    if not rate.isdecimal() or not 1 <= int(rate) <= 100:
        raise InvalidProperties(f"SamplingRate is {rate}, not a whole number from 1 to 100")
    fields = properties.get("Fields")
    if not isinstance(fields, list) or not fields:
        raise InvalidProperties("Fields is not a list with at least one log field")
    return {
        "Name": name,
        "SamplingRate": int(rate),
        "Fields": fields,
        "EndPoints": [{"StreamType": "Kinesis", "KinesisStreamConfig": {"RoleARN": role, "StreamARN": stream}}],
    }


def _name_in(arn: str) -> str:
    """The name at the end of a configuration's ARN; empty for any other text."""
    _, found, name = arn.partition(":realtime-log-config/")
    return name if found else ""
