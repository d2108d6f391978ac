# SPDX-License-Identifier: Apache-2.0
"""Kind DistributionAttachment."""

import copy
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from tests.fakes.client import FakeClient, client_error
from tests.fakes.cloudformation import UNIQUE_ID, ResponseServer, event
from tests.fakes.lambda_context import FakeContext
from tests.unit.edge_setup.distribution_configs import behavior, configuration
from tests.unit.edge_setup.fake_deadline import FakeDeadline

SHOP, BLOG = "E1SHOP", "E2BLOG"
ORIGIN = f"edgepixel-{UNIQUE_ID}"
ATTACHED = f"distribution-attachment:{SHOP}/{ORIGIN}"
PROPERTIES = {
    "Kind": "DistributionAttachment",
    "DistributionId": SHOP,
    "OriginId": ORIGIN,
    "BucketDomainName": "site.s3.eu-west-1.amazonaws.com",
    "OriginAccessControlId": "E9ACCESS",
    "PixelPath": "/pixel.gif",
    "ResponseHeadersPolicyId": "headers",
    "RealtimeLogConfigArn": "arn:aws:cloudfront::123456789012:realtime-log-config/shop-eu-west-1",
}


@pytest.fixture
def foreign(cloudfront: FakeClient) -> dict[str, dict[str, Any]]:
    """Two distributions of somebody else, as they were before the tests."""
    shop = configuration(["web", "api"], ["/api/*", "*.gif"], aliases=["*.shop.example", "shop.example"])
    cloudfront.service.distributions = {SHOP: shop, BLOG: configuration(["blog"], [])}
    return copy.deepcopy(cloudfront.service.distributions)


@pytest.fixture
def ask(edge_setup: SimpleNamespace, deadline: FakeDeadline, foreign: dict[str, Any]) -> Any:
    """Ask for Create, Update or Delete with some properties changed; `old` are the changes that are no more."""

    def ask(request_type: str, physical_id: str = "", old: dict[str, str] | None = None, **changes: Any) -> Any:
        sent = event(request_type, PROPERTIES | changes, physical_id, old_properties=PROPERTIES | (old or {}))
        return edge_setup.kinds.perform(edge_setup.protocol.request.Request.parse(sent), deadline)

    return ask


@pytest.fixture
def paths(cloudfront: FakeClient) -> Callable[[str], list[str]]:
    """The path patterns of a distribution's behaviours, in order."""

    def paths(distribution: str) -> list[str]:
        items = cloudfront.service.distributions[distribution]["CacheBehaviors"].get("Items", [])
        return [item["PathPattern"] for item in items]

    return paths


def add_tag(config: dict[str, Any]) -> None:
    """What somebody else changes at the same time."""
    config["Comment"] += "!"
    config["CacheBehaviors"]["Items"].append(behavior("web", f"/new-{len(config['Comment'])}"))
    config["CacheBehaviors"]["Quantity"] += 1


def test_create_adds_an_origin_and_a_logged_behavior(ask: Any, cloudfront: FakeClient, paths: Any) -> None:
    outcome = ask("Create")
    assert outcome.physical_id == ATTACHED
    assert outcome.data == {"DomainName": "shop.example", "DistributionDomainName": "e1shop.cloudfront.net"}
    assert paths(SHOP) == ["/pixel.gif", "/api/*", "*.gif"]
    config = cloudfront.service.distributions[SHOP]
    origin = config["Origins"]["Items"][-1]
    assert (origin["Id"], origin["OriginAccessControlId"]) == (ORIGIN, "E9ACCESS")
    assert config["CacheBehaviors"]["Items"][0]["RealtimeLogConfigArn"] == PROPERTIES["RealtimeLogConfigArn"]


def functions(cloudfront: FakeClient) -> list[dict[str, str]]:
    """The functions of the pixel's behaviour."""
    pixel = cloudfront.service.distributions[SHOP]["CacheBehaviors"]["Items"][0]
    block = pixel["FunctionAssociations"]
    assert block["Quantity"] == len(block.get("Items", []))
    return list(block.get("Items", []))


