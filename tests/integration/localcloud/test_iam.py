# SPDX-License-Identifier: Apache-2.0
"""What a function may call is what its role allows, in a local cloud of its own, by real requests of boto3."""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from edgepixel.aws.cloud import Cloud
from edgepixel.local import local_cloud
from tests.e2e.permission_use import denials, uses
from tests.roles import policy, role_arn, trust
from tests.waiting import WAITER

# The function calls what its event names, and returns the error's code and message, or the result.
FUNCTION = """
import boto3
from botocore.exceptions import ClientError

def lambda_handler(event, context):
    client = boto3.client(event["service"])
    try:
        result = getattr(client, event["operation"])(**event["arguments"])
    except ClientError as error:
        return {"code": error.response["Error"]["Code"], "message": error.response["Error"]["Message"]}
    result.pop("ResponseMetadata")
    return {"code": "", "errors": result.get("Errors", [])}
"""
STREAM = "arn:aws:kinesis:us-east-1:000000000000:stream/raw"
CONFIG = {
    "Name": "log",
    "SamplingRate": 100,
    "Fields": ["timestamp"],
    "EndPoints": [{"StreamType": "Kinesis", "KinesisStreamConfig": {"RoleARN": role_arn("logs"), "StreamARN": STREAM}}],
}


class Caller:
    """A function that calls, and its role."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def may(self, *statements: dict[str, Any]) -> None:
        """Let the role do this and nothing else."""
        allowed = [{"Effect": "Allow"} | statement for statement in statements]
        self._cloud.client("iam").put_role_policy(RoleName="caller", PolicyName="own", PolicyDocument=policy(allowed))

    def call(self, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        event = {"service": service, "operation": operation, "arguments": arguments}
        response = self._cloud.client("lambda").invoke(FunctionName="caller", Payload=json.dumps(event))
        found: dict[str, Any] = json.loads(response["Payload"].read())
        return found


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    home = tmp_path_factory.mktemp("iam")
    state = local_cloud.start("iam", home, local_cloud.free_port(), idle_minutes=10)
    yield state.cloud
    local_cloud.stop(state, home)


@pytest.fixture(scope="module")
def caller(cloud: Cloud) -> Caller:
    iam, kinesis, s3 = (cloud.client(name) for name in ("iam", "kinesis", "s3"))
    iam.create_role(RoleName="caller", AssumeRolePolicyDocument=trust("lambda.amazonaws.com"))
    kinesis.create_stream(StreamName="raw", ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName="raw", WaiterConfig=WAITER)
    for bucket in ("lake", "closed"):
        s3.create_bucket(Bucket=bucket)
    denied = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::closed/*"}
    s3.put_bucket_policy(Bucket="closed", Policy=policy([denied]))
    cloud.client("sqs").create_queue(QueueName="failures")
    _create_function(cloud, "caller")
    return Caller(cloud)


def _create_function(cloud: Cloud, name: str) -> None:
    """A function whose role has the function's name."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("app.py", FUNCTION)
    functions = cloud.client("lambda")
    functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=role_arn(name),
        Handler="app.lambda_handler",
        Timeout=900,  # a slow machine shall not be taken for a function that hangs
        Code={"ZipFile": code.getvalue()},
    )
    functions.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig=WAITER)


GLUE = "arn:aws:glue:us-east-1:000000000000"
QUEUE = "http://localhost/000000000000/failures"
QUEUE_ARN = "arn:aws:sqs:us-east-1:000000000000:failures"
RECORDS = [{"Data": "x", "PartitionKey": "p"}]
CALLS = {
    "kinesis:PutRecords": ("kinesis", "put_records", {"StreamName": "raw", "Records": RECORDS}, STREAM),
    "s3:PutObject": ("s3", "put_object", {"Bucket": "lake", "Key": "a/b", "Body": "x"}, "arn:aws:s3:::lake/a/b"),
    "s3:ListBucket": ("s3", "list_objects_v2", {"Bucket": "lake"}, "arn:aws:s3:::lake"),
    "glue:StartCrawler": ("glue", "start_crawler", {"Name": "crawler"}, f"{GLUE}:crawler/crawler"),
    "sqs:SendMessage": ("sqs", "send_message", {"QueueUrl": QUEUE, "MessageBody": "x"}, QUEUE_ARN),
    "cloudfront:CreateRealtimeLogConfig": ("cloudfront", "create_realtime_log_config", CONFIG, "*"),
    "cloudfront:ListOriginAccessControls": ("cloudfront", "list_origin_access_controls", {}, "*"),
}  # fmt: skip


# The crawler, and the stream of the log configuration, do not exist: only those learn that who may make the call.
ABSENT = {"glue:StartCrawler": "EntityNotFoundException", "cloudfront:CreateRealtimeLogConfig": "InvalidArgument"}


