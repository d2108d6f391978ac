# SPDX-License-Identifier: Apache-2.0
"""The local cloud's edge and delivery: a viewer's request becomes a line in an object of the lake."""

import gzip
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from typing import Any

import pytest
from aws_kinesis_agg.aggregator import RecordAggregator
from botocore.exceptions import ClientError

from edgepixel import local
from edgepixel.cloud import Cloud

FIELDS = ["timestamp", "c-ip", "sc-status", "cs-method", "cs-uri-stem", "x-edge-location", "x-edge-request-id"]
FIELDS += ["cs-user-agent", "cs-uri-query", "x-edge-result-type", "c-country", "cs-headers", "asn"]
ROLE = "arn:aws:iam::000000000000:role/test"
CACHED = "658327ea-f89d-4fab-a63d-7e88639e58f6"  # CachingOptimized
METHODS = {"Quantity": 2, "Items": ["GET", "HEAD"], "CachedMethods": {"Quantity": 2, "Items": ["GET", "HEAD"]}}
DELIVERED_SECONDS = 20.0


@dataclass(frozen=True)
class Edge:
    """A distribution whose /pixel.gif is logged to a stream that is delivered to a bucket."""

    cloud: Cloud
    host: str
    stream_arn: str
    bucket: str

    def request(self, method: str, target: str, headers: dict[str, str] | None = None) -> HTTPResponse:
        assert self.cloud.local_port
        connection = HTTPConnection("127.0.0.1", self.cloud.local_port, timeout=10)
        connection.request(method, target, headers={"Host": self.host, "x-forwarded-proto": "https", **(headers or {})})
        response = connection.getresponse()
        response.read()
        connection.close()
        return response

    def delivered(self, request_id: str) -> dict[str, str]:
        """The delivered log line of a request, by field."""
        deadline = time.monotonic() + DELIVERED_SECONDS
        while time.monotonic() < deadline:
            for line in self.lake().decode().splitlines():
                if f"\t{request_id}\t" in line:
                    return dict(zip(FIELDS, line.split("\t"), strict=True))
            time.sleep(0.1)
        raise AssertionError(f"no line of {request_id} after {DELIVERED_SECONDS:.0f} s")

    def lake(self) -> bytes:
        s3 = self.cloud.client("s3")
        keys = [item["Key"] for item in s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])]
        return b"".join(gzip.decompress(s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()) for key in keys)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    home = tmp_path_factory.mktemp("edge")
    state = local.start("none", home, local.free_port(), idle_minutes=5)
    yield state.cloud
    local.stop(state, home)


@pytest.fixture(scope="module")
def edge(cloud: Cloud) -> Edge:
    kinesis, s3, firehose, cloudfront = (cloud.client(name) for name in ("kinesis", "s3", "firehose", "cloudfront"))
    kinesis.create_stream(StreamName="raw", ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName="raw", WaiterConfig={"Delay": 1})
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
        EndPoints=[_end_point(stream_arn)],
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


def _end_point(stream_arn: str) -> dict[str, Any]:
    return {"StreamType": "Kinesis", "KinesisStreamConfig": {"RoleARN": ROLE, "StreamARN": stream_arn}}


def _distribution(log_config: str, access: str) -> dict[str, Any]:
    behavior = {"TargetOriginId": "site", "CachePolicyId": CACHED, "AllowedMethods": METHODS}
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


def test_a_log_line_says_what_the_viewer_sent_and_who_was_simulated(edge: Edge) -> None:
    simulated = {
        "x-localcloud-address": "2001:db8::1", "x-localcloud-country": "DE", "x-localcloud-asn": "64496",
        "x-localcloud-time": "1763888400.5", "x-localcloud-edge-location": "FRA60-P4",
    }  # fmt: skip
    response = edge.request("GET", "/pixel.gif?t=a%20b", {"User-Agent": "Test 1 (x)", "Sec-GPC": "1", **simulated})
    assert response.status == 200
    line = edge.delivered(str(response.getheader("X-Amz-Cf-Id")))
    headers = line.pop("cs-headers")
    assert line.items() >= {
        "timestamp": "1763888400.500", "c-ip": "2001:db8::1", "sc-status": "200", "cs-method": "GET",
        "cs-uri-stem": "/pixel.gif?t=a%2520b", "cs-uri-query": "t=a%2520b", "cs-user-agent": "Test%201%20(x)",
        "c-country": "DE", "asn": "64496", "x-edge-location": "FRA60-P4",
    }.items()  # fmt: skip
    assert "sec-gpc:1%0A" in headers
    assert "localcloud" not in headers
    assert "x-forwarded-proto" not in headers