def test_a_function_sees_each_request_before_anything_else(ask: Any, cloudfront: FakeClient) -> None:
    ask("Create", FunctionArn="arn:function/one")
    assert functions(cloudfront) == [{"EventType": "viewer-request", "FunctionARN": "arn:function/one"}]
    ask("Create")
    assert functions(cloudfront) == []


def test_a_function_is_added_changed_and_removed(ask: Any, cloudfront: FakeClient, deadline: FakeDeadline) -> None:
    ask("Create")
    ask("Update", ATTACHED, FunctionArn="arn:function/one")
    assert functions(cloudfront) == [{"EventType": "viewer-request", "FunctionARN": "arn:function/one"}]
    assert deadline.pauses == []
    # CloudFormation deletes the old function next, which CloudFront can refuse as long as an edge location runs it.
    cloudfront.service.statuses = ["Deployed", "Deployed", "Deployed", "InProgress"]
    ask("Update", ATTACHED, old={"FunctionArn": "arn:function/one"}, FunctionArn="arn:function/two")
    assert functions(cloudfront) == [{"EventType": "viewer-request", "FunctionARN": "arn:function/two"}]
    assert deadline.pauses == [10.0]
    cloudfront.service.statuses = ["Deployed", "Deployed", "Deployed", "InProgress"]
    ask("Update", ATTACHED, old={"FunctionArn": "arn:function/two"})
    assert functions(cloudfront) == []
    assert deadline.pauses == [10.0, 10.0]


def test_create_again_changes_nothing(ask: Any, cloudfront: FakeClient) -> None:
    first = ask("Create")
    again = ask("Create")
    assert (again.physical_id, again.data) == (first.physical_id, first.data)
    assert cloudfront.count("update_distribution") == 1
    again.undo()
    assert cloudfront.count("update_distribution") == 1  # what an earlier request made stays


@pytest.mark.parametrize("code", ["PreconditionFailed", "InvalidIfMatchVersion"])
def test_what_others_change_at_the_same_time_is_kept(
    ask: Any, cloudfront: FakeClient, paths: Any, deadline: FakeDeadline, code: str
) -> None:
    cloudfront.fail_next["update_distribution"] = [code]
    cloudfront.service.meanwhile = [add_tag, add_tag]
    ask("Create")
    assert cloudfront.service.distributions[SHOP]["Comment"].endswith("!!")
    assert paths(SHOP)[:3] == ["/pixel.gif", "/api/*", "*.gif"]
    assert len(paths(SHOP)) == 5
    assert deadline.pauses == [1.0, 2.0, 4.0]
    cloudfront.service.meanwhile = [add_tag]
    ask("Delete", ATTACHED)
    assert len(paths(SHOP)) == 5
    assert "/pixel.gif" not in paths(SHOP)


def test_a_distribution_that_keeps_being_changed_is_named(
    ask: Any, edge_setup: SimpleNamespace, cloudfront: FakeClient, paths: Any
) -> None:
    cloudfront.service.meanwhile = [add_tag] * 100
    with pytest.raises(edge_setup.aws_calls.StillRefused, match=f"keeps changing distribution {SHOP}; try again"):
        ask("Create")
    assert "/pixel.gif" not in paths(SHOP)


def test_a_path_that_is_taken_is_refused_and_the_delete_after_it_finds_nothing(
    ask: Any, edge_setup: SimpleNamespace, cloudfront: FakeClient, foreign: dict[str, Any]
) -> None:
    with pytest.raises(edge_setup.distribution.config.PathTaken, match="with the origin web; choose another PixelPath"):
        ask("Create", PixelPath="/api/*")
    ask("Delete", "not-created:9a1f", PixelPath="/api/*")
    assert cloudfront.service.distributions == foreign
    assert cloudfront.count("update_distribution") == 0


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"DistributionId": "E3NONE"}, "there is no distribution E3NONE in this account"),
        ({"OriginId": "web"}, "OriginId is web, which does not contain the stack's unique id"),
        ({"PixelPath": "", "OriginAccessControlId": ""}, "OriginAccessControlId, PixelPath"),
    ],
)
def test_wrong_properties_are_refused_and_the_delete_after_that_succeeds(
    ask: Any, edge_setup: SimpleNamespace, cloudfront: FakeClient, foreign: Any, changes: Any, reason: str
) -> None:
    with pytest.raises(edge_setup.protocol.request.InvalidProperties, match=reason):
        ask("Create", **changes)
    ask("Delete", "not-created:9a1f", **changes)
    assert cloudfront.service.distributions == foreign


