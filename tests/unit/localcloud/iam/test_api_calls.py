# SPDX-License-Identifier: Apache-2.0
"""What the requests of functions need, by their form on the wire."""

import json

import pytest

from localcloud.iam.api_calls import Need, deleted_keys, needs
from localcloud.ministack import athena

S3 = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
CLOUDFRONT = 'xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"'
ARN = "arn:aws:kinesis:us-east-1:123456789012:stream/raw"


@pytest.mark.parametrize(
    ("action", "path", "names"),
    [
        ("s3:PutObject", "/lake/quarantine/a b.json", {"BucketName": "lake", "ObjectName": "quarantine/a b.json"}),
        ("s3:PutObject", "/lake/folder/", {"BucketName": "lake", "ObjectName": "folder/"}),
        ("s3:ListBucketVersions", "/lake", {"BucketName": "lake"}),
        ("s3:ListBucket", "/lake/", {"BucketName": "lake"}),
        ("s3:DeleteObject", "/site/pixel.gif", {"BucketName": "site", "ObjectName": "pixel.gif"}),
        ("cloudfront:GetDistribution", "/2020-05-31/distribution/E1", {"Id": "E1", "DistributionId": "E1"}),
        ("cloudfront:UpdateDistribution", "/2020-05-31/distribution/E1/config", {"Id": "E1", "DistributionId": "E1"}),
        ("cloudfront:ListOriginAccessControls", "/2020-05-31/origin-access-control", {}),
    ],
)
def test_names_in_the_path(action: str, path: str, names: dict[str, str]) -> None:
    assert needs(action, path, b"") == [Need(action, names)]


@pytest.mark.parametrize(
    ("action", "request_", "names"),
    [
        ("kinesis:PutRecords", {"StreamName": "raw", "Records": []}, {"StreamName": "raw"}),
        ("kinesis:PutRecords", {"StreamARN": ARN}, {"StreamName": "raw"}),
        ("glue:GetTable", {"DatabaseName": "lake", "Name": "pixel_events"}, {"TableName": "pixel_events"}),
        ("glue:UpdateTable", {"DatabaseName": "lake", "TableInput": {"Name": "t"}}, {"TableName": "t"}),
        ("glue:CreatePartition", {"DatabaseName": "lake", "TableName": "t"}, {"TableName": "t"}),
        ("glue:StartCrawler", {"Name": "crawler"}, {"CrawlerName": "crawler"}),
        ("sqs:SendMessage", {"QueueUrl": "http://localhost/123456789012/failures"}, {"QueueName": "failures"}),
        ("logs:PutLogEvents", {"logGroupName": "g", "logStreamName": "s"}, {"LogGroupName": "g", "LogStreamName": "s"}),
    ],
)
def test_names_in_a_json_body(action: str, request_: dict[str, object], names: dict[str, str]) -> None:
    (need,) = needs(action, "/", json.dumps(request_).encode())
    assert (need.action, names.items() - need.names.items()) == (action, set())


