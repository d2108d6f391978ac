# SPDX-License-Identifier: Apache-2.0
"""Parameters that contradict each other are refused before anything is created, with a reason that says what to do."""

from collections.abc import Callable

import pytest

from edgepixel.aws.stack import Stack
from edgepixel.errors import SamError


@pytest.mark.parametrize(
    ("parameters", "advice"),
    [
        ({"Aggregation": "disabled", "EdgeFunction": "disabled"}, "EdgeFunction=enabled, or Aggregation=enabled"),
        ({"Aggregation": "disabled", "IpAddresses": "full"}, "HonorGlobalPrivacyControl=false"),
        ({"DomainName": "p.example.com"}, "Set both, or neither"),
        ({"PixelPath": "pixel.gif"}, "must start with /"),
        ({"AttachToDistributionId": "E1A2B3C4D5E6F7", "WebAclArn": "arn:aws:wafv2:x"}, "leave them empty"),
        ({"AttachToDistributionId": "my-distribution"}, "must be the id of a CloudFront distribution"),
        ({"CrossCheck": "enabled", "Source": "standard"}, "standard logs are events already"),
        ({"CrossCheck": "enabled", "Source": "both"}, "CrossCheck=disabled, or Source=realtime"),
        ({"CrossCheck": "enabled", "SamplingRate": "99"}, "CrossCheck=disabled, or SamplingRate=100"),
        ({"CrossCheck": "enabled", "RetentionDays": "1"}, "every event that RetentionDays has deleted"),
        ({"CrossCheck": "enabled", "RetentionDays": "6"}, "RetentionDays to 7 or more, or to 0"),
        ({"AlarmEmail": "nobody"}, "must be an e-mail address"),
    ],
)
def test_contradicting_parameters_are_refused_with_advice(
    deploy_stack: Callable[[str, dict[str, str]], Stack], parameters: dict[str, str], advice: str
) -> None:
    with pytest.raises(SamError) as refusal:
        deploy_stack("refused", parameters)
    assert advice in " ".join(str(refusal.value).split())
