# SPDX-License-Identifier: Apache-2.0
"""What the template promises of the files beside the pixel."""

import hashlib
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any


def test_the_script_s_resource_changes_whenever_the_script_does(
    template: dict[str, Any], load_function: Callable[[str], SimpleNamespace]
) -> None:
    script = load_function("edge_setup").resources.pixel_script.served("pixel.gif")
    expected = hashlib.sha256(script).hexdigest()[:16]
    assert template["Resources"]["PixelScript"]["Properties"]["Content"] == expected, (
        "pixel.js changed: put this into template.yaml, or updates of a stack keep serving the old one"
    )


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
