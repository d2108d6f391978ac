# SPDX-License-Identifier: Apache-2.0
"""A distribution that was there before the stack, with everything that a stranger may have set."""

from dataclasses import dataclass
from typing import Any

from edgepixel.aws.cloud import Cloud
from tests.fakes.cloudfront import CACHING_OPTIMIZED

TAGS = [{"Key": "cost-centre", "Value": "4711"}, {"Key": "owner", "Value": "shop"}]


@dataclass(frozen=True)
class Foreign:
    """Somebody else's distribution in a cloud."""

    cloud: Cloud
    identifier: str
    arn: str

    def configuration(self) -> bytes:
        """The answer to GetDistributionConfig, byte for byte."""
        bodies: list[bytes] = []
        client = self.cloud.client("cloudfront")
        client.meta.events.register(
            "after-call.cloudfront.GetDistributionConfig",
            lambda http_response, **_: bodies.append(http_response.content),
        )
        client.get_distribution_config(Id=self.identifier)
        (body,) = bodies
        return body

    def paths(self) -> list[str]:
        """The path patterns of its cache behaviours, in order."""
        config = self.cloud.client("cloudfront").get_distribution_config(Id=self.identifier)["DistributionConfig"]
        return [behavior["PathPattern"] for behavior in config["CacheBehaviors"].get("Items", [])]

    def tags(self) -> list[dict[str, str]]:
        tags: list[dict[str, str]] = self.cloud.client("cloudfront").list_tags_for_resource(Resource=self.arn)["Tags"][
            "Items"
        ]
        return sorted(tags, key=lambda tag: tag["Key"])


def foreign_distribution(cloud: Cloud, reference: str) -> Foreign:
    """Make one with two origins, a group of both, three behaviours, aliases, an error page and tags.

    It is written back once as it was read: MiniStack keeps the elements in the order of whoever wrote last, where
    CloudFront has an order of its own.
    """
    client = cloud.client("cloudfront")
    made = client.create_distribution_with_tags(
        DistributionConfigWithTags={"DistributionConfig": _configuration(reference), "Tags": {"Items": TAGS}}
    )
    found = made["Distribution"]
    config = client.get_distribution_config(Id=found["Id"])["DistributionConfig"]
    client.update_distribution(Id=found["Id"], IfMatch=made["ETag"], DistributionConfig=config)
    return Foreign(cloud, found["Id"], found["ARN"])


def _configuration(reference: str) -> dict[str, Any]:
    return {
        "CallerReference": reference,
        "Comment": "the shop: <do not touch> & ask first",
        "Enabled": True,
        "PriceClass": "PriceClass_100",
        "HttpVersion": "http2and3",
        "IsIPV6Enabled": True,
        "DefaultRootObject": "index.html",
        "Aliases": {"Quantity": 2, "Items": [f"*.{reference}.example", f"{reference}.example"]},
        "Origins": {"Quantity": 2, "Items": [_web_origin("web", "/site"), _web_origin("spare", "")]},
        "OriginGroups": {
            "Quantity": 1,
            "Items": [
                {
                    "Id": "either",
                    "FailoverCriteria": {"StatusCodes": {"Quantity": 2, "Items": [502, 503]}},
                    "Members": {"Quantity": 2, "Items": [{"OriginId": "web"}, {"OriginId": "spare"}]},
                }
            ],
        },
        "DefaultCacheBehavior": _behavior("either"),
        "CacheBehaviors": {
            "Quantity": 3,
            "Items": [
                {"PathPattern": "/api/*", **_behavior("web"), "Compress": True},
                {"PathPattern": "*.gif", **_behavior("spare")},
                {"PathPattern": "taken.gif", **_behavior("web")},
            ],
        },
        "CustomErrorResponses": {
            "Quantity": 1,
            "Items": [
                {"ErrorCode": 404, "ResponsePagePath": "/404.html", "ResponseCode": "200", "ErrorCachingMinTTL": 7}
            ],
        },
        "Restrictions": {"GeoRestriction": {"RestrictionType": "blacklist", "Quantity": 1, "Items": ["AQ"]}},
    }


def _web_origin(identifier: str, path: str) -> dict[str, Any]:
    return {
        "Id": identifier,
        "DomainName": f"{identifier}.example",
        "OriginPath": path,
        "CustomHeaders": {"Quantity": 1, "Items": [{"HeaderName": "x-secret", "HeaderValue": 'a "b" <c>'}]},
        "CustomOriginConfig": {
            "HTTPPort": 8080,
            "HTTPSPort": 8443,
            "OriginProtocolPolicy": "https-only",
            "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]},
        },
    }


def _behavior(origin: str) -> dict[str, Any]:
    return {
        "TargetOriginId": origin,
        "ViewerProtocolPolicy": "redirect-to-https",
        "CachePolicyId": CACHING_OPTIMIZED,
        "AllowedMethods": {
            "Quantity": 3,
            "Items": ["GET", "HEAD", "OPTIONS"],
            "CachedMethods": {"Quantity": 2, "Items": ["GET", "HEAD"]},
        },
    }
