# SPDX-License-Identifier: Apache-2.0
"""A role that lacks one statement fails at that stage, at no other one, and works again when it has it back."""

import gzip
import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest

from edgepixel.aws.cloud import Cloud
from edgepixel.aws.lake_names import EVENTS
from edgepixel.aws.stack import Stack
from tests.e2e.permission_use import denials
from tests.e2e.streams import objects, request_ids
from tests.log_lines import log_line
from tests.waiting import PATIENCE_SECONDS, wait_until

_hours = itertools.count()


@pytest.fixture(scope="module")
def stack(deploy_stack: Callable[[str, dict[str, str]], Stack]) -> Stack:
    """A stack of its own: what these tests send is in no ledger."""
    return deploy_stack("permissions", {"BufferSeconds": "60"})


def send_hit(stack: Stack) -> None:
    """Request the pixel."""
    assert _status(stack) == 200


def send_bad_line(stack: Stack) -> None:
    stack.cloud.client("kinesis").put_record(StreamName=stack.raw_stream, Data=b"bad\tline\n", PartitionKey="p")


def add_hour(stack: Stack) -> None:
    """Write an object of an hour that the catalog does not have."""
    key = f"{EVENTS}dt=2026-01-01/hour={next(_hours):02}/test.gz"
    stack.cloud.client("s3").put_object(Bucket=stack.lake_bucket, Key=key, Body=gzip.compress(log_line()))


def add_hour_and_wait_for_its_failure(stack: Stack) -> None:
    """The event is given up after its retries, and kept in the queue."""
    add_hour(stack)
    sqs, queue = stack.cloud.client("sqs"), _physical(stack, "CrawlerTriggerFailures")
    wait_until(lambda: sqs.receive_message(QueueUrl=queue).get("Messages"), "the event is kept", pause_seconds=0.5)


def crawl(stack: Stack) -> None:
    """Crawl, and see it fail or succeed as the role is now."""
    glue, name = stack.cloud.client("glue"), stack.outputs["CrawlerName"]

    def ready() -> bool:
        return bool(glue.get_crawler(Name=name)["Crawler"]["State"] == "READY")

    wait_until(ready, "the crawler is ready")
    glue.start_crawler(Name=name)
    wait_until(ready, "the crawl has ended")


CASES = {
    ("RealtimeLogRole", "WriteLogLines"): send_hit,
    ("AggregatorRole", "ReadLogLines"): send_hit,
    ("AggregatorRole", "WriteAggregates"): send_hit,
    ("AggregatorRole", "WriteQuarantineAndFailedBatches"): send_bad_line,
    ("AggregatorRole", "Logs"): send_hit,
    ("DeliveryRole", "WriteObjects"): send_hit,
    ("CrawlerTriggerRole", "MakeTheTableRightAndAddPartitions"): add_hour_and_wait_for_its_failure,
    ("CrawlerTriggerRole", "Logs"): add_hour,
    ("CrawlerRole", "ListEvents"): crawl,
    ("CrawlerRole", "ReadEvents"): crawl,
    ("CrawlerRole", "ReadTheClassifier"): crawl,
    ("CrawlerRole", "WriteTheTable"): crawl,
}


@pytest.mark.parametrize(("role", "sid"), CASES, ids=str)
def test_without_a_statement_its_stage_alone_is_denied(stack: Stack, role: str, sid: str) -> None:
    name, policy, document = _policy_of(stack, role)
    (removed,) = [statement for statement in document["Statement"] if statement["Sid"] == sid]
    fewer = {**document, "Statement": [each for each in document["Statement"] if each != removed]}
    before = denials(stack.cloud)
    with _changed(stack.cloud, name, policy, fewer, document):
        CASES[role, sid](stack)
        new = _new_denials(stack.cloud, before)
    actions = removed["Action"] if isinstance(removed["Action"], list) else [removed["Action"]]
    for message in new:
        assert f":assumed-role/{name}/" in message
        assert any(f"perform: {action} on" in message for action in actions)
    _assert_recovered(stack)
    if role == "CrawlerRole":
        assert _last_crawl(stack)["Status"] == "FAILED"
        crawl(stack)
        assert _last_crawl(stack)["Status"] == "SUCCEEDED"


def test_without_its_policy_the_delivery_cannot_read_aggregates(stack: Stack) -> None:
    iam, role = stack.cloud.client("iam"), _physical(stack, "DeliveryRole")
    policy = _physical(stack, "ReadAggregates")
    before = denials(stack.cloud)
    iam.detach_role_policy(RoleName=role, PolicyArn=policy)
    try:
        send_hit(stack)
        new = _new_denials(stack.cloud, before)
    finally:
        iam.attach_role_policy(RoleName=role, PolicyArn=policy)
    for message in new:
        assert f":assumed-role/{role}/" in message
        assert "perform: kinesis:" in message
    _assert_recovered(stack)


