# SPDX-License-Identifier: Apache-2.0
"""Alarms of a deployed stack tell the topic when their metric goes over the line.

tests/unit/template/test_alarms.py has more samples, over the line and just below it.
"""

import json
import time
from typing import Any

import pytest

from edgepixel.aws.cloud import Cloud
from edgepixel.aws.stack import Stack
from localcloud.cloudwatch.alarm_state import metrics_of
from tests.alarm_cases import CASES, RING_WITHOUT, Samples
from tests.waiting import wait_until

ALARM = "AWS::CloudWatch::Alarm"
ABOUT_THE_AGGREGATOR = {
    "AggregatorLagAlarm", "AggregatorErrorsAlarm", "FailedBatchesAlarm", "LostBatchesAlarm", "QuarantineRateAlarm",
    "MoreFieldsAlarm",
}  # fmt: skip
OF_STANDARD_LOGS_ONLY = {"FileSilenceAlarm"}


@pytest.fixture(scope="module")
def messages(cloud: Cloud, stacks: dict[str, Stack]) -> str:
    """The URL of a queue that gets what the topic of the stack with aggregation gets."""
    url: str = cloud.client("sqs").create_queue(QueueName="alarms")["QueueUrl"]
    arn = cloud.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    topic = stacks["enabled"].outputs["AlarmTopicArn"]
    cloud.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return url


def test_every_alarm_is_there_with_an_action(cloud: Cloud, stacks: dict[str, Stack]) -> None:
    for name, without in (("enabled", set[str]()), ("disabled", ABOUT_THE_AGGREGATOR)):
        alarms = _alarms(cloud, name)
        assert set(alarms) == CASES.keys() - without - OF_STANDARD_LOGS_ONLY
        topic = stacks[name].outputs["AlarmTopicArn"]
        assert {tuple(alarm["AlarmActions"] + alarm["OKActions"]) for alarm in alarms.values()} == {(topic, topic)}


def test_a_stack_without_a_view_is_silent_until_the_first(cloud: Cloud, messages: str) -> None:
    alarm = _alarms(cloud, "enabled")["SilenceAlarm"]
    assert alarm["StateValue"] == "ALARM"
    _put(cloud, alarm, {"IncomingRecords": [(10, 1)]})
    _wait_until_told(cloud, messages, alarm, "OK")


@pytest.mark.parametrize("name", sorted(CASES.keys() - RING_WITHOUT - OF_STANDARD_LOGS_ONLY))
def test_a_metric_over_the_line_is_told(cloud: Cloud, messages: str, name: str) -> None:
    alarm = _alarms(cloud, "enabled")[name]
    assert alarm["StateValue"] != "ALARM"
    _put(cloud, alarm, CASES[name].over)
    _wait_until_told(cloud, messages, alarm, "ALARM")


def test_the_dashboard_is_there(cloud: Cloud, stacks: dict[str, Stack]) -> None:
    for name, stack in stacks.items():
        (dashboard,) = cloud.client("cloudwatch").list_dashboards(DashboardNamePrefix=f"{name}-")["DashboardEntries"]
        body = cloud.client("cloudwatch").get_dashboard(DashboardName=dashboard["DashboardName"])["DashboardBody"]
        widgets = json.loads(body)["widgets"]
        assert stack.raw_stream in json.dumps(widgets)
        assert any(alarm.endswith(f":{name}-lines-refused") for alarm in widgets[0]["properties"]["alarms"])


def _alarms(cloud: Cloud, stack: str) -> dict[str, dict[str, Any]]:
    """The stack's alarms by their logical ids, as CloudWatch describes them."""
    resources = cloud.client("cloudformation").describe_stack_resources(StackName=stack)["StackResources"]
    names = {one["PhysicalResourceId"]: one["LogicalResourceId"] for one in resources if one["ResourceType"] == ALARM}
    described = cloud.client("cloudwatch").describe_alarms(AlarmNames=list(names))["MetricAlarms"]
    return {names[alarm["AlarmName"]]: alarm for alarm in described}


def _put(cloud: Cloud, alarm: dict[str, Any], samples: Samples) -> None:
    """Put samples of the alarm's metrics."""
    cloudwatch, now = cloud.client("cloudwatch"), time.time()
    for metric in metrics_of(alarm):
        data = [
            {
                "MetricName": metric["MetricName"],
                "Dimensions": metric["Dimensions"],
                "Timestamp": now - ago,
                "Value": value,
            }
            for ago, value in samples.get(metric["MetricName"], [])
        ]
        for start in range(0, len(data), 500):
            cloudwatch.put_metric_data(Namespace=metric["Namespace"], MetricData=data[start : start + 500])


def _wait_until_told(cloud: Cloud, messages: str, alarm: dict[str, Any], state: str) -> None:
    told = (alarm["AlarmName"], state)
    wait_until(lambda: told in _told(cloud, messages), f"{told} is told", pause_seconds=0.2)


def _told(cloud: Cloud, queue: str) -> set[tuple[str, str]]:
    """Names and new states of the alarms in the messages that have come, at most ten. They are removed."""
    sqs = cloud.client("sqs")
    received = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
    for message in received:
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    notes = [json.loads(json.loads(message["Body"])["Message"]) for message in received]
    return {(note["AlarmName"], note["NewStateValue"]) for note in notes}
