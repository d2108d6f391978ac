# SPDX-License-Identifier: Apache-2.0
"""Distributions, policies and log configurations that CloudFront refuses, by its API and in a stack."""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from localcloud.clock import Clock
from localcloud.cloudformation import service as local_cloudformation
from localcloud.cloudfront import log_configs, service
from localcloud.ministack import Response, Table, cloudformation, cloudfront, iam, kinesis
from tests.fakes.cloudfront import CACHING_OPTIMIZED
from tests.unit.localcloud.stacks import stack

NAMESPACE = 'xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"'
STREAM_ARN = "arn:aws:kinesis:us-east-1:000000000000:stream/raw"
ROLE_ARN = "arn:aws:iam::000000000000:role/logs"


@pytest.fixture(autouse=True)
def cloud() -> Iterator[None]:
    service.install(Clock())
    local_cloudformation.install(Clock())
    kinesis.create_stream({"StreamName": "raw", "ShardCount": 1})
    iam.roles["logs"] = {}
    yield
    log_configs.clear()
    for one in (cloudformation, kinesis, cloudfront):
        one.reset()
    iam.reset()


def call(method: str, path: str, body: str = "", **headers: str) -> tuple[int, str]:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    request = cloudfront.handle_request(method, f"/2020-05-31/{path}", sent, body.encode(), {})
    response: Response = asyncio.run(_awaited(request))
    return response[0], response[2].decode()


async def _awaited(request: Any) -> Response:
    response: Response = await request
    return response


def log_config(stream: str = STREAM_ARN, role: str = ROLE_ARN) -> tuple[int, str]:
    end_point = f"<KinesisStreamConfig><RoleARN>{role}</RoleARN><StreamARN>{stream}</StreamARN></KinesisStreamConfig>"
    return call(
        "POST",
        "realtime-log-config",
        f"<CreateRealtimeLogConfigRequest {NAMESPACE}><Name>log</Name><SamplingRate>100</SamplingRate><EndPoints>"
        f"<member><StreamType>Kinesis</StreamType>{end_point}</member></EndPoints>"
        "<Fields><Field>timestamp</Field></Fields></CreateRealtimeLogConfigRequest>",
    )


def distribution_xml(behavior: str = "", origin: str = "", comment: str = "c") -> str:
    return (
        f"<DistributionConfig {NAMESPACE}><CallerReference>r</CallerReference><Comment>{comment}</Comment>"
        f"<Origins><Quantity>1</Quantity><Items><Origin><Id>site</Id>{origin}</Origin></Items></Origins>"
        f"<DefaultCacheBehavior><TargetOriginId>site</TargetOriginId>{behavior}</DefaultCacheBehavior>"
        "<Enabled>true</Enabled></DistributionConfig>"
    )


@pytest.mark.parametrize(
    ("xml", "status", "code"),
    [
        (distribution_xml(comment="c" * 129), 400, "InvalidArgument"),
        (distribution_xml("<RealtimeLogConfigArn>arn</RealtimeLogConfigArn>"), 404, "NoSuchRealtimeLogConfig"),
        (distribution_xml("<ResponseHeadersPolicyId>x</ResponseHeadersPolicyId>"), 404, "NoSuchResponseHeadersPolicy"),
        (distribution_xml("<CachePolicyId>x</CachePolicyId>"), 404, "NoSuchCachePolicy"),
        (
            distribution_xml(origin="<OriginAccessControlId>x</OriginAccessControlId>"),
            400,
            "InvalidOriginAccessControl",
        ),
    ],
)
def test_distributions_name_what_exists_and_comment_briefly(xml: str, status: int, code: str) -> None:
    found, body = call("POST", "distribution", xml)
    assert (found, f"<Code>{code}</Code>" in body) == (status, True)
    good = distribution_xml(f"<CachePolicyId>{CACHING_OPTIMIZED}</CachePolicyId>", comment="c" * 128)
    assert call("POST", "distribution", good)[0] == 201
    distribution = next(iter(cloudfront.distributions.values()))
    path = f"distribution/{distribution['Id']}/config"
    found, body = call("PUT", path, xml, if_match=distribution["ETag"])
    assert (found, f"<Code>{code}</Code>" in body) == (status, True)


