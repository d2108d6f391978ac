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
    policies = {
        name: {
            item["Header"]: item["Value"]
            for item in template["Resources"][behavior["ResponseHeadersPolicyId"]["Ref"]]["Properties"][
                "ResponseHeadersPolicyConfig"
            ]["CustomHeadersConfig"]["Items"]
        }
        for name, behavior in (("pixel", pixel), ("rest", rest))
    }
    assert "no-store" in policies["pixel"]["Cache-Control"]
    assert policies["rest"] == {"Cross-Origin-Resource-Policy": "cross-origin"}


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
