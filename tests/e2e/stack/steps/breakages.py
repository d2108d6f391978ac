# SPDX-License-Identifier: Apache-2.0
"""Breaks one thing of a deployed stack, and mends it when the block ends."""

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

from edgepixel.aws.cloud import Cloud
from edgepixel.aws.lake_names import TABLE
from edgepixel.aws.stack import Stack

type Breakage = Callable[["Deployed"], AbstractContextManager[None]]


class Deployed:
    """A stack, the names of its resources by their logical ids, and clients."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.cloud: Cloud = stack.cloud
        pages = self.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack.name)
        self.names: Mapping[str, str] = {
            one["LogicalResourceId"]: one["PhysicalResourceId"]
            for page in pages
            for one in page["StackResourceSummaries"]
        }

    def client(self, service: str) -> Any:
        return self.cloud.client(service)


@contextmanager
def without_pixel(deployed: Deployed) -> Iterator[None]:
    s3, place = deployed.client("s3"), {"Bucket": deployed.stack.outputs["SiteBucketName"], "Key": "pixel.gif"}
    image = s3.get_object(**place)["Body"].read()
    s3.delete_object(**place)
    try:
        yield
    finally:
        s3.put_object(**place, Body=image, ContentType="image/gif")


@contextmanager
def _other_distribution(deployed: Deployed, change: Callable[[dict[str, Any]], None]) -> Iterator[None]:
    cloudfront, identifier = deployed.client("cloudfront"), deployed.stack.outputs["DistributionId"]

    def update(config: dict[str, Any]) -> None:
        version = cloudfront.get_distribution_config(Id=identifier)["ETag"]
        cloudfront.update_distribution(Id=identifier, IfMatch=version, DistributionConfig=config)

    before = cloudfront.get_distribution_config(Id=identifier)["DistributionConfig"]
    changed = copy.deepcopy(before)
    change(changed)
    update(changed)
    try:
        yield
    finally:
        update(before)


def disabled_distribution(deployed: Deployed) -> AbstractContextManager[None]:
    return _other_distribution(deployed, lambda config: config.update(Enabled=False))


def unlogged_behavior(deployed: Deployed) -> AbstractContextManager[None]:
    return _other_distribution(
        deployed, lambda config: config["CacheBehaviors"]["Items"][0].pop("RealtimeLogConfigArn")
    )


@contextmanager
def sampled_logs(deployed: Deployed) -> Iterator[None]:
    cloudfront = deployed.client("cloudfront")
    config = cloudfront.get_realtime_log_config(ARN=deployed.stack.outputs["RealtimeLogConfigArn"])["RealtimeLogConfig"]
    cloudfront.update_realtime_log_config(**config | {"SamplingRate": 50})
    try:
        yield
    finally:
        cloudfront.update_realtime_log_config(**config)


def role_without(role: str, action: str) -> Breakage:
    """The role's own policies do not name the action any more."""

    @contextmanager
    def without(deployed: Deployed) -> Iterator[None]:
        iam, name = deployed.client("iam"), deployed.names[role]
        (policy,) = iam.list_role_policies(RoleName=name)["PolicyNames"]
        before = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        changed = copy.deepcopy(before)
        for statement in changed["Statement"]:
            listed = statement["Action"]
            actions = [listed] if isinstance(listed, str) else listed
            statement["Action"] = [one for one in actions if one != action] or ["iam:ListUsers"]
        assert changed != before, f"{role} has no {action}"
        iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(changed))
        try:
            yield
        finally:
            iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(before))

    return without


@contextmanager
def deleted_delivery_role(deployed: Deployed) -> Iterator[None]:
    iam, name = deployed.client("iam"), deployed.names["DeliveryRole"]
    trust = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    (policy,) = iam.list_role_policies(RoleName=name)["PolicyNames"]
    document = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
    attached = [each["PolicyArn"] for each in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]]
    for arn in attached:
        iam.detach_role_policy(RoleName=name, PolicyArn=arn)
    iam.delete_role_policy(RoleName=name, PolicyName=policy)
    iam.delete_role(RoleName=name)
    try:
        yield
    finally:
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
        iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(document))
        for arn in attached:
            iam.attach_role_policy(RoleName=name, PolicyArn=arn)


