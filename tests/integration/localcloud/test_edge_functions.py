# SPDX-License-Identifier: Apache-2.0
"""CloudFront Functions at the local edge: what they see, what they log, and what becomes of their failures."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPResponse
from typing import Any
from urllib.parse import unquote

import pytest
from botocore.exceptions import ClientError

from edgepixel.aws.cloud import Cloud
from edgepixel.edge_function import code
from edgepixel.local import local_cloud
from tests.integration.localcloud.edge import Edge, make_edge
from tests.waiting import wait_until

FIELDS = ("sc-status", "x-edge-request-id", "x-edge-result-type", "viewer-request-log-data")
NAME = "says"
CONFIG = {"Comment": "", "Runtime": "cloudfront-js-2.0"}
SAYS_THE_EVENT = """
import cf from 'cloudfront';
function handler(event) {
    const request = event.request;
    const names = Object.keys(request.headers).sort().join(' ');
    cf.logCustomData([event.version, event.context.eventType, event.context.distributionDomainName,
        event.context.requestId, event.viewer.ip, request.method, request.uri, request.querystring.t.value,
        request.rawQueryString(), request.cookies.c.value, request.headers.accept.value, names].join('|'));
    return request;
}
"""


@dataclass(frozen=True)
class FunctionEdge:
    """An edge with one function on its pixel."""

    edge: Edge
    distribution_id: str

    def publish(self, source: str) -> None:
        """Let the function have this code from now on."""
        cloudfront = self.edge.cloud.client("cloudfront")
        version = cloudfront.describe_function(Name=NAME, Stage="DEVELOPMENT")["ETag"]
        cloudfront.update_function(Name=NAME, IfMatch=version, FunctionConfig=CONFIG, FunctionCode=source.encode())
        cloudfront.publish_function(
            Name=NAME, IfMatch=cloudfront.describe_function(Name=NAME, Stage="DEVELOPMENT")["ETag"]
        )

    def logged(self, response: HTTPResponse) -> dict[str, str]:
        """The delivered log line of a response."""
        request_id = str(response.getheader("X-Amz-Cf-Id"))

        def lines() -> list[str]:
            return [line for line in self.edge.lake().decode().splitlines() if f"\t{request_id}\t" in line]

        (line, *_) = wait_until(lines, f"a line of {request_id} is delivered", pause_seconds=0.1)
        return dict(zip(FIELDS, line.split("\t"), strict=True))

    def sum(self, metric: str, begin: datetime, **dimensions: str) -> float:
        """What a metric of the distribution's counted in the minute that begins then."""
        everywhere = {"DistributionId": self.distribution_id, "Region": "Global", **dimensions}
        query = {
            "Id": "m",
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/CloudFront",
                    "MetricName": metric,
                    "Dimensions": [{"Name": name, "Value": value} for name, value in everywhere.items()],
                },
                "Period": 60,
                "Stat": "Sum",
            },
        }
        cloudwatch = self.edge.cloud.client("cloudwatch")
        end = begin + timedelta(minutes=1)
        result = cloudwatch.get_metric_data(MetricDataQueries=[query], StartTime=begin, EndTime=end)
        return sum(result["MetricDataResults"][0]["Values"])


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    home = tmp_path_factory.mktemp("functions")
    state = local_cloud.start("none", home, local_cloud.free_port(), idle_minutes=5)
    yield state.cloud
    local_cloud.stop(state, home)


@pytest.fixture(scope="module")
def function_edge(cloud: Cloud) -> FunctionEdge:
    edge, cloudfront = make_edge(cloud), cloud.client("cloudfront")
    created = cloudfront.create_function(Name=NAME, FunctionConfig=CONFIG, FunctionCode=SAYS_THE_EVENT.encode())
    arn = created["FunctionSummary"]["FunctionMetadata"]["FunctionARN"]
    (distribution,) = cloudfront.list_distributions()["DistributionList"]["Items"]
    got = cloudfront.get_distribution_config(Id=distribution["Id"])
    config: dict[str, Any] = got["DistributionConfig"]
    behavior = config["CacheBehaviors"]["Items"][0]
    associations = [{"EventType": "viewer-request", "FunctionARN": arn}]
    behavior["FunctionAssociations"] = {"Quantity": 1, "Items": associations}
    update = {"Id": distribution["Id"], "IfMatch": got["ETag"], "DistributionConfig": config}
    with pytest.raises(ClientError, match="InvalidFunctionAssociation"):  # it is not live
        cloudfront.update_distribution(**update)
    cloudfront.publish_function(Name=NAME, IfMatch=created["ETag"])
    cloudfront.update_distribution(**update)
    log_config = cloudfront.get_realtime_log_config(Name="log")["RealtimeLogConfig"]
    cloudfront.update_realtime_log_config(
        Name="log", SamplingRate=100, EndPoints=log_config["EndPoints"], Fields=list(FIELDS)
    )
    return FunctionEdge(edge, distribution["Id"])


