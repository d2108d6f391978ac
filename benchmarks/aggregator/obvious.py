# SPDX-License-Identifier: Apache-2.0
"""The obvious aggregator, to compare with: Powertools' BatchProcessor, one add_user_record a line, boto3.

It does less: no check of lines, no privacy, no quarantine, no retry of refused entries.
"""

from typing import Any

import boto3
from aws_kinesis_agg.aggregator import RecordAggregator
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.kinesis_stream_event import KinesisStreamRecord

processor = BatchProcessor(event_type=EventType.KinesisDataStreams)
kinesis: Any = boto3.client("kinesis")


def lambda_handler(event: dict[str, Any], context: Any) -> Any:
    """Aggregate one batch."""
    aggregator = RecordAggregator(51_200)  # KPL's own default
    full: list[Any] = []

    def add(record: KinesisStreamRecord) -> None:
        aggregate = aggregator.add_user_record(record.kinesis.partition_key, record.kinesis.data_as_bytes())
        if aggregate:
            full.append(aggregate)

    result = process_partial_response(event=event, record_handler=add, processor=processor, context=context)
    last = aggregator.clear_and_get()
    if last:
        full.append(last)
    records = [{"PartitionKey": key, "Data": data} for key, _, data in (aggregate.get_contents() for aggregate in full)]
    for start in range(0, len(records), 500):
        kinesis.put_records(StreamName="aggregated", Records=records[start : start + 500])
    return result