@contextmanager
def disabled_event_source(deployed: Deployed) -> Iterator[None]:
    functions, mapping = deployed.client("lambda"), deployed.names["AggregatorFunctionLogLines"]
    functions.update_event_source_mapping(UUID=mapping, Enabled=False)
    try:
        yield
    finally:
        functions.update_event_source_mapping(UUID=mapping, Enabled=True)


@contextmanager
def no_concurrency(deployed: Deployed) -> Iterator[None]:
    functions, name = deployed.client("lambda"), deployed.names["AggregatorFunction"]
    functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    try:
        yield
    finally:
        functions.delete_function_concurrency(FunctionName=name)


def function_with(function: str, variable: str, change: Callable[[str], str]) -> Breakage:
    """The function has another value of an environment variable."""

    @contextmanager
    def changed(deployed: Deployed) -> Iterator[None]:
        functions, name = deployed.client("lambda"), deployed.names[function]
        before = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        after = before | {variable: change(before[variable])}
        functions.update_function_configuration(FunctionName=name, Environment={"Variables": after})
        try:
            yield
        finally:
            functions.update_function_configuration(FunctionName=name, Environment={"Variables": before})

    return changed


@contextmanager
def deleted_aggregated_stream(deployed: Deployed) -> Iterator[None]:
    kinesis, name = deployed.client("kinesis"), deployed.names["AggregatedStream"]
    kinesis.delete_stream(StreamName=name)
    try:
        yield
    finally:
        kinesis.create_stream(StreamName=name, ShardCount=1)


@contextmanager
def deleted_raw_stream(deployed: Deployed) -> Iterator[None]:
    """For good: what reads a stream that is made anew starts in the middle."""
    deployed.client("kinesis").delete_stream(StreamName=deployed.names["RawStream"])
    yield


@contextmanager
def deleted_delivery(deployed: Deployed) -> Iterator[None]:
    firehose, name = deployed.client("firehose"), deployed.names["Delivery"]
    before = firehose.describe_delivery_stream(DeliveryStreamName=name)["DeliveryStreamDescription"]
    source = before["Source"]["KinesisStreamSourceDescription"]
    destination = before["Destinations"][0]["ExtendedS3DestinationDescription"]
    hints = {hint: int(value) for hint, value in destination["BufferingHints"].items()}
    kept = ("RoleARN", "BucketARN", "Prefix", "ErrorOutputPrefix", "CompressionFormat", "CloudWatchLoggingOptions")
    firehose.delete_delivery_stream(DeliveryStreamName=name)
    try:
        yield
    finally:
        firehose.create_delivery_stream(
            DeliveryStreamName=name,
            DeliveryStreamType="KinesisStreamAsSource",
            KinesisStreamSourceConfiguration={key: source[key] for key in ("KinesisStreamARN", "RoleARN")},
            ExtendedS3DestinationConfiguration={key: destination[key] for key in kept} | {"BufferingHints": hints},
        )


@contextmanager
def lake_that_nobody_may_write(deployed: Deployed) -> Iterator[None]:
    s3, bucket = deployed.client("s3"), deployed.stack.lake_bucket
    before = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    policy = json.loads(before)
    refusal = {"Sid": "ReadOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:Put*"}
    policy["Statement"].append(refusal | {"Resource": f"arn:aws:s3:::{bucket}/*"})
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
    try:
        yield
    finally:
        s3.put_bucket_policy(Bucket=bucket, Policy=before)


@contextmanager
def silent_lake(deployed: Deployed) -> Iterator[None]:
    s3, bucket = deployed.client("s3"), deployed.stack.lake_bucket
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={})
    try:
        yield
    finally:
        wanted = {"EventBridgeConfiguration": {}}
        s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=wanted)


@contextmanager
def disabled_rule(deployed: Deployed) -> Iterator[None]:
    events, rule = deployed.client("events"), deployed.names["CrawlerTriggerFunctionObjectCreated"]
    events.disable_rule(Name=rule)
    try:
        yield
    finally:
        events.enable_rule(Name=rule)


