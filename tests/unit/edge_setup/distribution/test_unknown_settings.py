# SPDX-License-Identifier: Apache-2.0
"""What boto3 would lose of a distribution."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse

from tests.unit.edge_setup.fake_deadline import FakeDeadline

RESPONSE = """<?xml version="1.0"?>
<Distribution xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Id>E1SHOP</Id>{beside}<DistributionConfig>
<CallerReference>shop</CallerReference><Comment>shop</Comment><Enabled>true</Enabled>
<Origins><Quantity>1</Quantity><Items><Origin><Id>web</Id><DomainName>web.example</DomainName>{in_origin}
</Origin></Items></Origins>
<DefaultCacheBehavior><TargetOriginId>web</TargetOriginId><ViewerProtocolPolicy>allow-all</ViewerProtocolPolicy>
</DefaultCacheBehavior>{in_config}</DistributionConfig></Distribution>"""


@pytest.fixture
def distribution(load_function: Callable[[str], SimpleNamespace], deadline: FakeDeadline) -> Any:
    """A distribution behind a real boto3 client, which gets a given response to its read and never sends anything."""

    def distribution(response: str) -> Any:
        client = boto3.client("cloudfront", aws_access_key_id="key", aws_secret_access_key="secret")

        def reply(request: Any, **_: Any) -> AWSResponse:
            assert request.method == "GET", "this would change the distribution"
            raw = SimpleNamespace(stream=lambda: iter([response.encode()]))
            return AWSResponse(request.url, 200, {"ETag": "version-0"}, raw)

        client.meta.events.register("before-send.cloudfront", reply)
        module = load_function("edge_setup").distribution.distribution
        return module, module.Distribution(client, "E1SHOP", deadline)

    return distribution


def test_a_setting_that_boto3_does_not_know_is_not_lost(distribution: Any) -> None:
    module, shop = distribution(
        RESPONSE.format(
            beside="<NewStatus>1</NewStatus>",
            in_origin="<Teleport><Enabled>true</Enabled></Teleport>",
            in_config="<QuantumMode>on</QuantumMode>",
        )
    )
    with pytest.raises(module.SettingsWouldBeLost, match=r"Origins\.Items\.Teleport.*deploy a newer") as raised:
        shop.change(lambda config: {**config, "Comment": "changed"})
    assert "QuantumMode" in str(raised.value)
    assert "NewStatus" not in str(raised.value)  # it is no part of what is written


def test_nothing_is_refused_while_nothing_would_be_written(distribution: Any) -> None:
    _, shop = distribution(RESPONSE.format(beside="", in_origin="", in_config="<QuantumMode>on</QuantumMode>"))
    assert shop.change(lambda config: config)["Id"] == "E1SHOP"


def test_a_distribution_that_boto3_knows_whole_may_be_written(distribution: Any) -> None:
    _, shop = distribution(RESPONSE.format(beside="<NewStatus>1</NewStatus>", in_origin="", in_config=""))
    with pytest.raises(AssertionError, match="this would change the distribution"):
        shop.change(lambda config: {**config, "Comment": "changed"})
