# SPDX-License-Identifier: Apache-2.0
"""Deleting a stack: nothing stays but, unless it was asked otherwise, the events."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import jmespath

from edgepixel.aws.cloud import Cloud
from edgepixel.aws.lake_names import QUARANTINE
from edgepixel.aws.stack import Stack
from edgepixel.traffic.recorder import record_traffic
from tests.e2e.conftest import Answered
from tests.e2e.stack.steps.removal import delete_stack


def _listed(cloud: Cloud, service: str, operation: str, results: str, **arguments: Any) -> list[Any]:
    """Everything that an operation lists, on as many pages as it takes.

    The local cloud is shared: with four stacks before this one, the first page of alarms (50) has none of its.
    """
    client = cloud.client(service)
    if client.can_paginate(operation):
        pages = client.get_paginator(operation).paginate(**arguments)
    else:
        pages = [getattr(client, operation)(**arguments)]
    return [one for page in pages for one in jmespath.search(results, page) or []]


def _inventory(cloud: Cloud) -> dict[str, set[Any]]:
    """The names of everything of the kinds that the template, or its custom resources, create."""
    list_all = partial(_listed, cloud)
    workgroups = set(list_all("athena", "list_work_groups", "WorkGroups[].Name"))
    return {
        "buckets": set(list_all("s3", "list_buckets", "Buckets[].Name")),
        "streams": set(list_all("kinesis", "list_streams", "StreamNames")),
        "delivery streams": set(list_all("firehose", "list_delivery_streams", "DeliveryStreamNames", Limit=100)),
        "functions": set(list_all("lambda", "list_functions", "Functions[].FunctionName")),
        "event sources": set(list_all("lambda", "list_event_source_mappings", "EventSourceMappings[].UUID")),
        "distributions": set(list_all("cloudfront", "list_distributions", "DistributionList.Items[].Id")),
        "log configurations": set(
            list_all("cloudfront", "list_realtime_log_configs", "RealtimeLogConfigs.Items[].Name", MaxItems="100")
        ),
        "origin access controls": set(
            list_all("cloudfront", "list_origin_access_controls", "OriginAccessControlList.Items[].Id")
        ),
        "response headers policies": set(
            list_all(
                "cloudfront",
                "list_response_headers_policies",
                "ResponseHeadersPolicyList.Items[].ResponseHeadersPolicy.Id",
                Type="custom",
                MaxItems="100",
            )
        ),
        "databases": set(list_all("glue", "get_databases", "DatabaseList[].Name")),
        "crawlers": set(list_all("glue", "get_crawlers", "Crawlers[].Name")),
        "classifiers": set(list_all("glue", "get_classifiers", "Classifiers[].CsvClassifier.Name")),
        "workgroups": workgroups,
        "answers": {
            query
            for group in workgroups
            for query in list_all("athena", "list_named_queries", "NamedQueryIds", WorkGroup=group)
        },
        "log groups": set(list_all("logs", "describe_log_groups", "logGroups[].logGroupName")),
        "rules": set(list_all("events", "list_rules", "Rules[].Name")),
        "queues": set(list_all("sqs", "list_queues", "QueueUrls")),
        "topics": set(list_all("sns", "list_topics", "Topics[].TopicArn")),
        "subscriptions": {
            (subscription["Protocol"], subscription["Endpoint"], subscription["TopicArn"])
            for subscription in list_all("sns", "list_subscriptions", "Subscriptions")
        },
        "alarms": set(list_all("cloudwatch", "describe_alarms", "MetricAlarms[].AlarmName")),
        "dashboards": set(list_all("cloudwatch", "list_dashboards", "DashboardEntries[].DashboardName")),
        "roles": set(list_all("iam", "list_roles", "Roles[].RoleName")),
    }


def test_deleting_a_stack_that_was_told_to_delete_its_data_leaves_nothing_behind(
    cloud: Cloud,
    answered: dict[str, Answered],  # nothing else may be on its way while names are compared
    deploy_stack: Callable[[str, dict[str, str]], Stack],
    tmp_path: Path,
) -> None:
    before = _inventory(cloud)
    stack = deploy_stack("short-lived", {"DataOnDelete": "delete", "AlarmEmail": "ops@example.com"})
    record_traffic(stack, tmp_path / "ledger.jsonl", hits=50, seed=1)
    # A question of a user's own is in the workgroup, and no resource of the template.
    cloud.client("athena").create_named_query(
        Name="own", Database=stack.database, QueryString="SELECT 1", WorkGroup=stack.workgroup
    )
    # The events may still be on their way: something must be there to be deleted.
    cloud.client("s3").put_object(Bucket=stack.lake_bucket, Key=f"{QUARANTINE}deleted.gz", Body=b"deleted")
    added = {kind: names - before[kind] for kind, names in _inventory(cloud).items()}
    assert all(added.values()), f"the inventory sees no new {[kind for kind, names in added.items() if not names]}"
    assert added["subscriptions"] == {("email", "ops@example.com", stack.outputs["AlarmTopicArn"])}
    delete_stack(cloud, stack.name)
    left = {kind: names - before[kind] for kind, names in _inventory(cloud).items()}
    assert left == {kind: set() for kind in before}


def test_deleting_a_stack_keeps_the_lake_by_default(
    cloud: Cloud, answered: dict[str, Answered], deploy_stack: Callable[[str, dict[str, str]], Stack]
) -> None:
    before = _inventory(cloud)
    stack = deploy_stack("keeps-its-data", {})
    # Not below events/, where it would still be on its way through the crawler trigger when names are compared.
    cloud.client("s3").put_object(Bucket=stack.lake_bucket, Key=f"{QUARANTINE}kept.gz", Body=b"kept")
    delete_stack(cloud, stack.name)
    left = {kind: names - before[kind] for kind, names in _inventory(cloud).items()}
    assert left == {kind: {stack.lake_bucket} if kind == "buckets" else set() for kind in before}
    kept = cloud.client("s3").list_objects_v2(Bucket=stack.lake_bucket)
    assert [item["Key"] for item in kept["Contents"]] == [f"{QUARANTINE}kept.gz"]
