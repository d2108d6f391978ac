# SPDX-License-Identifier: Apache-2.0
"""Reads the stages between the pixel and the answers, and the quarantine."""

import base64
import gzip
import json
from collections import Counter
from typing import Any

from aws_kinesis_agg.deaggregator import iter_deaggregate_records

from edgepixel.aws import lake_names
from edgepixel.aws.cloud import Cloud
from edgepixel.aws.stack import Stack
from tests.log_lines import field


def stream_records(cloud: Cloud, name: str) -> list[dict[str, Any]]:
    """Every record of a stream, shard after shard."""
    kinesis = cloud.client("kinesis")
    records: list[dict[str, Any]] = []
    for shard in kinesis.list_shards(StreamName=name)["Shards"]:
        iterator = kinesis.get_shard_iterator(
            StreamName=name, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        while iterator:
            page = kinesis.get_records(ShardIterator=iterator, Limit=10000)
            records += page["Records"]
            if not page["Records"] or not page["MillisBehindLatest"]:
                break
            iterator = page["NextShardIterator"]
    return records


def deaggregated(record: dict[str, Any]) -> list[bytes]:
    """The user records of a Kinesis record, by the library that KPL consumers use."""
    users = iter_deaggregate_records(record, data_format="Boto3")
    return [base64.b64decode(user["kinesis"]["data"]) for user in users]


def objects(cloud: Cloud, stack: Stack, prefix: str) -> dict[str, bytes]:
    """The lake's objects under a prefix, unpacked."""
    s3 = cloud.client("s3")
    found = {}
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=stack.lake_bucket, Prefix=prefix):
        for item in page.get("Contents", []):
            body = s3.get_object(Bucket=stack.lake_bucket, Key=item["Key"])["Body"].read()
            found[item["Key"]] = gzip.decompress(body)
    return found


def request_ids(data: bytes) -> Counter[str]:
    """How often each request id is in a block of log lines."""
    return Counter(field(line, "x-edge-request-id") for line in data.splitlines())


def quarantined(cloud: Cloud, stack: Stack) -> list[tuple[str, bytes]]:
    """What the aggregator put into quarantine: the reason, and the line as it came."""
    kept = objects(cloud, stack, lake_names.QUARANTINE).values()
    entries = [json.loads(entry) for data in kept for entry in data.splitlines()]
    return [(entry["reason"], base64.b64decode(entry["line"])) for entry in entries]