def test_a_staging_distribution_is_refused(ask: Any, edge_setup: SimpleNamespace, cloudfront: FakeClient) -> None:
    cloudfront.service.distributions[SHOP]["Staging"] = True
    with pytest.raises(
        edge_setup.protocol.request.InvalidProperties, match="is a staging distribution; give the primary one"
    ):
        ask("Create")


@pytest.mark.parametrize("code", ["TooManyCacheBehaviors", "TooManyOrigins", "IllegalUpdate"])
def test_what_cloudfront_has_against_it_passes_through(
    ask: Any, edge_setup: SimpleNamespace, cloudfront: FakeClient, foreign: dict[str, Any], code: str
) -> None:
    cloudfront.fail_next["update_distribution"] = [code]
    with pytest.raises(edge_setup.aws_calls.ClientError, match=code):
        ask("Create")
    assert cloudfront.service.distributions == foreign


@pytest.mark.parametrize(
    "message",
    [
        "Real-time logs are not supported for distributions with a pricing plan subscription.",
        "You're using configuration not available in this tier: real-time access logs",
    ],
)
def test_a_flat_rate_plan_is_named_with_what_to_do(
    ask: Any, edge_setup: SimpleNamespace, cloudfront: FakeClient, foreign: dict[str, Any], message: str
) -> None:
    def refuse(**_: Any) -> Any:
        raise client_error("InvalidArgument", message)

    cloudfront.service.update_distribution = refuse
    with pytest.raises(edge_setup.protocol.request.InvalidProperties, match=r"change \S+ to pay-as-you-go") as refusal:
        ask("Create")
    assert message in str(refusal.value)
    assert "needs the tier Business or Premium with Source=standard" in str(refusal.value)
    assert cloudfront.service.distributions == foreign


@pytest.mark.parametrize("operation", ["get_distribution", "update_distribution"])
def test_a_permission_that_is_seconds_old_is_waited_for(
    ask: Any, cloudfront: FakeClient, deadline: FakeDeadline, paths: Any, operation: str
) -> None:
    cloudfront.fail_next[operation] = ["AccessDenied", "AccessDenied"]
    ask("Create")
    assert paths(SHOP)[0] == "/pixel.gif"
    assert deadline.pauses == [1.0, 2.0]


def test_a_permission_that_never_comes_is_said_in_a_minute_and_the_delete_after_that_succeeds(
    ask: Any, edge_setup: SimpleNamespace, cloudfront: FakeClient, deadline: FakeDeadline
) -> None:
    deadline.seconds = 600.0
    cloudfront.fail_next["get_distribution"] = ["AccessDenied"] * 100
    with pytest.raises(edge_setup.aws_calls.StillRefused, match=r"may not read or change .*AccessDenied"):
        ask("Create")
    assert 30 < sum(deadline.pauses) <= 60
    ask("Delete", "not-created:9a1f")


def lose_response(cloudfront: FakeClient, also_reading: int = 0) -> None:
    """The next update is made, and its response is lost; so are those of as many reads after it."""
    service = cloudfront.service
    update, get = service.update_distribution, service.get_distribution

    def lost(**_: Any) -> Any:
        raise ReadTimeoutError(endpoint_url="https://cloudfront.amazonaws.com")

    def update_distribution(**arguments: Any) -> Any:
        update(**arguments)
        service.update_distribution = update
        readings = iter([lost] * also_reading)
        service.get_distribution = lambda **told: next(readings, get)(**told)
        lost()

    service.update_distribution = update_distribution


