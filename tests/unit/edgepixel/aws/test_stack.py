# SPDX-License-Identifier: Apache-2.0
"""A stack, and the cloud that it is in."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from edgepixel.aws.cloud import Cloud
from edgepixel.aws.stack import find_stack
from edgepixel.errors import StackNotFoundError
from tests.fakes.client import client_error
from tests.unit.edgepixel.fake_cloud import STACK, fake_cloud


def cloudformation(**changes: Any) -> SimpleNamespace:
    described = {
        "StackStatus": "CREATE_COMPLETE",
        "Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in STACK.outputs.items()],
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in STACK.parameters.items()],
    }
    return SimpleNamespace(describe_stacks=lambda StackName: {"Stacks": [described | changes]})


def test_a_stack_says_what_it_is() -> None:
    cloud = fake_cloud(cloudformation=cloudformation())
    stack = find_stack(cloud, "edgepixel")
    assert stack == replace(STACK, cloud=cloud)
    assert str(stack) == "stack edgepixel in the cloud of this test"
    assert (stack.database, stack.workgroup, stack.lake_bucket) == ("edgepixel_1", "edgepixel", "edgepixel-lake")
    assert (stack.ip_addresses, stack.honors_privacy_control) == ("truncated", True)


def test_a_stack_that_is_not_there_is_named_with_what_to_do() -> None:
    def refuse(StackName: str) -> None:
        raise client_error("ValidationError", "does not exist")

    client = SimpleNamespace(describe_stacks=refuse)
    with pytest.raises(StackNotFoundError, match=r"no stack 'blog' in the cloud of this test.*edgepixel up.*--stack"):
        find_stack(fake_cloud(cloudformation=client), "blog")


@pytest.mark.parametrize(
    ("status", "do"),
    [
        ("CREATE_IN_PROGRESS", "wait until it is complete"),
        ("UPDATE_ROLLBACK_IN_PROGRESS", "wait until it is complete"),
        ("REVIEW_IN_PROGRESS", "no change set of it was executed, so deploy it again"),
        ("ROLLBACK_COMPLETE", r"delete the stack \(sam delete --stack-name edgepixel\) and deploy it again"),
        ("DELETE_FAILED", "delete the stack"),
        ("UPDATE_FAILED", "remove the reason and deploy it again$"),
        ("IMPORT_ROLLBACK_FAILED", "remove the reason and deploy it again$"),
        ("UPDATE_ROLLBACK_FAILED", "run aws cloudformation continue-update-rollback --stack-name edgepixel"),
    ],
)
def test_a_stack_that_is_not_ready_is_refused_with_what_to_do(status: str, do: str) -> None:
    with pytest.raises(StackNotFoundError, match=f"is in state {status}: .*{do}"):
        find_stack(fake_cloud(cloudformation=cloudformation(StackStatus=status)), "edgepixel")


def test_another_stack_is_refused() -> None:
    with pytest.raises(StackNotFoundError, match="not an Edge Pixel stack: it has no output PixelUrl"):
        find_stack(fake_cloud(cloudformation=cloudformation(Outputs=[])), "website")


def test_aws_is_named_with_its_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    assert Cloud().place == "AWS (eu-north-1)"
    assert Cloud(4599).place == "the local cloud at http://localhost:4599"


def test_a_local_cloud_gets_made_up_keys_and_its_own_endpoint() -> None:
    client = Cloud(4599).client("s3")
    assert client.meta.endpoint_url == "http://localhost:4599"
    assert client.meta.region_name == "us-east-1"
    assert client.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"}).startswith(
        "http://localhost:4599/b/k?AWSAccessKeyId=test"
    )
