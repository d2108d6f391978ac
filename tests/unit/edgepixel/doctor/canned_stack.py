# SPDX-License-Identifier: Apache-2.0
"""A healthy stack, as AWS describes it: one canned response for each operation, behind clients that check the calls."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from edgepixel.aws.stack import Stack
from edgepixel.doctor.facts.said import Refused
from edgepixel.template.reader import logged_fields
from tests.fakes.client import FakeClient, client_error
from tests.unit.edgepixel.fake_cloud import STACK, fake_cloud

ACCOUNT = "123456789012"
RAW, AGGREGATED = (f"arn:aws:kinesis:eu-west-1:{ACCOUNT}:stream/{name}" for name in ("raw", "aggregated"))
CONFIG = f"arn:aws:cloudfront::{ACCOUNT}:realtime-log-config/edgepixel-eu-west-1"
TRIGGER = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:trigger"
LAKE = "edgepixel-lake"
_NAME = "edgepixel-1-0a1b2c3d"
FUNCTION = "arn:aws:cloudfront::123456789012:function/edgepixel-1"
RESOURCES = {
    "AggregatorFunctionLogLines": ("AWS::Lambda::EventSourceMapping", "0f6c2b1e-6a2e-41f0-9c1b-0a58a9feac02"),
    "AggregatorRole": ("AWS::IAM::Role", "aggregator-role"),
    "CrawlerRole": ("AWS::IAM::Role", "crawler-role"),
    "CrawlerTriggerFunctionObjectCreated": ("AWS::Events::Rule", "rule"),
    "CrawlerTriggerRole": ("AWS::IAM::Role", "trigger-role"),
    "DeliveryRole": ("AWS::IAM::Role", "delivery-role"),
    "AggregateEventCountAnswer": ("AWS::Athena::NamedQuery", "query-1"),
    "PixelFunction": ("AWS::CloudFront::Function", FUNCTION),
    "RealtimeLogRole": ("AWS::IAM::Role", "log-role"),
}
SQL = (
    "SELECT event, count(*) AS events FROM events WHERE event_time > date_add('day', -7 /* days */, current_timestamp) "
    "GROUP BY event"
)
COLUMNS = [{"Name": "timestamp"}, {"Name": "c_ip"}]
OUTPUTS = {
    "DistributionId": "E123",
    "SiteBucketName": "edgepixel-site",
    "RealtimeLogConfigArn": CONFIG,
    "RawStreamName": "raw",
    "AggregatedStreamName": "aggregated",
    "AggregatorFunctionName": "aggregator",
    "CrawlerTriggerFunctionName": "trigger",
    "DeliveryStreamName": "delivery",
    "CrawlerName": "crawler",
    "AlarmTopicArn": f"arn:aws:sns:eu-west-1:{ACCOUNT}:alarms",
}
PARAMETERS = {
    "Aggregation": "enabled",
    "AggregateBytes": "921600",
    "BatchingWindowSeconds": "60",
    "BufferSeconds": "900",
    "EdgeFunction": "enabled",
    "PixelPath": "/pixel.gif",
    "SamplingRate": "100",
}

type Changes = dict[tuple[str, str], dict[str, Any] | Refused]
"""Other responses, by service and operation."""
type Responses = dict[str, Callable[[dict[str, Any]], dict[str, Any] | Refused]]


class CannedService:
    """Responds to each operation with what `responses` has for it; a Refused is raised as boto3 does."""

    def __init__(self, responses: Responses) -> None:
        self._responses = responses

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def call(**arguments: Any) -> dict[str, Any]:
            response = self._responses[operation](arguments)
            if isinstance(response, Refused):
                raise client_error(response.code, response.message, response.operation)
            return response

        return call


def _objects(arguments: dict[str, Any]) -> dict[str, Any]:
    if arguments.get("Delimiter"):
        return {"CommonPrefixes": [{"Prefix": f"{arguments['Prefix']}hour=00/"}]}
    old = {"Key": arguments["Prefix"], "LastModified": datetime(2026, 1, 1, tzinfo=UTC), "Size": 1}
    return {"Contents": [old]}


def _named(arguments: dict[str, Any]) -> dict[str, Any]:
    query = {"Name": "aggregate-event-count", "NamedQueryId": "query-1", "QueryString": SQL}
    return {"NamedQueries": [query]} if "query-1" in arguments["NamedQueryIds"] else {"NamedQueries": []}


def _table(arguments: dict[str, Any]) -> dict[str, Any]:
    if arguments["Name"] == "events":
        return {"Table": {"TableType": "VIRTUAL_VIEW"}}
    keys = [{"Name": "dt"}, {"Name": "hour"}]
    return {"Table": {"PartitionKeys": keys, "StorageDescriptor": {"Columns": COLUMNS}}}


def _simulated(arguments: dict[str, Any]) -> dict[str, Any]:
    return {
        "EvaluationResults": [{"EvalActionName": name, "EvalDecision": "allowed"} for name in arguments["ActionNames"]]
    }


def _function(arguments: dict[str, Any]) -> dict[str, Any]:
    name = arguments["FunctionName"]
    variables = {"LOG_FIELDS": "timestamp,c-ip", "AGGREGATED_STREAM_NAME": "aggregated"}
    return {"State": "Active", "FunctionArn": TRIGGER.replace("trigger", name), "Environment": {"Variables": variables}}


def _always(response: dict[str, Any] | Refused) -> Callable[[dict[str, Any]], dict[str, Any] | Refused]:
    return lambda _: response


def responses() -> dict[str, Responses]:
    """What each service responds with, by boto3's names."""
    associated = {"Items": [{"EventType": "viewer-request", "FunctionARN": FUNCTION}]}
    behavior = {"PathPattern": "/pixel.gif", "RealtimeLogConfigArn": CONFIG, "FunctionAssociations": associated}
    config = {"Enabled": True, "CacheBehaviors": {"Items": [behavior]}}
    allowed = json.dumps({"Statement": [{"Principal": {"Service": "events.amazonaws.com"}}]})
    delivery = {
        "DeliveryStreamStatus": "ACTIVE",
        "Source": {"KinesisStreamSourceDescription": {"KinesisStreamARN": AGGREGATED}},
        "Destinations": [{"ExtendedS3DestinationDescription": {"BucketARN": f"arn:aws:s3:::{LAKE}"}}],
    }
    found = [
        {"LogicalResourceId": name, "ResourceType": kind, "PhysicalResourceId": identifier}
        for name, (kind, identifier) in RESOURCES.items()
    ]
    log_config = {
        "SamplingRate": 100,
        "EndPoints": [{"KinesisStreamConfig": {"StreamARN": RAW}}],
        "Fields": logged_fields(True, "truncated"),
    }
    return {
        "cloudformation": {"list_stack_resources": _always({"StackResourceSummaries": found})},
        "cloudfront": {
            "get_distribution": _always({"Distribution": {"Status": "Deployed", "DistributionConfig": config}}),
            "get_realtime_log_config": _always({"RealtimeLogConfig": log_config}),
        },
        "s3": {
            "list_objects_v2": _objects,
            "get_bucket_policy": _always({"Policy": '{"Statement": []}'}),
            "get_bucket_notification_configuration": _always({"EventBridgeConfiguration": {}}),
        },
        "kinesis": {"describe_stream_summary": _always({"StreamDescriptionSummary": {"StreamStatus": "ACTIVE"}})},
        "lambda": {
            "get_function_configuration": _function,
            "get_function_concurrency": _always({}),
            "get_account_settings": _always({"AccountLimit": {"ConcurrentExecutions": 1000}}),
            "get_event_source_mapping": _always({"State": "Enabled", "EventSourceArn": RAW}),
            "get_policy": _always({"Policy": allowed}),
        },
        "firehose": {"describe_delivery_stream": _always({"DeliveryStreamDescription": delivery})},
        "events": {
            "describe_rule": _always({"State": "ENABLED"}),
            "list_targets_by_rule": _always({"Targets": [{"Arn": TRIGGER}]}),
        },
        "glue": {
            "get_database": _always({"Database": {}}),
            "get_table": _table,
            "get_partition": _always({"Partition": {}}),
            "get_crawler": _always({"Crawler": {}}),
        },
        "iam": {"get_role": lambda asked: {"Role": {"Arn": f"arn:aws:iam::{ACCOUNT}:role/{asked['RoleName']}"}},
                "simulate_principal_policy": _simulated},
        "cloudwatch": {"get_metric_statistics": _always({"Datapoints": []})},
        "athena": {
            "get_work_group": _always({"WorkGroup": {"State": "ENABLED"}}),
            "list_named_queries": _always({"NamedQueryIds": ["query-1"]}),
            "batch_get_named_query": _named,
            "start_query_execution": _always({"QueryExecutionId": "execution-1"}),
            "get_query_execution": _always({"QueryExecution": {"Status": {"State": "SUCCEEDED"}}}),
            "get_query_results": _always(
                {"ResultSet": {"Rows": [], "ResultSetMetadata": {"ColumnInfo": []}}}
            ),
        },
    }  # fmt: skip