def test_a_create_whose_response_got_lost_is_undone(ask: Any, cloudfront: FakeClient, foreign: dict[str, Any]) -> None:
    lose_response(cloudfront)
    with pytest.raises(ReadTimeoutError):
        ask("Create")
    assert cloudfront.count("update_distribution") == 2
    assert cloudfront.service.distributions == foreign


def test_what_could_not_be_restored_is_named_and_the_delete_finds_it(
    ask: Any, edge_setup: SimpleNamespace, cloudfront: FakeClient, foreign: dict[str, Any]
) -> None:
    lose_response(cloudfront, also_reading=1)
    with pytest.raises(
        edge_setup.resources.distribution_attachment.NotRemoved,
        match=f"restoring distribution {SHOP} failed .*has the origin {ORIGIN}",
    ):
        ask("Create")
    assert cloudfront.service.distributions != foreign
    ask("Delete", "not-created:9a1f")
    assert cloudfront.service.distributions == foreign


def test_an_update_whose_response_got_lost_is_undone(ask: Any, cloudfront: FakeClient) -> None:
    ask("Create")
    before = copy.deepcopy(cloudfront.service.distributions)
    lose_response(cloudfront)
    with pytest.raises(ReadTimeoutError):
        ask("Update", ATTACHED, PixelPath="/p.gif")
    assert cloudfront.service.distributions == before


@pytest.mark.parametrize("position", [0, 1, 2])
def test_update_changes_the_path_in_place_and_undo_puts_it_back(
    ask: Any, cloudfront: FakeClient, paths: Any, position: int
) -> None:
    ask("Create")
    behaviors = cloudfront.service.distributions[SHOP]["CacheBehaviors"]["Items"]
    behaviors.insert(position, behaviors.pop(0))
    before = copy.deepcopy(cloudfront.service.distributions)
    outcome = ask("Update", ATTACHED, PixelPath="/p.gif")
    assert outcome.physical_id == ATTACHED
    assert paths(SHOP) == ["/p.gif", "/api/*", "*.gif"]
    outcome.undo()
    assert cloudfront.service.distributions == before


def test_update_that_rolls_back_is_an_update_too(ask: Any, cloudfront: FakeClient) -> None:
    ask("Create")
    before = copy.deepcopy(cloudfront.service.distributions)
    ask("Update", ATTACHED, PixelPath="/p.gif", OriginAccessControlId="E9OTHER")
    ask("Update", ATTACHED, old={"PixelPath": "/p.gif"})
    assert cloudfront.service.distributions == before


def test_update_to_a_path_that_is_taken_keeps_the_old_one(
    ask: Any, edge_setup: SimpleNamespace, cloudfront: FakeClient
) -> None:
    ask("Create")
    before = copy.deepcopy(cloudfront.service.distributions)
    with pytest.raises(edge_setup.distribution.config.PathTaken):
        ask("Update", ATTACHED, PixelPath="*.gif")
    assert cloudfront.service.distributions == before


def test_update_to_another_distribution_attaches_there_and_then_leaves_the_old_one(
    ask: Any, cloudfront: FakeClient, foreign: dict[str, Any], paths: Any
) -> None:
    ask("Create")
    moved = ask("Update", ATTACHED, DistributionId=BLOG, PixelPath="/p.gif")
    assert moved.physical_id == f"distribution-attachment:{BLOG}/{ORIGIN}"
    assert moved.data["DomainName"] == "e2blog.cloudfront.net"
    assert (paths(SHOP)[0], paths(BLOG)) == ("/pixel.gif", ["/p.gif"])
    ask("Delete", ATTACHED)
    assert cloudfront.service.distributions[SHOP] == foreign[SHOP]
    ask("Delete", moved.physical_id, DistributionId=BLOG, PixelPath="/p.gif")
    assert cloudfront.service.distributions == foreign


def test_delete_leaves_everything_as_it_was(ask: Any, cloudfront: FakeClient, foreign: dict[str, Any]) -> None:
    ask("Create")
    assert ask("Delete", ATTACHED).physical_id == ATTACHED
    assert cloudfront.service.distributions == foreign
    ask("Delete", ATTACHED)
    assert cloudfront.count("update_distribution") == 2


