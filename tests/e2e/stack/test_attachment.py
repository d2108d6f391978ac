# SPDX-License-Identifier: Apache-2.0
"""The pixel on a distribution that somebody else made: it works there, and leaves no trace when it goes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from edgepixel.ask.wait_for_events import wait_until_queryable
from edgepixel.aws.cloud import Cloud
from edgepixel.aws.stack import Stack
from edgepixel.errors import SamError
from edgepixel.traffic.ledger import read_ledger
from edgepixel.traffic.recorder import record_traffic
from tests.e2e.conftest import QUERYABLE_SECONDS, Answered
from tests.e2e.stack.steps.foreign_distribution import TAGS, foreign_distribution
from tests.e2e.stack.steps.removal import delete_stack

type Deploy = Callable[[str, dict[str, str]], Stack]
VIEWS = 20


def test_a_foreign_distribution_serves_the_pixel_and_comes_back_byte_for_byte(
    cloud: Cloud,
    answered: dict[str, Answered],  # the shared stacks are at rest
    deploy_stack: Deploy,
    tmp_path: Path,
) -> None:
    shop, blog = foreign_distribution(cloud, "shop"), foreign_distribution(cloud, "blog")
    shop_before, blog_before = shop.configuration(), blog.configuration()

    stack = deploy_stack("attached", {"AttachToDistributionId": shop.identifier})
    assert stack.pixel_url == "https://shop.example/pixel.gif"
    assert stack.outputs["DistributionId"] == shop.identifier
    assert "ScriptTag" not in stack.outputs
    assert shop.paths() == ["/pixel.gif", "/api/*", "*.gif", "taken.gif"]
    logged = _send_views(stack, tmp_path / "first.jsonl")
    wait_until_queryable(stack, logged, QUERYABLE_SECONDS, lambda found: None)

    stack = deploy_stack("attached", {"AttachToDistributionId": shop.identifier, "PixelPath": "/img/p.gif"})
    assert stack.pixel_url == "https://shop.example/img/p.gif"
    assert shop.paths() == ["/img/p.gif", "/api/*", "*.gif", "taken.gif"]
    logged += _send_views(stack, tmp_path / "second.jsonl")
    wait_until_queryable(stack, logged, QUERYABLE_SECONDS, lambda found: None)

    with pytest.raises(SamError):
        deploy_stack("attached", {"AttachToDistributionId": shop.identifier, "PixelPath": "/taken.gif"})
    assert shop.paths() == ["/img/p.gif", "/api/*", "*.gif", "taken.gif"]

    stack = deploy_stack("attached", {"AttachToDistributionId": blog.identifier, "PixelPath": "/img/p.gif"})
    assert stack.pixel_url == "https://blog.example/img/p.gif"
    assert (shop.configuration(), shop.tags()) == (shop_before, TAGS)

    at_blog = {"AttachToDistributionId": blog.identifier, "PixelPath": "/img/p.gif"}
    stack = deploy_stack("attached", {**at_blog, "Source": "standard", "AcceptWholeSiteLogs": "yes"})
    assert b"<PathPattern>/img/p.gif</PathPattern>" in blog.configuration()
    assert b"RealtimeLogConfigArn" not in blog.configuration()
    assert not [reason for reason in _reasons(cloud, "attached") if "RealtimeLogConfigInUse" in reason]
    delete_stack(cloud, stack.name)
    assert (blog.configuration(), blog.tags()) == (blog_before, TAGS)


def test_a_path_that_is_taken_is_refused_and_the_rest_of_the_stack_goes_away(
    cloud: Cloud, answered: dict[str, Answered], deploy_stack: Deploy
) -> None:
    shop = foreign_distribution(cloud, "other-shop")
    before = shop.configuration()
    with pytest.raises(SamError):
        deploy_stack("refused", {"AttachToDistributionId": shop.identifier, "PixelPath": "/taken.gif"})
    assert any("choose another PixelPath" in reason for reason in _reasons(cloud, "refused"))
    delete_stack(cloud, "refused")
    assert (shop.configuration(), shop.tags()) == (before, TAGS)


def _send_views(stack: Stack, ledger: Path) -> int:
    """How many of the views should become events."""
    record_traffic(stack, ledger, hits=VIEWS, seed=1)
    return len(read_ledger(ledger).logged())


def _reasons(cloud: Cloud, stack_name: str) -> list[str]:
    pages = cloud.client("cloudformation").get_paginator("describe_stack_events").paginate(StackName=stack_name)
    return [event.get("ResourceStatusReason", "") for page in pages for event in page["StackEvents"]]