@contextmanager
def deleted_rule(deployed: Deployed) -> Iterator[None]:
    events, rule = deployed.client("events"), deployed.names["CrawlerTriggerFunctionObjectCreated"]
    pattern = events.describe_rule(Name=rule)["EventPattern"]
    targets = events.list_targets_by_rule(Rule=rule)["Targets"]
    events.remove_targets(Rule=rule, Ids=[target["Id"] for target in targets])
    events.delete_rule(Name=rule)
    try:
        yield
    finally:
        events.put_rule(Name=rule, EventPattern=pattern, State="ENABLED")
        events.put_targets(Rule=rule, Targets=targets)


def _register(deployed: Deployed, table: str, partitions: list[dict[str, Any]]) -> None:
    """Put partitions into a table, unless the crawler trigger was faster."""
    glue = deployed.client("glue")
    for partition in partitions:
        wanted = {key: partition[key] for key in ("Values", "StorageDescriptor")}
        with suppress(glue.exceptions.AlreadyExistsException):
            glue.create_partition(DatabaseName=deployed.stack.database, TableName=table, PartitionInput=wanted)


@contextmanager
def dropped_partition(deployed: Deployed) -> Iterator[None]:
    glue, table = deployed.client("glue"), {"DatabaseName": deployed.stack.database, "TableName": TABLE}
    partitions = glue.get_partitions(**table)["Partitions"]
    for partition in partitions:
        glue.delete_partition(**table, PartitionValues=partition["Values"])
    try:
        yield
    finally:
        _register(deployed, TABLE, partitions)


def _table_input(table: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("Name", "Description", "TableType", "Parameters", "PartitionKeys", "StorageDescriptor")
    texts = ("ViewOriginalText", "ViewExpandedText")
    return {key: table[key] for key in (*kept, *texts) if table.get(key)}


def dropped_table(name: str) -> Breakage:
    """The table, or view, of that name is not in the database; the table's partitions go with it."""

    @contextmanager
    def dropped(deployed: Deployed) -> Iterator[None]:
        glue, database = deployed.client("glue"), deployed.stack.database
        table = glue.get_table(DatabaseName=database, Name=name)["Table"]
        partitions = glue.get_partitions(DatabaseName=database, TableName=name)["Partitions"]
        glue.delete_table(DatabaseName=database, Name=name)
        try:
            yield
        finally:
            with suppress(glue.exceptions.AlreadyExistsException):
                glue.create_table(DatabaseName=database, TableInput=_table_input(table))
            _register(deployed, name, partitions)

    return dropped


@contextmanager
def _other_table(deployed: Deployed, name: str, change: Callable[[dict[str, Any]], None]) -> Iterator[None]:
    glue, database = deployed.client("glue"), deployed.stack.database
    before = _table_input(glue.get_table(DatabaseName=database, Name=name)["Table"])
    changed = copy.deepcopy(before)
    change(changed)
    glue.update_table(DatabaseName=database, TableInput=changed)
    try:
        yield
    finally:
        glue.update_table(DatabaseName=database, TableInput=before)


def table_with_other_columns(deployed: Deployed) -> AbstractContextManager[None]:
    return _other_table(deployed, TABLE, lambda table: table["StorageDescriptor"]["Columns"].reverse())


def broken_view(deployed: Deployed) -> AbstractContextManager[None]:
    return _other_table(deployed, "events", lambda view: view.update(ViewOriginalText="/* Presto View: e30= */"))


@contextmanager
def disabled_workgroup(deployed: Deployed) -> Iterator[None]:
    athena = deployed.client("athena")
    athena.update_work_group(WorkGroup=deployed.stack.workgroup, State="DISABLED")
    try:
        yield
    finally:
        athena.update_work_group(WorkGroup=deployed.stack.workgroup, State="ENABLED")


@contextmanager
def deleted_answer(deployed: Deployed) -> Iterator[None]:
    """For good: a saved query that is made anew has another id."""
    deployed.client("athena").delete_named_query(NamedQueryId=deployed.names["FunnelAnswer"])
    yield
