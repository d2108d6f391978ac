# SPDX-License-Identifier: Apache-2.0
"""Deleting a stack: nothing stays but, unless it was asked otherwise, the events."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from edgepixel.aws.cloud import Cloud
from edgepixel.aws.lake_names import QUARANTINE
from edgepixel.aws.stack import Stack
from edgepixel.traffic.recorder import record_traffic
from tests.e2e.conftest import Answered
from tests.e2e.stack.removal import delete_stack


def _inventory(cloud: Cloud) -> dict[str, set[Any]]:
    """The names of everything of the kinds that the template, or its custom resources, create."""
    cloudfront, glue, athena = cloud.client("cloudfront"), cloud.client("glue"), cloud.client("athena")
    workgroups = {group["Name"] for group in athena.list_work_groups()["WorkGroups"]}
    functions, cloudwatch = cloud.client("lambda"), cloud.client("cloudwatch")
    return {
        "buckets": {bucket["Name"] for bucket in cloud.client("s3").list_buckets()["Buckets"]},
        "streams": set(cloud.client("kinesis").list_streams()["StreamNames"]),
        "delivery streams": set(cloud.client("firehose").list_delivery_streams(Limit=100)["DeliveryStreamNames"]),
        "functions": {function["FunctionName"] for function in functions.list_functions()["Functions"]},
        "event sources": {source["UUID"] for source in functions.list_event_source_mappings()["EventSourceMappings"]},
        "distributions": {i["Id"] for i in cloudfront.list_distributions()["DistributionList"].get("Items", [])},
        "log configurations": {
            item["Name"] for item in cloudfront.list_realtime_log_configs()["RealtimeLogConfigs"].get("Items", [])
        },
        "origin access controls": {
            item["Id"] for item in cloudfront.list_origin_access_controls()["OriginAccessControlList"].get("Items", [])
        },
        "response headers policies": {
            item["ResponseHeadersPolicy"]["Id"]
            for item in cloudfront.list_response_headers_policies(Type="custom")["ResponseHeadersPolicyList"].get(
                "Items", []
            )
        },
        "databases": {database["Name"] for database in glue.get_databases()["DatabaseList"]},
        "crawlers": {crawler["Name"] for crawler in glue.get_crawlers()["Crawlers"]},
        "classifiers": {item["CsvClassifier"]["Name"] for item in glue.get_classifiers()["Classifiers"]},
        "workgroups": workgroups,
        "answers": {
            query for group in workgroups for query in athena.list_named_queries(WorkGroup=group)["NamedQueryIds"]
        },
        "log groups": {group["logGroupName"] for group in cloud.client("logs").describe_log_groups()["logGroups"]},
        "rules": {rule["Name"] for rule in cloud.client("events").list_rules()["Rules"]},
        "queues": set(cloud.client("sqs").list_queues().get("QueueUrls", [])),
        "topics": {topic["TopicArn"] for topic in cloud.client("sns").list_topics()["Topics"]},
        "subscriptions": {
            (subscription["Protocol"], subscription["Endpoint"], subscription["TopicArn"])
            for subscription in cloud.client("sns").list_subscriptions()["Subscriptions"]
        },
        "alarms": {alarm["AlarmName"] for alarm in cloudwatch.describe_alarms()["MetricAlarms"]},
        "dashboards": {entry["DashboardName"] for entry in cloudwatch.list_dashboards()["DashboardEntries"]},
        "roles": {role["RoleName"] for role in cloud.client("iam").list_roles()["Roles"]},
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
