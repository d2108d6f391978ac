# SPDX-License-Identifier: Apache-2.0
"""Reads what an invocation of the aggregator left: aggregates in the aggregated stream, lines in quarantine."""

import base64
import gzip
from dataclasses import dataclass

from aws_kinesis_agg.deaggregator import deaggregate_records

from edgepixel.aws import lake_names
from edgepixel.aws.cloud import Cloud
from edgepixel.aws.stack import Stack


@dataclass(frozen=True)
class Arrived:
    """The lines of `aggregates` records of the aggregated stream, in order, and the number of lines in quarantine."""

    lines: list[str]
    aggregates: int
    quarantined: int


class AggregatorOutput:
    """What arrives from the moment at which this is made."""

    def __init__(self, cloud: Cloud, stack: Stack) -> None:
        self._kinesis, self._s3, self._bucket = cloud.client("kinesis"), cloud.client("s3"), stack.lake_bucket
        name = stack.outputs["AggregatedStreamName"]
        shards = self._kinesis.list_shards(StreamName=name)["Shards"]
        self._iterators = [
            self._kinesis.get_shard_iterator(StreamName=name, ShardId=shard["ShardId"], ShardIteratorType="LATEST")
            for shard in shards
        ]
        self._kept = self._quarantine()

    def arrived(self) -> Arrived:
        """Everything since. The aggregator returns when all is sent, so this does not wait."""
        records = []
        for iterator in self._iterators:
            records += self._kinesis.get_records(ShardIterator=iterator["ShardIterator"], Limit=10000)["Records"]
        users = [user for record in records for user in _user_records(record["PartitionKey"], record["Data"])]
        new = self._quarantine() - self._kept
        return Arrived(b"".join(users).decode().splitlines(), len(records), sum(map(self._entries, new)))

    def _quarantine(self) -> set[str]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=lake_names.QUARANTINE)
        return {item["Key"] for page in pages for item in page.get("Contents", [])}

    def _entries(self, key: str) -> int:
        body: bytes = self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        return len(gzip.decompress(body).splitlines())


def _user_records(partition_key: str, data: bytes) -> list[bytes]:
    """The user records of an aggregate, by AWS's library for consumers of the stream."""
    as_lambda_has_it = {
        "kinesisSchemaVersion": "1.0",
        "sequenceNumber": "0",
        "approximateArrivalTimestamp": 0.0,
        "partitionKey": partition_key,
        "data": base64.b64encode(data).decode(),
    }
    users = deaggregate_records([{"kinesis": as_lambda_has_it}])
    return [base64.b64decode(user["kinesis"]["data"]) for user in users]
