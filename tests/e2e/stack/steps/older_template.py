# SPDX-License-Identifier: Apache-2.0
"""The template as it was before its names fitted every stack, and before every update of it was one that AWS takes."""

import copy
import json
from pathlib import Path
from typing import Any

from edgepixel.template.reader import parse_template


def write_older_template(built: Path) -> Path:
    """Write the older form of a template that `sam build` made beside it, where its functions are. Returns its path."""
    path = built.with_name("older-template.json")
    path.write_text(json.dumps(_older(parse_template(built.read_text(encoding="utf-8")))), encoding="utf-8")
    return path


def _older(today: dict[str, Any]) -> dict[str, Any]:
    template = copy.deepcopy(today)
    resources = template["Resources"]
    del resources["FirstPosition"], resources["ReadAggregates"]

    def properties(name: str) -> dict[str, Any]:
        found: dict[str, Any] = resources[name]["Properties"]
        return found

    properties("AggregatorFunction")["Events"]["LogLines"]["Properties"]["StartingPosition"] = {
        "Ref": "StartingPosition"
    }
    properties("Delivery")["KinesisStreamSourceConfiguration"]["RoleARN"] = {"Fn::GetAtt": ["DeliveryRole", "Arn"]}
    (policy,) = properties("DeliveryRole")["Policies"]
    (reading,) = (one for one in policy["PolicyDocument"]["Statement"] if "kinesis:GetRecords" in one["Action"])
    streams = [{"Fn::GetAtt": [stream, "Arn"]} for stream in ("AggregatedStream", "RawStream")]
    reading["Resource"] = {"Fn::If": ["Aggregated", *streams]}
    del properties("Database")["DatabaseName"]
    stack_and_region = "${AWS::StackName}-${AWS::Region}"
    properties("RealtimeLogConfig")["Name"] = {"Fn::Sub": stack_and_region}
    for name, kind in (("PixelHeaders", "pixel"), ("SiteHeaders", "site")):
        properties(name)["ResponseHeadersPolicyConfig"]["Name"] = {"Fn::Sub": f"{stack_and_region}-{kind}"}
    properties("Distribution")["DistributionConfig"]["Comment"] = {"Fn::Sub": "Pixel of stack ${AWS::StackName}"}
    return template