STANDARD = f"arn:aws:cloudfront::{ACCOUNT}:distribution/E123"
DESTINATION = f"arn:aws:logs:us-east-1:{ACCOUNT}:delivery-destination:edgepixel-1-0a1b2c3d"


def _log_delivery(logical_id: str, folder: str) -> Changes:
    """A resource of the kind LogDelivery, and how its delivery is there."""
    statement = {"Effect": "Allow", "Principal": {"Service": "delivery.logs.amazonaws.com"}, "Action": "s3:PutObject"}
    source = {"name": "theirs", "resourceArns": [STANDARD], "logType": "ACCESS_LOGS"}
    target = {"destinationResourceArn": f"arn:aws:s3:::{LAKE}/{folder}"}
    destination = {"arn": DESTINATION, "deliveryDestinationConfiguration": target}
    names = {**RESOURCES, logical_id: ("AWS::CloudFormation::CustomResource", f"log-delivery:{_NAME}@{STANDARD}")}
    listed = [
        {"LogicalResourceId": name, "ResourceType": kind, "PhysicalResourceId": identifier}
        for name, (kind, identifier) in names.items()
    ]
    return {
        ("cloudformation", "list_stack_resources"): {"StackResourceSummaries": listed},
        ("s3", "get_bucket_policy"): {"Policy": json.dumps({"Statement": [statement]})},
        ("logs", "get_delivery_destination"): {"deliveryDestination": destination},
        ("logs", "describe_delivery_sources"): {"deliverySources": [source]},
        ("logs", "describe_deliveries"): {
            "deliveries": [{"deliverySourceName": "theirs", "deliveryDestinationArn": DESTINATION}]
        },
    }