@pytest.mark.parametrize("role", ["RealtimeLogRole", "DeliveryRole"])
def test_a_service_that_is_here_for_another_account_may_not_assume_the_role(stack: Stack, role: str) -> None:
    iam, name = stack.cloud.client("iam"), _physical(stack, role)
    trust = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    before = denials(stack.cloud)
    other = json.dumps(trust).replace("000000000000", "111122223333")
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=other)
    try:
        send_hit(stack)
        new = _new_denials(stack.cloud, before)
    finally:
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(trust))
    assert all("perform: sts:AssumeRole on" in message and name in message for message in new)
    _assert_recovered(stack)


def test_eventbridge_invokes_the_trigger_only_with_its_permission(stack: Stack) -> None:
    functions, name = stack.cloud.client("lambda"), stack.outputs["CrawlerTriggerFunctionName"]
    statements = json.loads(functions.get_policy(FunctionName=name)["Policy"])["Statement"]
    rule = _physical(stack, "CrawlerTriggerFunctionObjectCreated")
    (statement,) = [each for each in statements if rule in each["Condition"]["ArnLike"]["AWS:SourceArn"]]
    before = denials(stack.cloud)
    functions.remove_permission(FunctionName=name, StatementId=statement["Sid"])
    try:
        add_hour(stack)
        new = _new_denials(stack.cloud, before)
    finally:
        functions.add_permission(
            FunctionName=name,
            StatementId=statement["Sid"],
            Action=statement["Action"],
            Principal=statement["Principal"]["Service"],
            SourceArn=statement["Condition"]["ArnLike"]["AWS:SourceArn"],
        )
    assert all("events.amazonaws.com is not authorized to perform: lambda:InvokeFunction" in text for text in new)
    _assert_recovered(stack)


def test_cloudfront_reads_the_site_for_this_distribution_only(stack: Stack) -> None:
    s3, bucket = stack.cloud.client("s3"), stack.outputs["SiteBucketName"]
    policy = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    distribution = stack.outputs["DistributionId"]
    s3.put_bucket_policy(Bucket=bucket, Policy=policy.replace(distribution, "EOTHER"))
    try:
        assert _status(stack) == 403
    finally:
        s3.put_bucket_policy(Bucket=bucket, Policy=policy)
    _assert_recovered(stack)


def _physical(stack: Stack, logical_id: str) -> str:
    found = stack.cloud.client("cloudformation").describe_stack_resource(
        StackName=stack.name, LogicalResourceId=logical_id
    )
    return str(found["StackResourceDetail"]["PhysicalResourceId"])


def _last_crawl(stack: Stack) -> dict[str, Any]:
    found: dict[str, Any] = stack.cloud.client("glue").get_crawler(Name=stack.outputs["CrawlerName"])["Crawler"]
    return dict(found["LastCrawl"])


def _policy_of(stack: Stack, role: str) -> tuple[str, str, dict[str, Any]]:
    """A role's name, and its only policy's name and document."""
    iam, name = stack.cloud.client("iam"), _physical(stack, role)
    (policy,) = iam.list_role_policies(RoleName=name)["PolicyNames"]
    return name, policy, iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]


@contextmanager
def _changed(cloud: Cloud, role: str, policy: str, now: dict[str, Any], then: dict[str, Any]) -> Iterator[None]:
    """Another document for the time of a block."""
    iam = cloud.client("iam")
    if now["Statement"]:
        iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(now))
    else:
        iam.delete_role_policy(RoleName=role, PolicyName=policy)
    try:
        yield
    finally:
        iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(then))


def _new_denials(cloud: Cloud, before: list[str]) -> list[str]:
    return wait_until(
        lambda: [message for message in denials(cloud) if message not in before],
        "something is denied",
        pause_seconds=0.2,
    )


def _assert_recovered(stack: Stack) -> None:
    """An event passes from the edge into the lake again."""
    known = _delivered(stack)
    assert _status(stack) == 200
    wait_until(lambda: _delivered(stack) - known, "an event is delivered", pause_seconds=0.5)


def _delivered(stack: Stack) -> set[str]:
    return set(request_ids(b"".join(objects(stack.cloud, stack, EVENTS).values())))


def _status(stack: Stack) -> int:
    """The status of a request for the pixel."""
    address = urlsplit(stack.pixel_url)
    connection = HTTPConnection("127.0.0.1", stack.cloud.local_port or 0, timeout=PATIENCE_SECONDS)
    headers = {"Host": address.netloc, "x-forwarded-proto": "https"}
    connection.request("GET", address.path, headers=headers)
    status = connection.getresponse().status
    connection.close()
    return status
