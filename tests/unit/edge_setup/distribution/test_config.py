# SPDX-License-Identifier: Apache-2.0
"""A distribution's configuration with the stack's pieces, and without them."""

import copy
from types import SimpleNamespace
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.edge_setup.distribution_configs import behavior, configuration, configurations

OURS = "edgepixel-5f1c7d30-6a2e-11f0-9c1b-0a58a9feac02"
PIXEL = "/images/pixel.gif"

any_configuration = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)


@pytest.fixture
def config(edge_setup: SimpleNamespace) -> Any:
    return edge_setup.distribution.config


@pytest.fixture
def attach(config: Any) -> Any:
    """Attach the pixel at a path."""

    def attach(foreign: Any, path: str = PIXEL, old_paths: tuple[str, ...] = (), log: str = "arn:log") -> Any:
        origin = config.site_origin(OURS, "site.s3.eu-west-1.amazonaws.com", "E1")
        return config.attached(foreign, origin, config.pixel_behavior(path, OURS, "headers", log), old_paths)

    return attach


@any_configuration
@given(foreign=configurations())
def test_what_is_attached_and_taken_out_again_leaves_everything_as_it_was(
    config: Any, attach: Any, foreign: dict[str, Any]
) -> None:
    before = copy.deepcopy(foreign)
    both = attach(foreign)
    rest, pieces = config.take_out(both, OURS, {PIXEL})
    assert rest == before
    assert config.put_in(rest, pieces) == both
    assert foreign == before


@any_configuration
@given(foreign=configurations())
def test_the_pixel_s_behavior_comes_first_and_the_others_keep_their_order(attach: Any, foreign: dict[str, Any]) -> None:
    both = attach(foreign)
    first, *others = both["CacheBehaviors"]["Items"]
    assert (first["PathPattern"], first["TargetOriginId"]) == (PIXEL, OURS)
    assert others == foreign["CacheBehaviors"].get("Items", [])
    assert both["CacheBehaviors"]["Quantity"] == len(others) + 1
    *origins, last = both["Origins"]["Items"]
    assert (origins, last["Id"]) == (foreign["Origins"]["Items"], OURS)
    assert {name for name in both if both[name] != foreign[name]} == {"Origins", "CacheBehaviors"}


@any_configuration
@given(foreign=configurations(), position=st.integers(0, 5))
def test_attaching_again_brings_up_to_date_and_moves_to_the_front(
    attach: Any, foreign: dict[str, Any], position: int
) -> None:
    both = attach(foreign, log="arn:old")
    mine, *others = both["CacheBehaviors"]["Items"]
    others.insert(position, mine)
    both["CacheBehaviors"]["Items"] = others
    assert attach(both) == attach(foreign)
    assert attach(attach(foreign)) == attach(foreign)


def test_another_path_replaces_the_old_one(attach: Any) -> None:
    foreign = configuration(["web"], ["/a"])
    assert attach(attach(foreign, "/old.gif"), PIXEL, ("/old.gif",)) == attach(foreign)


def test_what_is_put_back_stands_where_it_stood(config: Any, attach: Any) -> None:
    both = attach(configuration(["web"], ["/a", "/b"]))
    mine, *others = both["CacheBehaviors"]["Items"]
    both["CacheBehaviors"]["Items"] = [others[0], mine, others[1]]
    assert config.put_in(*config.take_out(both, OURS, {PIXEL})) == both


def test_settings_that_cloudfront_added_stay(attach: Any) -> None:
    both = attach(configuration(["web"], []))
    both["Origins"]["Items"][-1]["ResponseCompletionTimeout"] = 30
    both["CacheBehaviors"]["Items"][0]["GrpcConfig"] = {"Enabled": False}
    assert attach(both) == both


@pytest.mark.parametrize("taken", [PIXEL, PIXEL.removeprefix("/")])
def test_a_path_that_is_somebody_else_s_is_refused(config: Any, attach: Any, taken: str) -> None:
    with pytest.raises(
        config.PathTaken,
        match=rf"already has a cache behavior for {taken}, with the origin web; choose another PixelPath",
    ):
        attach(configuration(["web"], ["/a", taken]))


def test_a_broader_pattern_is_no_hindrance(attach: Any) -> None:
    both = attach(configuration(["web"], ["*.gif", "/images/*"]))
    assert [item["PathPattern"] for item in both["CacheBehaviors"]["Items"]] == [PIXEL, "*.gif", "/images/*"]


def test_everything_that_uses_an_origin_is_found(config: Any) -> None:
    foreign = configuration(["web", OURS], ["/a"], groups=[["web", "web"], ["web", OURS]])
    foreign["CacheBehaviors"]["Items"].append(behavior(OURS, "/pixel.js"))
    foreign["DefaultCacheBehavior"]["TargetOriginId"] = OURS
    assert config.users_of(foreign, OURS) == [
        "cache behavior /pixel.js",
        "origin group group-1",
        "the default cache behavior",
    ]


@pytest.mark.parametrize(
    ("aliases", "name"),
    [
        ([], "d1.cloudfront.net"),
        (["www.example.com", "example.com"], "www.example.com"),
        (["*.example.com"], "d1.cloudfront.net"),
        (["*.example.com", "example.com"], "example.com"),
    ],
)
def test_the_host_is_the_first_alias_that_can_be_asked_for(config: Any, aliases: list[str], name: str) -> None:
    assert config.host_name(configuration(["web"], [], aliases=aliases), "d1.cloudfront.net") == name


def test_the_pieces_are_as_the_api_has_them(attach: Any) -> None:
    shape = botocore.session.get_session().get_service_model("cloudfront").shape_for("DistributionConfig")
    report = ParamValidator().validate(attach(configuration(["web"], [])), shape)
    assert not report.has_errors(), report.generate_report()