def test_a_function_sees_the_viewers_request_and_its_words_are_in_the_log(function_edge: FunctionEdge) -> None:
    function_edge.publish(SAYS_THE_EVENT)
    headers = {
        "accept": "*/*", "Accept-Encoding": "gzip", "Cookie": "c=d", "X-Real-IP": "192.0.2.9",
        "x-localcloud-address": "2001:db8::1", "x-localcloud-country": "DE",
    }  # fmt: skip
    response = function_edge.edge.request("GET", "/pixel.gif?t=a%20b", headers)
    assert response.status == 200
    line = function_edge.logged(response)
    assert unquote(line["viewer-request-log-data"]).split("|") == [
        "1.0", "viewer-request", function_edge.edge.host, line["x-edge-request-id"], "2001:db8::1", "GET",
        "/pixel.gif", "a b", "t=a%20b", "d", "*/*", "accept accept-encoding host",
    ]  # fmt: skip


def test_the_edge_function_describes_a_hit(function_edge: FunctionEdge) -> None:
    function_edge.publish(code("truncated", "true"))
    headers = {"x-localcloud-address": "203.0.113.77", "Accept-Language": "de-AT,de;q=0.9", "Sec-CH-UA-Mobile": "?1"}
    line = function_edge.logged(function_edge.edge.request("GET", "/pixel.gif?e=x", headers))
    assert line["viewer-request-log-data"] == "v%3D1%26a%3D203.0.113.0%26l%3Dde-AT%26m%3D1"


@pytest.mark.parametrize(
    ("source", "status", "result_type"),
    [
        ("function handler(event) { throw new Error('no'); }", "503", "FunctionExecutionError"),
        ("function handler(event) { return nothing; }", "503", "FunctionExecutionError"),
        ("function handler(event) { return undefined; }", "502", "Error"),
        (
            "function handler(event) { event.request.headers.host = {value: 'x'}; return event.request; }",
            "502",
            "Error",
        ),
        ("function handler(event) { return {statusCode: '200'}; }", "502", "Error"),
        ("function handler(event) {", "503", "FunctionThrottledError"),
        ("function handler(event) { return {statusCode: 204}; }", "204", "FunctionGeneratedResponse"),
        ("function handler(event) { return {statusCode: 403}; }", "403", "FunctionGeneratedResponse"),
        ("async function handler(event) { return event.request; }", "200", "Hit"),
    ],
)
def test_what_a_function_does_wrong_the_viewer_gets(
    function_edge: FunctionEdge, source: str, status: str, result_type: str
) -> None:
    function_edge.edge.request("GET", "/pixel.gif?e=first")  # so that the image is in the cache
    function_edge.publish(source)
    response = function_edge.edge.request("GET", "/pixel.gif?e=x")
    assert str(response.status) == status
    line = function_edge.logged(response)
    assert (line["sc-status"], line["x-edge-result-type"], line["viewer-request-log-data"]) == (
        status,
        result_type,
        "-",
    )


def test_requests_and_invocations_are_counted_in_the_minute_that_the_log_line_says(function_edge: FunctionEdge) -> None:
    begin = (datetime.now(UTC) - timedelta(hours=5)).replace(second=0, microsecond=0)
    simulated = {"x-localcloud-time": str(begin.timestamp() + 59)}
    function_edge.publish(code("truncated", "true"))
    for _ in range(3):
        function_edge.edge.request("GET", "/pixel.gif", simulated)
    redirect = function_edge.edge.request("GET", "/pixel.gif", {**simulated, "x-forwarded-proto": "http"})
    refused = function_edge.edge.request("POST", "/pixel.gif", simulated)
    function_edge.edge.request("GET", "/other", simulated)
    for response in (redirect, refused):
        assert function_edge.logged(response)["viewer-request-log-data"] == "-"
    function_edge.publish("function handler(event) { throw new Error('no'); }")
    function_edge.edge.request("GET", "/pixel.gif", simulated)
    function_edge.publish("function handler(event) { return 1; }")
    function_edge.edge.request("GET", "/pixel.gif", simulated)
    assert function_edge.sum("Requests", begin) == 8
    assert function_edge.sum("FunctionInvocations", begin, FunctionName=NAME) == 5
    assert function_edge.sum("FunctionExecutionErrors", begin, FunctionName=NAME) == 1
    assert function_edge.sum("FunctionValidationErrors", begin, FunctionName=NAME) == 1
    assert function_edge.sum("Requests", begin + timedelta(minutes=1)) == 0


def test_a_function_in_use_stays(function_edge: FunctionEdge) -> None:
    cloudfront = function_edge.edge.cloud.client("cloudfront")
    version = cloudfront.describe_function(Name=NAME, Stage="DEVELOPMENT")["ETag"]
    with pytest.raises(ClientError, match="FunctionInUse"):
        cloudfront.delete_function(Name=NAME, IfMatch=version)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"FunctionCode": b"x" * 10_241}, "FunctionSizeLimitExceeded"),
        ({"Name": "a b"}, "InvalidArgument"),
        ({"FunctionConfig": {"Comment": "", "Runtime": "cloudfront-js-3.0"}}, "InvalidArgument"),
        ({"FunctionConfig": {"Comment": "x" * 129, "Runtime": "cloudfront-js-2.0"}}, "InvalidArgument"),
    ],
)
def test_a_function_that_cloudfront_would_refuse_is_refused(cloud: Cloud, changed: dict[str, Any], error: str) -> None:
    with pytest.raises(ClientError, match=error):
        cloud.client("cloudfront").create_function(
            **{"Name": "other", "FunctionConfig": CONFIG, "FunctionCode": b"x" * 10_240} | changed
        )
