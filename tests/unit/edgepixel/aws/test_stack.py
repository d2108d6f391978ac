# SPDX-License-Identifier: Apache-2.0
"""Finding the stack that a command is about."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from edgepixel.aws.cloud import Cloud
from edgepixel.aws.stack import Stack, find_stack
from edgepixel.errors import LocalCloudError, StackNotFoundError
from edgepixel.local import target
from edgepixel.local.lifecycle import LocalCloud
from edgepixel.local.target import find_target
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
    stack = find_stack(fake_cloud(cloudformation=cloudformation()), "edgepixel")
    assert stack == STACK
    assert (stack.database, stack.workgroup, stack.lake_bucket) == ("edgepixel_1", "edgepixel", "edgepixel-lake")
    assert (stack.ip_addresses, stack.honors_privacy_control) == ("truncated", True)


def test_a_stack_that_is_not_there_is_named_with_what_to_do() -> None:
    def refuse(StackName: str) -> None:
        raise client_error("ValidationError", "does not exist")

    client = SimpleNamespace(describe_stacks=refuse)
    with pytest.raises(StackNotFoundError, match=r"no stack 'blog' in the cloud of this test.*edgepixel up.*--stack"):
        find_stack(fake_cloud(cloudformation=client), "blog")


@pytest.mark.parametrize("status", ["CREATE_IN_PROGRESS", "ROLLBACK_COMPLETE", "DELETE_FAILED"])
def test_a_stack_that_is_not_ready_is_refused(status: str) -> None:
    with pytest.raises(StackNotFoundError, match=f"is in state {status}"):
        find_stack(fake_cloud(cloudformation=cloudformation(StackStatus=status)), "edgepixel")


def test_another_stack_is_refused() -> None:
    with pytest.raises(StackNotFoundError, match="no Edge Pixel stack: it has no output PixelUrl"):
        find_stack(fake_cloud(cloudformation=cloudformation(Outputs=[])), "website")


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int | None, str]]:
    """Which stacks were looked for: the port of the cloud, and the name."""
    asked: list[tuple[int | None, str]] = []

    def find(cloud: Cloud, name: str) -> Stack:
        asked.append((cloud.local_port, name))
        return STACK

    monkeypatch.setattr(target, "find_stack", find)
    return asked


def test_a_running_local_cloud_is_meant_unless_aws_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, found: list[tuple[int | None, str]]
) -> None:
    monkeypatch.setattr(target, "running", lambda _home: LocalCloud(1, 4599, "mine", "log"))
    find_target(None, None)
    find_target("local", "other")
    find_target("aws", None)
    assert found == [(4599, "mine"), (4599, "other"), (None, "edgepixel")]


def test_aws_is_meant_if_no_local_cloud_runs(tmp_path: Path, found: list[tuple[int | None, str]]) -> None:
    find_target(None, None, tmp_path)
    assert found == [(None, "edgepixel")]
    with pytest.raises(LocalCloudError, match="no local cloud is running"):
        find_target("local", None, tmp_path)


def test_a_local_cloud_gets_made_up_keys_and_its_own_endpoint() -> None:
    client = Cloud(4599).client("s3")
    assert client.meta.endpoint_url == "http://localhost:4599"
    assert client.meta.region_name == "us-east-1"
    assert client.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"}).startswith(
        "http://localhost:4599/b/k?AWSAccessKeyId=test"
    )
