# SPDX-License-Identifier: Apache-2.0
"""The resources that samples name and no stack makes: buckets, and a distribution that was there before."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from edgepixel.aws.cloud import Cloud
from tests.fakes.cloudfront import CACHING_OPTIMIZED
from tests.sam_local.samples import Sample


class ForeignDistribution:
    """A distribution of somebody else. CloudFront chooses its id, so requests must be told of it."""

    def __init__(self, cloud: Cloud) -> None:
        self._client = cloud.client("cloudfront")
        origin = {"Id": "web", "DomainName": "web.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}
        config = {
            "CallerReference": "invoke",
            "Comment": "was there before",
            "Enabled": True,
            "Origins": {"Quantity": 1, "Items": [origin]},
            "CacheBehaviors": {"Quantity": 0},
            "DefaultCacheBehavior": {
                "TargetOriginId": "web",
                "ViewerProtocolPolicy": "allow-all",
                "CachePolicyId": CACHING_OPTIMIZED,
            },
        }
        self.identifier: str = self._client.create_distribution(DistributionConfig=config)["Distribution"]["Id"]
        self._before = self._config()

    def request(self, event: dict[str, Any]) -> dict[str, Any]:
        """The request with this distribution in it, if it names one."""
        named = {name: properties for name, properties in event.items() if "DistributionId" in _mapping(properties)}
        return event | {name: properties | {"DistributionId": self.identifier} for name, properties in named.items()}

    def problem(self, request_type: str) -> str | None:
        """What is wrong with the distribution after such a request; None if nothing is."""
        changed = self._config() != self._before
        if request_type == "Delete" and changed:
            return "the distribution is not as it was before"
        if request_type != "Delete" and not changed:
            return "the distribution was not changed"
        return None

    def remove(self) -> None:
        """Disable and delete it."""
        found = self._client.get_distribution_config(Id=self.identifier)
        config = found["DistributionConfig"] | {"Enabled": False}
        version = self._client.update_distribution(
            Id=self.identifier, IfMatch=found["ETag"], DistributionConfig=config
        )["ETag"]
        self._client.delete_distribution(Id=self.identifier, IfMatch=version)

    def _config(self) -> dict[str, Any]:
        config: dict[str, Any] = self._client.get_distribution_config(Id=self.identifier)["DistributionConfig"]
        return config


@contextmanager
def sample_resources(cloud: Cloud, samples: Sequence[Sample]) -> Iterator[ForeignDistribution]:
    """Make the buckets that samples name, with something in each, and the distribution, until the block ends.

    One sample empties and removes its own bucket.
    """
    s3 = cloud.client("s3")
    buckets = {sample.event["ResourceProperties"]["Bucket"] for sample in samples if _names_bucket(sample)}
    for bucket in buckets:
        s3.create_bucket(Bucket=bucket)
        s3.put_object(Bucket=bucket, Key="something", Body=b"")
    distribution = ForeignDistribution(cloud)
    try:
        yield distribution
    finally:
        distribution.remove()
        for bucket in buckets & {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}:
            for item in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
                s3.delete_object(Bucket=bucket, Key=item["Key"])
            s3.delete_bucket(Bucket=bucket)


def _names_bucket(sample: Sample) -> bool:
    return "Bucket" in sample.event.get("ResourceProperties", {})


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
