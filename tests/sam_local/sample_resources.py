# SPDX-License-Identifier: Apache-2.0
"""The resources that samples name and no stack makes: buckets, a stream, and a distribution that was there before."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from edgepixel.aws.cloud import Cloud
from tests.fakes.cloudfront import CACHING_OPTIMIZED
from tests.sam_local.samples import Sample

_NAME = "samples"
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
_LOGS_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "delivery.logs.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{_NAME}/events/*",
        }
    ],
}
_SIMPLE_CORS = "60669652-455b-4ae9-85a4-c4c02393f86c"  # a policy of AWS's own, which every account has


class ForeignDistribution:
    """A distribution of somebody else. CloudFront chooses its id, so requests must be told of it."""

    def __init__(self, cloud: Cloud, existing: Mapping[str, str]) -> None:
        """`existing`: of properties that name something which has to exist, what exists here."""
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
        made = self._client.create_distribution(DistributionConfig=config)["Distribution"]
        self.identifier: str = made["Id"]
        self._before = self._config()
        self._existing = {**existing, "DistributionId": self.identifier, "DistributionArn": made["ARN"]}

    def request(self, event: dict[str, Any]) -> dict[str, Any]:
        """The request with this distribution, and what else exists, in the place of what it names."""
        return event | {
            name: properties | {key: self._existing[key] for key in properties if key in self._existing}
            for name, properties in event.items()
            if isinstance(properties, dict)
        }

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
    with _edge_resources(cloud) as existing:
        distribution = ForeignDistribution(cloud, existing)
        try:
            yield distribution
        finally:
            distribution.remove()
            for bucket in buckets & {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}:
                for item in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
                    s3.delete_object(Bucket=bucket, Key=item["Key"])
                s3.delete_bucket(Bucket=bucket)


@contextmanager
def _edge_resources(cloud: Cloud) -> Iterator[dict[str, str]]:
    """By the property that names it, what CloudFront does not take if it does not exist."""
    cloudfront, kinesis, iam = cloud.client("cloudfront"), cloud.client("kinesis"), cloud.client("iam")
    kinesis.create_stream(StreamName=_NAME, ShardCount=1)
    stream_arn = kinesis.describe_stream_summary(StreamName=_NAME)["StreamDescriptionSummary"]["StreamARN"]
    role_arn = iam.create_role(RoleName=_NAME, AssumeRolePolicyDocument=json.dumps(_TRUST))["Role"]["Arn"]
    stream = {"RoleARN": role_arn, "StreamARN": stream_arn}
    config = cloudfront.create_realtime_log_config(
        Name=_NAME,
        SamplingRate=100,
        Fields=["timestamp"],
        EndPoints=[{"StreamType": "Kinesis", "KinesisStreamConfig": stream}],
    )["RealtimeLogConfig"]["ARN"]
    function = cloudfront.create_function(
        Name=_NAME,
        FunctionConfig={"Comment": "", "Runtime": "cloudfront-js-2.0"},
        FunctionCode=b"function handler(event) { return event.request; }",
    )
    cloudfront.publish_function(Name=_NAME, IfMatch=function["ETag"])
    access = cloudfront.create_origin_access_control(
        OriginAccessControlConfig={
            "Name": _NAME,
            "SigningProtocol": "sigv4",
            "SigningBehavior": "always",
            "OriginAccessControlOriginType": "s3",
        }
    )
    identifier = access["OriginAccessControl"]["Id"]
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket=_NAME)
    s3.put_bucket_policy(Bucket=_NAME, Policy=json.dumps(_LOGS_POLICY))
    try:
        yield {
            "StreamArn": stream_arn,
            "RoleArn": role_arn,
            "RealtimeLogConfigArn": config,
            "OriginAccessControlId": identifier,
            "ResponseHeadersPolicyId": _SIMPLE_CORS,
            "DestinationArn": f"arn:aws:s3:::{_NAME}/events",
            "FunctionArn": function["FunctionSummary"]["FunctionMetadata"]["FunctionARN"],
        }
    finally:
        cloudfront.delete_function(Name=_NAME, IfMatch=function["ETag"])
        cloudfront.delete_realtime_log_config(ARN=config)
        cloudfront.delete_origin_access_control(Id=identifier, IfMatch=access["ETag"])
        iam.delete_role(RoleName=_NAME)
        kinesis.delete_stream(StreamName=_NAME)
        s3.delete_bucket(Bucket=_NAME)


def _names_bucket(sample: Sample) -> bool:
    return "Bucket" in sample.event.get("ResourceProperties", {})