def cross_checked_stack(changes: Changes | None = None) -> Stack:
    """A stack of real-time logs with the cross-check, with other responses to some operations."""
    stack = canned_stack({**_log_delivery("CrossCheckDelivery", "cross-check"), **(changes or {})})
    return replace(stack, parameters={**stack.parameters, "CrossCheck": "enabled"})


def standard_stack(changes: Changes | None = None) -> Stack:
    """The same with standard logs only, with other responses to some operations."""
    more = _log_delivery("LogDelivery", "events")
    stack = canned_stack({**more, **(changes or {})})
    gone = {
        "RealtimeLogConfigArn",
        "RawStreamName",
        "AggregatedStreamName",
        "AggregatorFunctionName",
        "DeliveryStreamName",
    }
    outputs = {name: value for name, value in stack.outputs.items() if name not in gone}
    return replace(stack, outputs=outputs, parameters={**stack.parameters, "Source": "standard"})


def canned_stack(changes: Changes | None = None) -> Stack:
    """The stack, with other responses to some operations."""
    told = responses()
    for (service, operation), response in (changes or {}).items():
        told.setdefault(service, {})[operation] = _always(response)
    clients: dict[str, Any] = {service: FakeClient(service, CannedService(canned)) for service, canned in told.items()}
    clients["kinesis"].meta.region_name = "eu-west-1"
    outputs = {**STACK.outputs, **OUTPUTS}
    return replace(STACK, cloud=fake_cloud(**clients), outputs=outputs, parameters={**STACK.parameters, **PARAMETERS})
