# SPDX-License-Identifier: Apache-2.0
"""The local cloud's edge and delivery: a viewer's request becomes a line in an object of the lake."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from http.client import HTTPConnection
from typing import Any

import pytest
from aws_kinesis_agg.aggregator import RecordAggregator
from botocore.exceptions import ClientError

from edgepixel.aws.cloud import Cloud
from edgepixel.local import local_cloud
from tests.integration.localcloud.edge import FIELDS, Edge, end_point, make_edge
from tests.waiting import PATIENCE_SECONDS, wait_until


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    home = tmp_path_factory.mktemp("edge")
    state = local_cloud.start("none", home, local_cloud.free_port(), idle_minutes=5)
    yield state.cloud
    local_cloud.stop(state, home)


@pytest.fixture(scope="module")
def edge(cloud: Cloud) -> Edge:
    return make_edge(cloud)


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


def test_a_redirect_to_https_is_logged_with_an_id_of_its_own(edge: Edge) -> None:
    response = edge.request("GET", "/pixel.gif?e=x", {"x-forwarded-proto": "http"})
    assert response.status == 301
    assert str(response.getheader("Location")).endswith("/pixel.gif?e=x")
    line = edge.delivered(str(response.getheader("X-Amz-Cf-Id")))
    assert (line["sc-status"], line["x-edge-result-type"]) == ("301", "Redirect")


def test_the_edge_responds_from_its_cache_the_second_time(edge: Edge) -> None:
    responses = [edge.request("GET", f"/pixel.gif?n={number}") for number in range(2)]
    lines = [edge.delivered(str(response.getheader("X-Amz-Cf-Id"))) for response in responses]
    assert lines[1]["x-edge-result-type"] == "Hit"
    assert responses[1].getheader("X-Cache") == "Hit from cloudfront"


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
    wait_until(lambda: b"plain\n" in edge.lake(), "the plain record is delivered", pause_seconds=0.1)
    lines = edge.lake().decode().splitlines()
    assert [line for line in lines if line.startswith("aggregated ")] == [
        f"aggregated {number}" for number in range(100)
    ]
    assert lines.count("plain") == 1
    stream = edge.cloud.client("kinesis").describe_stream_summary(StreamARN=edge.stream_arn)["StreamDescriptionSummary"]
    first_hour = stream["StreamCreationTimestamp"].astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    for item in edge.cloud.client("s3").list_objects_v2(Bucket="lake")["Contents"]:
        folder, _, name = item["Key"].rpartition("/")
        hour = datetime.strptime(folder, "events/dt=%Y-%m-%d/hour=%H").replace(tzinfo=UTC)
        assert first_hour <= hour <= item["LastModified"]  # a slow run may go on past midnight
        assert name.endswith(".gz")


def test_a_log_configuration_in_use_cannot_be_deleted_and_a_taken_name_cannot_be_created(edge: Edge) -> None:
    cloudfront = edge.cloud.client("cloudfront")
    with pytest.raises(ClientError, match="RealtimeLogConfigInUse"):
        cloudfront.delete_realtime_log_config(Name="log")
    with pytest.raises(ClientError, match="RealtimeLogConfigAlreadyExists"):
        cloudfront.create_realtime_log_config(
            Name="log", SamplingRate=1, Fields=["timestamp"], EndPoints=[end_point(edge.stream_arn)]
        )
    with pytest.raises(ClientError, match="NoSuchRealtimeLogConfig"):
        cloudfront.get_realtime_log_config(Name="absent")
    with pytest.raises(ClientError, match="no-such-field"):
        cloudfront.create_realtime_log_config(
            Name="other", SamplingRate=1, Fields=["no-such-field"], EndPoints=[end_point(edge.stream_arn)]
        )


def test_an_updated_log_configuration_keeps_its_arn_and_orders_its_fields(edge: Edge) -> None:
    cloudfront = edge.cloud.client("cloudfront")
    made = cloudfront.create_realtime_log_config(
        Name="mutable", SamplingRate=1, Fields=["timestamp"], EndPoints=[end_point(edge.stream_arn)]
    )["RealtimeLogConfig"]
    cloudfront.update_realtime_log_config(
        ARN=made["ARN"], SamplingRate=50, Fields=["asn", "c-ip"], EndPoints=[end_point(edge.stream_arn)]
    )
    found = cloudfront.get_realtime_log_config(Name="mutable")["RealtimeLogConfig"]
    assert (found["ARN"], found["SamplingRate"], found["Fields"]) == (made["ARN"], 50, ["c-ip", "asn"])
    cloudfront.delete_realtime_log_config(ARN=made["ARN"])
    assert "mutable" not in str(cloudfront.list_realtime_log_configs())


def test_requests_at_the_same_time_are_each_logged_once(edge: Edge) -> None:
    def view(number: int) -> str:
        return str(edge.request("GET", f"/pixel.gif?e=crowd&n={number}").getheader("X-Amz-Cf-Id"))

    with ThreadPoolExecutor(8) as viewers:
        request_ids = list(viewers.map(view, range(300)))
    edge.delivered(request_ids[-1])

    def lines() -> list[str]:
        return [line for line in edge.lake().decode().splitlines() if "e=crowd&" in line]

    wait_until(lambda: len(lines()) >= 300, "300 lines are delivered", lambda: len(lines()))
    assert Counter(line.split("\t")[FIELDS.index("x-edge-request-id")] for line in lines()) == Counter(request_ids)
    assert len(set(request_ids)) == 300


def test_bytes_that_are_not_ascii_and_repeated_headers_make_one_whole_line(edge: Edge) -> None:
    head = b"GET /pixel.gif?e=odd HTTP/1.1\r\nhost: HOST\r\nx-forwarded-proto: https\r\n"
    head += 'user-agent: Käse\t"1"\r\nx-odd: one\r\nx-odd: two\r\n'.encode()
    response = edge.request_bytes(head).decode("latin-1").lower()
    assert response.startswith("http/1.1 200")
    found = re.search(r"(?m)^x-amz-cf-id: (\S+)", edge.request_bytes(head).decode(), re.IGNORECASE)
    assert found
    line = edge.delivered(found[1])
    assert line["cs-user-agent"] == "K%C3%A4se%09%221%22"
    assert "x-odd:one,%20two%0A" in line["cs-headers"]


def test_an_object_of_the_lake_is_announced_like_one_that_is_put(edge: Edge) -> None:
    s3, sqs, events = (edge.cloud.client(name) for name in ("s3", "sqs", "events"))
    url = sqs.create_queue(QueueName="created")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name="created", EventPattern='{"source": ["aws.s3"], "detail-type": ["Object Created"]}')
    events.put_targets(Rule="created", Targets=[{"Id": "queue", "Arn": arn}])
    s3.put_bucket_notification_configuration(Bucket="lake", NotificationConfiguration={"EventBridgeConfiguration": {}})
    s3.put_object(Bucket="lake", Key="elsewhere/put", Body=b"x")
    edge.delivered(str(edge.request("GET", "/pixel.gif").getheader("X-Amz-Cf-Id")))
    announced: dict[str, dict[str, Any]] = {}

    def both() -> bool:
        received = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1, MaxNumberOfMessages=10)
        for message in received.get("Messages", []):
            event = json.loads(message["Body"])
            announced[event["detail"]["object"]["key"].partition("/")[0]] = event
        return len(announced) == 2

    wait_until(both, "both objects are announced", lambda: list(announced))
    s3.put_bucket_notification_configuration(Bucket="lake", NotificationConfiguration={})
    s3.delete_object(Bucket="lake", Key="elsewhere/put")
    put, delivered = announced["elsewhere"], announced["events"]  # on their way, one may overtake the other
    assert put["detail"]["object"]["key"] == "elsewhere/put"
    assert delivered["detail"]["object"]["key"].startswith("events/dt=")
    assert {key: delivered[key] for key in ("account", "region", "source", "resources")} == {
        key: put[key] for key in ("account", "region", "source", "resources")
    }
    assert delivered["detail"].keys() == put["detail"].keys()
    assert (delivered["detail"]["bucket"], delivered["detail"]["reason"]) == ({"name": "lake"}, "PutObject")


def test_log_lines_for_a_stream_that_is_gone_are_lost_and_counted(edge: Edge) -> None:
    cloudfront = edge.cloud.client("cloudfront")
    config = cloudfront.get_realtime_log_config(Name="log")["RealtimeLogConfig"]
    gone = {key: config[key] for key in ("ARN", "SamplingRate", "Fields")}
    before = _lost_lines(edge)
    kinesis = edge.cloud.client("kinesis")
    kinesis.create_stream(StreamName="gone", ShardCount=1)
    arn = kinesis.describe_stream_summary(StreamName="gone")["StreamDescriptionSummary"]["StreamARN"]
    cloudfront.update_realtime_log_config(EndPoints=[end_point(arn)], **gone)
    kinesis.delete_stream(StreamName="gone")
    try:
        assert edge.request("GET", "/pixel.gif").status == 200
    finally:
        cloudfront.update_realtime_log_config(EndPoints=config["EndPoints"], **gone)
    assert _lost_lines(edge) - before == 1


def _lost_lines(edge: Edge) -> int:
    connection = HTTPConnection("127.0.0.1", edge.cloud.local_port or 0, timeout=PATIENCE_SECONDS)
    connection.request("GET", "/_localcloud/health")
    count: int = json.loads(connection.getresponse().read())["lost_log_lines"]
    connection.close()
    return count


def test_a_simulated_time_that_is_none_is_a_bad_request(edge: Edge) -> None:
    assert edge.request("GET", "/pixel.gif", {"x-localcloud-time": "soon"}).status == 400


def test_log_configurations_are_listed_page_by_page(edge: Edge) -> None:
    cloudfront = edge.cloud.client("cloudfront")
    made = [
        cloudfront.create_realtime_log_config(
            Name=name, SamplingRate=1, Fields=["timestamp"], EndPoints=[end_point(edge.stream_arn)]
        )["RealtimeLogConfig"]["ARN"]
        for name in ("page-1", "page-2", "lo")
    ]
    names: list[str] = []
    page = cloudfront.list_realtime_log_configs(MaxItems="2")["RealtimeLogConfigs"]
    while True:
        names += [config["Name"] for config in page["Items"]]
        if not page["IsTruncated"]:
            break
        page = cloudfront.list_realtime_log_configs(MaxItems="2", Marker=page["NextMarker"])["RealtimeLogConfigs"]
    for arn in made:  # the ARN of `lo` is the beginning of the one of `log`, which is in use
        cloudfront.delete_realtime_log_config(ARN=arn)
    assert names == ["lo", "log", "page-1", "page-2"]
