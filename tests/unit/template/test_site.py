# SPDX-License-Identifier: Apache-2.0
"""What the template promises of the files beside the pixel."""

from typing import Any

from tests.conftest import ROOT
from tests.fakes.cloudfront import CACHING_OPTIMIZED


def test_only_the_pixel_is_logged_and_only_its_responses_are_kept_by_nobody(template: dict[str, Any]) -> None:
    distribution = template["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
    (pixel,) = distribution["CacheBehaviors"]
    rest = distribution["DefaultCacheBehavior"]
    assert pixel["PathPattern"] == {"Ref": "PixelPath"}
    assert "RealtimeLogConfigArn" in pixel
    assert "RealtimeLogConfigArn" not in rest
    pixel_headers, rest_headers = (_headers(template, behavior) for behavior in (pixel, rest))
    assert "no-store" in pixel_headers["Cache-Control"]
    assert rest_headers == {"Cross-Origin-Resource-Policy": "cross-origin"}


def _headers(template: dict[str, Any], behavior: dict[str, Any]) -> dict[str, str]:
    """The headers that a behaviour adds on a distribution of the stack's own."""
    policy = template["Resources"][behavior["ResponseHeadersPolicyId"]["Ref"]]["Properties"]
    items = policy["ResponseHeadersPolicyConfig"]["CustomHeadersConfig"]["Items"]
    own = [item["Fn::If"][1] if "Fn::If" in item else item for item in items]
    return {item["Header"]: item["Value"] for item in own}


def test_only_a_distribution_of_the_stack_s_own_asks_for_client_hints(template: dict[str, Any]) -> None:
    """On another one it would replace what the pages of its owner ask for."""
    items = template["Resources"]["PixelHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]["CustomHeadersConfig"]
    (asked,) = [item["Fn::If"] for item in items["Items"] if "Fn::If" in item]
    header = {"Header": "Accept-CH", "Value": "Sec-CH-UA-Model", "Override": True}
    assert asked == ["OwnDistribution", header, {"Ref": "AWS::NoValue"}]


def test_the_function_sees_the_pixel_s_requests_and_no_others(template: dict[str, Any]) -> None:
    distribution = template["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
    arn = {"Fn::GetAtt": ["PixelFunction", "FunctionARN"]}
    (pixel,) = distribution["CacheBehaviors"]
    associations = [{"EventType": "viewer-request", "FunctionARN": arn}]
    assert pixel["FunctionAssociations"] == {"Fn::If": ["HasEdgeFunction", associations, {"Ref": "AWS::NoValue"}]}
    assert "FunctionAssociations" not in distribution["DefaultCacheBehavior"]
    attached = template["Resources"]["Attachment"]["Properties"]["FunctionArn"]
    assert attached == {"Fn::If": ["HasEdgeFunction", arn, {"Ref": "AWS::NoValue"}]}


def test_the_function_is_published_with_the_code_of_the_repository(template: dict[str, Any]) -> None:
    function = template["Resources"]["PixelFunction"]
    assert function["Condition"] == "HasEdgeFunction"
    assert function["Properties"]["AutoPublish"] is True
    assert function["Properties"]["FunctionConfig"]["Runtime"] == "cloudfront-js-2.0"
    assert function["Properties"]["FunctionCode"] == {"Fn::Sub": (ROOT / "edge/hit.js").read_text(encoding="utf-8")}


def test_the_pixel_has_one_cache_policy_on_both_kinds_of_distribution(
    template: dict[str, Any],
) -> None:
    """In the template for a distribution of the stack, and in the function that attaches the pixel to another."""
    distribution = template["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
    behaviors = [*distribution["CacheBehaviors"], distribution["DefaultCacheBehavior"]]
    assert {behavior["CachePolicyId"] for behavior in behaviors} == {CACHING_OPTIMIZED}
    folders = ("functions", "edgepixel", "localcloud", "events", "benchmarks", "tests")
    sources = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    holders = [path.relative_to(ROOT) for path in sources if CACHING_OPTIMIZED in path.read_text(encoding="utf-8")]
    assert [holder.parts[:2] for holder in holders] == [("functions", "edge_setup")]


def test_tags_to_paste_name_the_same_host_as_the_pixel_s_url(template: dict[str, Any]) -> None:
    outputs = template["Outputs"]
    own = {"Fn::GetAtt": ["Distribution", "DomainName"]}
    served = {"Fn::If": ["OwnDistribution", own, {"Fn::GetAtt": ["Attachment", "DomainName"]}]}
    address, names = outputs["PixelUrl"]["Value"]["Fn::Sub"]
    assert (address, names) == (
        "https://${Host}${PixelPath}",
        {"Host": {"Fn::If": ["HasDomainName", {"Ref": "DomainName"}, served]}},
    )
    tag, names_in_tag = outputs["PixelTag"]["Value"]["Fn::Sub"]
    assert f'src="{address}"' in tag
    assert names_in_tag == names
    script, names_in_script = outputs["ScriptTag"]["Value"]["Fn::Sub"]
    assert 'src="https://${Host}${PixelScript.Path}"' in script
    assert outputs["ScriptTag"]["Condition"] == "OwnDistribution"
    assert names_in_script == {"Host": {"Fn::If": ["HasDomainName", {"Ref": "DomainName"}, own]}}