@pytest.mark.parametrize("action", CALLS)
def test_a_call_is_denied_until_the_role_allows_it(caller: Caller, action: str) -> None:
    service, operation, arguments, resource = CALLS[action]
    passing = {"Action": "iam:PassRole", "Resource": "*"}
    caller.may(passing)
    denied = caller.call(service, operation, **arguments)
    assert denied["code"].startswith("AccessDenied")
    assert denied["message"] == (
        f"User: arn:aws:sts::000000000000:assumed-role/caller/caller is not authorized to perform: {action} "
        f"on resource: {resource} because no identity-based policy allows the {action} action"
    )
    caller.may(passing, {"Action": action, "Resource": resource})
    allowed = caller.call(service, operation, **arguments)
    assert allowed["code"] == ABSENT.get(action, "")


def test_what_has_no_resource_is_not_allowed_by_an_arn(caller: Caller) -> None:
    arn = "arn:aws:cloudfront::000000000000:realtime-log-config/*"
    caller.may({"Action": ["cloudfront:*", "iam:PassRole"], "Resource": [arn, role_arn("logs")]})
    denied = caller.call("cloudfront", "create_realtime_log_config", **CONFIG)
    assert "cloudfront:CreateRealtimeLogConfig on resource: * because" in denied["message"]


def test_a_role_is_passed_only_by_those_who_may(caller: Caller) -> None:
    caller.may({"Action": "cloudfront:*", "Resource": "*"})
    denied = caller.call("cloudfront", "create_realtime_log_config", **CONFIG)
    assert f"iam:PassRole on resource: {role_arn('logs')} because" in denied["message"]


def test_a_table_needs_its_database_and_the_catalog(caller: Caller) -> None:
    table = f"{GLUE}:table/lake/pixel_events"
    for missing in (f"{GLUE}:catalog", f"{GLUE}:database/lake", table):
        others = {f"{GLUE}:catalog", f"{GLUE}:database/lake", table} - {missing}
        caller.may({"Action": "glue:GetTable", "Resource": sorted(others)})
        denied = caller.call("glue", "get_table", DatabaseName="lake", Name="pixel_events")
        assert f"glue:GetTable on resource: {missing} because" in denied["message"]


def test_an_explicit_deny_wins_in_either_policy(caller: Caller) -> None:
    everything = {"Action": "*", "Resource": "*"}
    caller.may(everything, {"Effect": "Deny", "Action": "kinesis:*", "Resource": "*"})
    denied = caller.call(*CALLS["kinesis:PutRecords"][:2], **CALLS["kinesis:PutRecords"][2])
    assert denied["message"].endswith("with an explicit deny in an identity-based policy")
    denied = caller.call("s3", "put_object", Bucket="closed", Key="a", Body="x")
    assert denied["message"].endswith("with an explicit deny in a resource-based policy")


def test_keys_of_a_batch_are_refused_one_by_one(caller: Caller) -> None:
    delete = {"Objects": [{"Key": "a"}, {"Key": "b", "VersionId": "null"}]}
    caller.may({"Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::lake/*"})
    refused = caller.call("s3", "delete_objects", Bucket="lake", Delete=delete)
    assert [error["Key"] for error in refused["errors"]] == ["a", "b"]
    assert {error["Code"] for error in refused["errors"]} == {"AccessDenied"}
    assert "s3:DeleteObjectVersion on resource: arn:aws:s3:::lake/b" in refused["errors"][0]["Message"]
    caller.may({"Action": ["s3:DeleteObject", "s3:DeleteObjectVersion"], "Resource": "arn:aws:s3:::lake/*"})
    assert caller.call("s3", "delete_objects", Bucket="lake", Delete=delete) == {"code": "", "errors": []}


def test_what_cannot_be_evaluated_is_denied_and_named(caller: Caller) -> None:
    caller.may({"Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringNotLike": {"s3:prefix": "a"}}})
    denied = caller.call("s3", "list_objects_v2", Bucket="lake")
    assert "cannot evaluate the condition operator StringNotLike" in denied["message"]
    caller.may({"Action": "*", "Resource": "*"})
    denied = caller.call("glue", "get_tables", DatabaseName="lake", Expression="x")
    assert "cannot evaluate glue:GetTables without its TableName" in denied["message"]


def test_what_was_used_and_denied_can_be_read(cloud: Cloud, caller: Caller) -> None:
    caller.may({"Sid": "Read", "Action": "s3:List*", "Resource": "arn:aws:s3:::lake"})
    assert caller.call("s3", "list_objects_v2", Bucket="lake")["code"] == ""
    use = {"holder": "caller", "policy": "own", "sid": "Read", "action": "s3:List*", "resource": "arn:aws:s3:::lake"}
    assert use in uses(cloud)
    assert any("kinesis:PutRecords" in message for message in denials(cloud))


def test_a_function_whose_role_lambda_may_not_assume_does_not_run(cloud: Cloud) -> None:
    cloud.client("iam").create_role(RoleName="other", AssumeRolePolicyDocument=trust("glue.amazonaws.com"))
    _create_function(cloud, "other")
    response = cloud.client("lambda").invoke(FunctionName="other", Payload="{}")
    assert response["FunctionError"]
    assert any("lambda.amazonaws.com is not authorized to perform: sts:AssumeRole" in text for text in denials(cloud))