def test_delete_succeeds_when_somebody_took_the_pieces_or_the_distribution_away(
    ask: Any, cloudfront: FakeClient, foreign: dict[str, Any]
) -> None:
    ask("Create")
    config = cloudfront.service.distributions[SHOP]
    config["CacheBehaviors"] = foreign[SHOP]["CacheBehaviors"]  # an update by their own template: no behaviour of ours
    ask("Delete", ATTACHED)
    assert cloudfront.service.distributions == foreign
    del cloudfront.service.distributions[SHOP]
    ask("Delete", ATTACHED)


def test_delete_refuses_while_a_behavior_of_somebody_else_needs_the_origin(
    ask: Any, edge_setup: SimpleNamespace, cloudfront: FakeClient, foreign: dict[str, Any]
) -> None:
    ask("Create")
    items = cloudfront.service.distributions[SHOP]["CacheBehaviors"]["Items"]
    items.append(behavior(ORIGIN, "/pixel.js"))
    with pytest.raises(
        edge_setup.resources.distribution_attachment.NotRemoved, match=r"behavior /pixel.js; .*then delete again"
    ):
        ask("Delete", ATTACHED)
    items.pop()
    ask("Delete", ATTACHED)
    assert cloudfront.service.distributions == foreign


def test_delete_waits_until_the_edge_knows(ask: Any, cloudfront: FakeClient, deadline: FakeDeadline) -> None:
    ask("Create")
    cloudfront.service.statuses = ["Deployed", "InProgress", "InProgress", "InProgress"]
    ask("Delete", ATTACHED)
    assert deadline.pauses == [10.0, 10.0]


def test_delete_does_not_wait_longer_than_there_is_time(
    ask: Any, cloudfront: FakeClient, deadline: FakeDeadline, foreign: dict[str, Any]
) -> None:
    ask("Create")
    cloudfront.service.statuses = ["InProgress"] * 100
    ask("Delete", ATTACHED)
    assert 80 < sum(deadline.pauses) < 100
    assert cloudfront.service.distributions == foreign


def test_when_the_time_runs_out_the_distribution_is_as_it_was(
    edge_setup: SimpleNamespace, cloudformation: ResponseServer, cloudfront: FakeClient, foreign: dict[str, Any]
) -> None:
    update = cloudfront.service.update_distribution

    def slow(**arguments: Any) -> Any:
        done = update(**arguments)
        while not cloudformation.responses:
            pass
        return done

    cloudfront.service.update_distribution = slow
    edge_setup.app.lambda_handler(event("Create", PROPERTIES, url=cloudformation.url), FakeContext(100))
    assert cloudformation.response["Status"] == "FAILED"
    assert "timed out" in cloudformation.response["Reason"]
    assert cloudfront.count("update_distribution") == 2
    assert cloudfront.service.distributions == foreign


def test_without_real_time_logs_the_behaviour_has_no_configuration_of_them(ask: Any, cloudfront: FakeClient) -> None:
    ask("Create", RealtimeLogConfigArn="")
    (behavior,) = cloudfront.service.distributions[SHOP]["CacheBehaviors"]["Items"][:1]
    assert "RealtimeLogConfigArn" not in behavior
    assert behavior["PathPattern"] == PROPERTIES["PixelPath"]


def test_an_update_to_standard_logs_takes_the_configuration_of_real_time_logs_off(
    ask: Any, cloudfront: FakeClient
) -> None:
    """CloudFront would not delete it, and bill its log lines, for a stream that is gone."""
    ask("Create")
    ask("Update", ATTACHED, RealtimeLogConfigArn="")
    behavior = cloudfront.service.distributions[SHOP]["CacheBehaviors"]["Items"][0]
    assert "RealtimeLogConfigArn" not in behavior
    ask("Update", ATTACHED, old={"RealtimeLogConfigArn": ""})
    behavior = cloudfront.service.distributions[SHOP]["CacheBehaviors"]["Items"][0]
    assert behavior["RealtimeLogConfigArn"] == PROPERTIES["RealtimeLogConfigArn"]
