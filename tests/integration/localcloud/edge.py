# SPDX-License-Identifier: Apache-2.0
"""An edge to send requests to, and the lake that its log lines reach."""

import gzip
import socket
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from typing import Any

from edgepixel.aws.cloud import Cloud
from edgepixel.template.reader import log_fields
from tests.fakes.cloudfront import CACHING_OPTIMIZED
from tests.roles import create_role, role_arn
from tests.waiting import PATIENCE_SECONDS, WAITER, wait_until

FIELDS = log_fields()
ROLE = role_arn("test")
METHODS = {"Quantity": 2, "Items": ["GET", "HEAD"], "CachedMethods": {"Quantity": 2, "Items": ["GET", "HEAD"]}}


@dataclass(frozen=True)
class Edge:
    """A distribution whose /pixel.gif is logged to a stream that is delivered to a bucket."""

    cloud: Cloud
    host: str
    stream_arn: str
    bucket: str

    def request(self, method: str, target: str, headers: dict[str, str] | None = None) -> HTTPResponse:
        assert self.cloud.local_port
        connection = HTTPConnection("127.0.0.1", self.cloud.local_port, timeout=PATIENCE_SECONDS)
        connection.request(method, target, headers={"Host": self.host, "x-forwarded-proto": "https", **(headers or {})})
        response = connection.getresponse()
        response.read()
        connection.close()
        return response

    def request_bytes(self, head: bytes) -> bytes:
        """Send a request's head as it is, which http.client would refuse; the response's head."""
        with socket.create_connection(
            ("127.0.0.1", self.cloud.local_port or 0), timeout=PATIENCE_SECONDS
        ) as connection:
            connection.sendall(head.replace(b"HOST", self.host.encode()) + b"connection: close\r\n\r\n")
            return b"".join(iter(lambda: connection.recv(65536), b"")).partition(b"\r\n\r\n")[0]

    def delivered(self, request_id: str) -> dict[str, str]:
        """The delivered log line of a request, by field."""

        def lines() -> list[str]:
            return [line for line in self.lake().decode().splitlines() if f"\t{request_id}\t" in line]

        (line, *_) = wait_until(lines, f"a line of {request_id} is delivered", pause_seconds=0.1)
        return dict(zip(FIELDS, line.split("\t"), strict=True))

    def lake(self) -> bytes:
        """Everything that was delivered."""
        s3 = self.cloud.client("s3")
        keys = [item["Key"] for item in s3.list_objects_v2(Bucket=self.bucket, Prefix="events/").get("Contents", [])]
        return b"".join(gzip.decompress(s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()) for key in keys)


def make_edge(cloud: Cloud) -> Edge:
    """Everything from the site's bucket to the lake's, without a stack."""
    kinesis, s3, firehose, cloudfront = (cloud.client(name) for name in ("kinesis", "s3", "firehose", "cloudfront"))
    create_role(cloud.client("iam"), "test", "cloudfront.amazonaws.com", "firehose.amazonaws.com")
    kinesis.create_stream(StreamName="raw", ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName="raw", WaiterConfig=WAITER)
    stream_arn = kinesis.describe_stream_summary(StreamName="raw")["StreamDescriptionSummary"]["StreamARN"]
    for bucket in ("site", "lake"):
        s3.create_bucket(Bucket=bucket)
    firehose.create_delivery_stream(
        DeliveryStreamName="delivery",
        DeliveryStreamType="KinesisStreamAsSource",
        KinesisStreamSourceConfiguration={"KinesisStreamARN": stream_arn, "RoleARN": ROLE},
        ExtendedS3DestinationConfiguration={
            "RoleARN": ROLE,
            "BucketARN": "arn:aws:s3:::lake",
            "Prefix": "events/dt=!{timestamp:yyyy-MM-dd}/hour=!{timestamp:HH}/",
            "ErrorOutputPrefix": "delivery-errors/!{firehose:error-output-type}/",
            "BufferingHints": {"IntervalInSeconds": 300, "SizeInMBs": 5},
            "CompressionFormat": "GZIP",
        },
    )
    s3.put_object(Bucket="site", Key="pixel.gif", Body=b"GIF89a", ContentType="image/gif")
    config = cloudfront.create_realtime_log_config(
        Name="log",
        SamplingRate=100,
        Fields=sorted(FIELDS),
        EndPoints=[end_point(stream_arn)],
    )["RealtimeLogConfig"]
    access = cloudfront.create_origin_access_control(
        OriginAccessControlConfig={
            "Name": "site",
            "SigningProtocol": "sigv4",
            "SigningBehavior": "always",
            "OriginAccessControlOriginType": "s3",
        }
    )["OriginAccessControl"]["Id"]
    distribution = cloudfront.create_distribution(DistributionConfig=_distribution(config["ARN"], access))
    s3.put_bucket_policy(Bucket="site", Policy=_policy(distribution["Distribution"]["ARN"]))
    return Edge(cloud, distribution["Distribution"]["DomainName"], stream_arn, "lake")


def end_point(stream_arn: str) -> dict[str, Any]:
    """The end point of a log configuration."""
    return {"StreamType": "Kinesis", "KinesisStreamConfig": {"RoleARN": ROLE, "StreamARN": stream_arn}}


def _distribution(log_config: str, access: str) -> dict[str, Any]:
    behavior = {"TargetOriginId": "site", "CachePolicyId": CACHING_OPTIMIZED, "AllowedMethods": METHODS}
    behavior["ViewerProtocolPolicy"] = "redirect-to-https"
    origin = {
        "Id": "site",
        "DomainName": "site.s3.us-east-1.amazonaws.com",
        "OriginAccessControlId": access,
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }
    logged = {"PathPattern": "/pixel.gif", "RealtimeLogConfigArn": log_config, **behavior}
    return {
        "CallerReference": "test",
        "Comment": "",
        "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": behavior,
        "CacheBehaviors": {"Quantity": 1, "Items": [logged]},
    }


def _policy(distribution_arn: str) -> str:
    return (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": '
        '"cloudfront.amazonaws.com"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::site/*", "Condition": '
        '{"StringEquals": {"AWS:SourceArn": "' + distribution_arn + '"}}}]}'
    )
