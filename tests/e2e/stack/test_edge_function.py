# SPDX-License-Identifier: Apache-2.0
"""The edge function of a stack: it runs for each hit as the parameters say, and goes when it is disabled."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from edgepixel.aws.cloud import Cloud
from edgepixel.aws.stack import Stack
from edgepixel.edge_function import code
from tests.e2e.stack.steps.removal import delete_stack
from tests.e2e.stack.steps.updating import physical_ids, update_stack
from tests.waiting import PATIENCE_SECONDS


def test_the_function_runs_for_each_hit_until_it_is_disabled(
    cloud: Cloud, deploy_stack: Callable[[str, dict[str, str]], Stack]
) -> None:
    # Without an aggregator addresses may be shortened, because the function does it.
    stack = deploy_stack("function", {"Aggregation": "disabled", "HonorGlobalPrivacyControl": "false"})
    name = physical_ids(cloud, "function")["PixelFunction"]
    cloudfront = cloud.client("cloudfront")
    assert cloudfront.get_function(Name=name, Stage="LIVE")["FunctionCode"].read().decode() == code(
        "truncated", "false"
    )
    for _ in range(3):
        _hit(cloud, stack)
    assert _invocations(cloud, stack, name) == 3

    update_stack(cloud, "function", {"HonorGlobalPrivacyControl": "true"})
    assert cloudfront.get_function(Name=name, Stage="LIVE")["FunctionCode"].read().decode() == code("truncated", "true")

    update_stack(cloud, "function", {"EdgeFunction": "disabled", "Aggregation": "enabled"})
    _hit(cloud, stack)
    assert _invocations(cloud, stack, name) == 3
    assert name not in _functions(cloudfront)

    update_stack(cloud, "function", {"EdgeFunction": "enabled"})
    _hit(cloud, stack)
    assert _invocations(cloud, stack, name) == 4
    delete_stack(cloud, "function")
    assert name not in _functions(cloudfront)


def _hit(cloud: Cloud, stack: Stack) -> None:
    url = urlsplit(stack.pixel_url)
    connection = HTTPConnection("127.0.0.1", cloud.local_port or 0, timeout=PATIENCE_SECONDS)
    connection.request("GET", url.path, headers={"Host": url.netloc, "x-forwarded-proto": "https"})
    assert connection.getresponse().status == 200
    connection.close()


def _functions(cloudfront: Any) -> set[str]:
    return {one["Name"] for one in cloudfront.list_functions()["FunctionList"].get("Items", [])}


def _invocations(cloud: Cloud, stack: Stack, function: str) -> float:
    now = datetime.now(UTC)
    dimensions = {"DistributionId": stack.outputs["DistributionId"], "FunctionName": function, "Region": "Global"}
    points = cloud.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/CloudFront",
        MetricName="FunctionInvocations",
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        StartTime=now - timedelta(hours=3),
        EndTime=now + timedelta(minutes=1),
        Period=60,
        Statistics=["Sum"],
    )["Datapoints"]
    return sum(point["Sum"] for point in points)