def test_a_refused_method_is_logged_with_its_status(edge: Edge) -> None:
    response = edge.request("POST", "/pixel.gif?e=x")
    line = edge.delivered(str(response.getheader("X-Amz-Cf-Id")))
    assert (line["sc-status"], line["cs-method"], line["x-edge-result-type"]) == ("403", "POST", "Error")


def test_the_edge_answers_from_its_cache_the_second_time(edge: Edge) -> None:
    responses = [edge.request("GET", f"/pixel.gif?n={number}") for number in range(2)]
    lines = [edge.delivered(str(response.getheader("X-Amz-Cf-Id"))) for response in responses]
    assert lines[1]["x-edge-result-type"] == "Hit"


def test_a_query_of_eight_kilobytes_is_logged_whole(edge: Edge) -> None:
    query = "x=" + "a" * 8000
    response = edge.request("GET", f"/pixel.gif?{query}")
    assert edge.delivered(str(response.getheader("X-Amz-Cf-Id")))["cs-uri-query"] == query


def test_other_paths_leave_no_line(edge: Edge) -> None:
    other = edge.request("GET", "/other.gif").getheader("X-Amz-Cf-Id")
    pixel = edge.request("GET", "/pixel.gif").getheader("X-Amz-Cf-Id")
    edge.delivered(str(pixel))
    assert str(other).encode() not in edge.lake()


def test_aggregates_and_plain_records_are_delivered_alike_in_hourly_gzip_objects(edge: Edge) -> None:
    aggregator = RecordAggregator()
    for number in range(100):
        aggregator.add_user_record("key", f"aggregated {number}\n".encode())
    records = [aggregator.clear_and_get().get_contents()[2], b"plain\n"]
    edge.cloud.client("kinesis").put_records(
        StreamARN=edge.stream_arn, Records=[{"Data": data, "PartitionKey": "key"} for data in records]
    )
    deadline = time.monotonic() + DELIVERED_SECONDS
    while b"plain\n" not in edge.lake() and time.monotonic() < deadline:
        time.sleep(0.1)
    lines = edge.lake().decode().splitlines()
    assert [line for line in lines if line.startswith("aggregated ")] == [
        f"aggregated {number}" for number in range(100)
    ]
    assert lines.count("plain") == 1
    for item in edge.cloud.client("s3").list_objects_v2(Bucket="lake")["Contents"]:
        assert time.strftime("events/dt=%Y-%m-%d/hour=", time.gmtime()) in item["Key"]
        assert item["Key"].endswith(".gz")


def test_a_log_configuration_in_use_cannot_be_deleted_and_a_taken_name_cannot_be_created(edge: Edge) -> None:
    cloudfront = edge.cloud.client("cloudfront")
    with pytest.raises(ClientError, match="RealtimeLogConfigInUse"):
        cloudfront.delete_realtime_log_config(Name="log")
    with pytest.raises(ClientError, match="RealtimeLogConfigAlreadyExists"):
        cloudfront.create_realtime_log_config(
            Name="log", SamplingRate=1, Fields=["timestamp"], EndPoints=[_end_point(edge.stream_arn)]
        )
    with pytest.raises(ClientError, match="NoSuchRealtimeLogConfig"):
        cloudfront.get_realtime_log_config(Name="absent")
    with pytest.raises(ClientError, match="no-such-field"):
        cloudfront.create_realtime_log_config(
            Name="other", SamplingRate=1, Fields=["no-such-field"], EndPoints=[_end_point(edge.stream_arn)]
        )


def test_an_updated_log_configuration_keeps_its_arn_and_orders_its_fields(edge: Edge) -> None:
    cloudfront = edge.cloud.client("cloudfront")
    made = cloudfront.create_realtime_log_config(
        Name="mutable", SamplingRate=1, Fields=["timestamp"], EndPoints=[_end_point(edge.stream_arn)]
    )["RealtimeLogConfig"]
    cloudfront.update_realtime_log_config(
        ARN=made["ARN"], SamplingRate=50, Fields=["asn", "c-ip"], EndPoints=[_end_point(edge.stream_arn)]
    )
    found = cloudfront.get_realtime_log_config(Name="mutable")["RealtimeLogConfig"]
    assert (found["ARN"], found["SamplingRate"], found["Fields"]) == (made["ARN"], 50, ["c-ip", "asn"])
    cloudfront.delete_realtime_log_config(ARN=made["ARN"])
    assert "mutable" not in str(cloudfront.list_realtime_log_configs())