def test_an_origin_access_control_in_use_stays_and_names_are_short() -> None:
    def control(name: str) -> tuple[int, str]:
        return call(
            "POST",
            "origin-access-control",
            f"<OriginAccessControlConfig {NAMESPACE}><Name>{name}</Name><SigningProtocol>sigv4</SigningProtocol>"
            "<SigningBehavior>always</SigningBehavior><OriginAccessControlOriginType>s3</OriginAccessControlOriginType>"
            "</OriginAccessControlConfig>",
        )

    status, body = control("c" * 65)
    assert (status, "<Code>InvalidArgument</Code>" in body) == (400, True)
    assert control("c" * 64)[0] == 201
    access = next(iter(cloudfront.origin_access_controls.values()))
    origin = f"<OriginAccessControlId>{access['Id']}</OriginAccessControlId>"
    assert call("POST", "distribution", distribution_xml(origin=origin))[0] == 201
    path = f"origin-access-control/{access['Id']}"
    status, body = call("DELETE", path, if_match=access["ETag"])
    assert (status, "<Code>OriginAccessControlInUse</Code>" in body) == (409, True)
    cloudfront.distributions.clear()
    assert call("DELETE", path, if_match=access["ETag"])[0] == 204


@pytest.mark.parametrize(
    ("path", "store", "element", "code"),
    [
        ("cache-policy", cloudfront.cache_policies, "CachePolicyId", "CachePolicyInUse"),
        (
            "response-headers-policy",
            cloudfront.response_headers_policies,
            "ResponseHeadersPolicyId",
            "ResponseHeadersPolicyInUse",
        ),
    ],
)
def test_a_policy_in_use_is_not_deleted_by_the_api(path: str, store: Table, element: str, code: str) -> None:
    store["p"] = {"Id": "p", "ETag": "e", "Config": {"Name": "n"}}
    assert call("POST", "distribution", distribution_xml(f"<{element}>p</{element}>"))[0] == 201
    status, body = call("DELETE", f"{path}/p", if_match="e")
    assert (status, f"<Code>{code}</Code>" in body) == (409, True)
    cloudfront.distributions.clear()
    assert call("DELETE", f"{path}/p", if_match="e")[0] == 204


def test_log_configurations_name_a_stream_and_a_role_that_exist() -> None:
    for arguments in ({"stream": f"{STREAM_ARN}-absent"}, {"role": f"{ROLE_ARN}-absent"}, {"stream": ROLE_ARN}):
        status, body = log_config(**arguments)
        assert (status, "<Code>InvalidArgument</Code>" in body) == (400, True)
    assert log_config()[0] == 201


def resources(name: str = "headers", comment: str = "c", **behavior: Any) -> Mapping[str, Any]:
    policy = {"ResponseHeadersPolicyConfig": {"Name": name}}
    config = {
        "Enabled": True,
        "Comment": comment,
        "Origins": [
            {"Id": "site", "DomainName": "example.com", "CustomOriginConfig": {"OriginProtocolPolicy": "https-only"}}
        ],
        "DefaultCacheBehavior": {
            "TargetOriginId": "site",
            "ViewerProtocolPolicy": "https-only",
            "ResponseHeadersPolicyId": {"Ref": "Policy"},
            **behavior,
        },
    }
    return {
        "Policy": {"Type": "AWS::CloudFront::ResponseHeadersPolicy", "Properties": policy},
        "Distribution": {"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": config}},
    }


@pytest.mark.parametrize(
    ("given", "failed", "reason"),
    [
        (
            {"name": "n" * 129},
            "Policy",
            "Invalid request provided: AWS::CloudFront::ResponseHeadersPolicy: The parameter Name is too big.",
        ),
        (
            {"comment": "c" * 129},
            "Distribution",
            "The parameter Comment is too big. (Service: CloudFront; Status Code: 400; Error Code: InvalidArgument)",
        ),
        (
            {"RealtimeLogConfigArn": "arn"},
            "Distribution",
            "The real-time log configuration does not exist. (Service: CloudFront; Status Code: 404; "
            "Error Code: NoSuchRealtimeLogConfig)",
        ),
    ],
)
def test_stack_fails_and_the_update_rolls_back(given: dict[str, Any], failed: str, reason: str) -> None:
    refused = stack("CreateStack", resources(**given))
    assert (refused.status, refused.reason(failed)) == ("ROLLBACK_COMPLETE", reason)
    stack("DeleteStack")
    assert stack("CreateStack", resources()).status == "CREATE_COMPLETE"
    refused = stack("UpdateStack", resources(**given))
    assert (refused.status, refused.reason(failed)) == ("UPDATE_ROLLBACK_COMPLETE", reason)


def test_a_policy_is_not_shared_by_two_stacks_and_not_deleted_while_in_use() -> None:
    stack("CreateStack", resources())
    only = {"Policy": resources()["Policy"]}
    refused = stack("CreateStack", only, name="another")
    assert "Error Code: ResponseHeadersPolicyAlreadyExists" in refused.reason("Policy")
    policy = next(iter(cloudfront.response_headers_policies))
    with pytest.raises(ValueError, match="Error Code: ResponseHeadersPolicyInUse"):
        cloudformation.delete_resource("AWS::CloudFront::ResponseHeadersPolicy", policy, {}, "stack", "Policy")
    assert stack("DeleteStack").status == "DELETE_COMPLETE"
    assert not cloudfront.response_headers_policies