def test_a_query_of_athena_is_authorized_by_its_workgroup(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(athena.executions, "e1", {"WorkGroup": "group"})
    monkeypatch.setitem(athena.named_queries, "q1", {"WorkGroup": "group"})
    for action, body in (
        ("athena:StartQueryExecution", {"QueryString": "SELECT 1", "WorkGroup": "group"}),
        ("athena:GetQueryResults", {"QueryExecutionId": "e1"}),
        ("athena:GetNamedQuery", {"NamedQueryId": "q1"}),
    ):
        assert needs(action, "/", json.dumps(body).encode()) == [Need(action, {"WorkGroupName": "group"})]
    held = {"WorkGroup": "group", "ResultConfiguration": {"OutputLocation": "s3://lake/query-results/e3.csv"}}
    monkeypatch.setitem(athena.executions, "e3", held)
    assert needs("athena:GetQueryResults", "/", b'{"QueryExecutionId": "e3"}') == [
        Need("athena:GetQueryResults", {"WorkGroupName": "group"}),
        Need("s3:GetObject", {"BucketName": "lake", "ObjectName": "query-results/e3.csv"}),
    ]
    unknown = needs("athena:GetQueryResults", "/", b'{"QueryExecutionId": "e2"}')
    assert unknown == [Need("athena:GetQueryResults", {"WorkGroupName": ""})]


def test_metrics_have_no_names_and_a_body_that_is_not_json() -> None:
    assert needs("cloudwatch:GetMetricData", "/service/x/operation/GetMetricData", b"\xbf") == [
        Need("cloudwatch:GetMetricData")
    ]


def test_every_key_of_a_batch_is_deleted_by_itself_and_a_version_by_another_action() -> None:
    body = (
        f"<Delete {S3}><Object><Key>a</Key></Object><Object><Key>b</Key><VersionId>null</VersionId></Object></Delete>"
    )
    found = [(need.action, need.names["ObjectName"]) for need in needs("s3:DeleteObject", "/lake", body.encode())]
    assert found == [("s3:DeleteObject", "a"), ("s3:DeleteObject", "b"), ("s3:DeleteObjectVersion", "b")]
    assert deleted_keys(body.encode()) == ["a", "b"]


def test_who_creates_a_log_configuration_passes_its_role() -> None:
    role = "arn:aws:iam::123456789012:role/logs"
    config = f"<Name>log</Name><EndPoints><member><KinesisStreamConfig><RoleARN>{role}</RoleARN></KinesisStreamConfig>"
    body = (
        f"<CreateRealtimeLogConfigRequest {CLOUDFRONT}>{config}</member></EndPoints></CreateRealtimeLogConfigRequest>"
    )
    action = "cloudfront:CreateRealtimeLogConfig"
    found = needs(action, "/2020-05-31/realtime-log-config", body.encode())
    assert found == [Need("iam:PassRole", passes=role), Need(action, {"Name": "log"})]


@pytest.mark.parametrize(
    "named", ["<Name>log</Name>", f"<ARN>{ARN.replace('stream/raw', 'realtime-log-config/log')}</ARN>"]
)
def test_a_log_configuration_is_named_or_has_its_arn(named: str) -> None:
    body = f"<DeleteRealtimeLogConfigRequest {CLOUDFRONT}>{named}</DeleteRealtimeLogConfigRequest>".encode()
    action = "cloudfront:DeleteRealtimeLogConfig"
    assert needs(action, "/2020-05-31/delete-realtime-log-config", body) == [Need(action, {"Name": "log"})]


DELIVERY = {"deliverySourceName": "s", "deliveryDestinationArn": "arn:aws:logs:us-east-1:1:delivery-destination:d"}
JOINED = {"DeliveryName": "*", "DeliverySourceName": "s", "DeliveryDestinationName": "d"}


@pytest.mark.parametrize(
    ("action", "request_", "names"),
    [
        ("CreateDelivery", DELIVERY, JOINED),
        ("UpdateDeliveryConfiguration", {"id": "a1"}, JOINED | {"DeliveryName": "a1"}),
        ("DeleteDelivery", {"id": "gone"}, {"DeliveryName": "gone"}),
        ("DeleteDeliverySource", {"name": "s"}, {"DeliverySourceName": "s", "DeliveryDestinationName": "s"}),
        ("PutDeliveryDestination", {"name": "d"}, {"DeliveryDestinationName": "d"}),
    ],
)
def test_ends_of_log_deliveries(action: str, request_: dict[str, str], names: dict[str, str]) -> None:
    (need,) = needs(f"logs:{action}", "/", json.dumps(request_).encode(), {"a1": DELIVERY})
    assert (need.action, names.items() - need.names.items()) == (f"logs:{action}", set())


def test_cloudfront_is_asked_whether_a_distribution_s_logs_may_be_delivered() -> None:
    request = {"name": "s", "resourceArn": "arn:aws:cloudfront::123456789012:distribution/E1", "logType": "ACCESS_LOGS"}
    first, second = needs("logs:PutDeliverySource", "/", json.dumps(request).encode())
    assert first == Need("cloudfront:AllowVendedLogDeliveryForResource", {"DistributionId": "E1"})
    assert second.names["DeliverySourceName"] == "s"
