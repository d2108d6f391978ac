# SPDX-License-Identifier: Apache-2.0
"""What whoever installs the application has to agree to.

Source: AWS Serverless Application Repository Developer Guide, "Acknowledging application capabilities".
"""

from collections.abc import Mapping
from typing import Any

_POLICIES_OF_RESOURCES = frozenset(
    {
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        "AWS::IAM::Policy",
        "AWS::Lambda::LayerVersionPermission",
        "AWS::Lambda::Permission",
        "AWS::S3::BucketPolicy",
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::QueuePolicy",
    }
)
_NAMES = {
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Policy": "PolicyName",
    "AWS::IAM::Role": "RoleName",
}


def capabilities(transformed: Mapping[str, Any]) -> list[str]:
    """The capabilities that a transformed template needs, in alphabetical order."""
    resources = list(transformed["Resources"].values())
    types = {resource["Type"] for resource in resources}
    needed = set()
    if types & _NAMES.keys():
        named = any(_NAMES.get(one["Type"], "") in one.get("Properties", {}) for one in resources)
        needed.add("CAPABILITY_NAMED_IAM" if named else "CAPABILITY_IAM")
    if types & _POLICIES_OF_RESOURCES:
        needed.add("CAPABILITY_RESOURCE_POLICY")
    if "AWS::Serverless::Application" in types:
        needed.add("CAPABILITY_AUTO_EXPAND")
    return sorted(needed)
