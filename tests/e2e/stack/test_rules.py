# SPDX-License-Identifier: Apache-2.0
"""Parameters that contradict each other are refused before anything is created, with a reason that says what to do."""

from collections.abc import Callable

import pytest

from edgepixel.aws.stack import Stack
from edgepixel.errors import SamError
from tests.contradicting_parameters import CONTRADICTING


@pytest.mark.parametrize(
    ("parameters", "advice"),
    [
        *CONTRADICTING,
        ({"PixelPath": "pixel.gif"}, "must start with /"),
        ({"AttachToDistributionId": "my-distribution"}, "must be the id of a CloudFront distribution"),
        ({"AlarmEmail": "nobody"}, "must be an e-mail address"),
        ({"WebAclArn": "arn:aws:wafv2:eu-west-1:000000000000:regional/webacl/one/1"}, "of the scope CLOUDFRONT"),
    ],
)
def test_contradicting_parameters_are_refused_with_advice(
    deploy_stack: Callable[[str, dict[str, str]], Stack], parameters: dict[str, str], advice: str
) -> None:
    with pytest.raises(SamError) as refusal:
        deploy_stack("refused", parameters)
    assert advice in " ".join(str(refusal.value).split())
