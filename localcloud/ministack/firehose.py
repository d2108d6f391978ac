# SPDX-License-Identifier: Apache-2.0
"""Firehose: delivery streams, and what they do with records."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ministack.services import firehose as _firehose

from localcloud.ministack import HandleRequest, Replaceable, Response, Table, cloudformation

streams: Table = _firehose._streams  # name -> delivery stream
handle_request: HandleRequest = _firehose.handle_request
reset: Callable[[], None] = _firehose.reset

bucket_of_arn: Callable[[str], str] = _firehose._s3_bucket_from_arn
# A prefix with its !{timestamp:...} put in.
evaluated_prefix: Callable[[str, time.struct_time], str] = _firehose._evaluate_prefix
new_record_id: Callable[[], str] = _firehose._record_id
# Delivery stream, destination, (record's id, data): one object for each record, after the destination's processors.
deliver_each_record: Callable[[Mapping[str, Any], Mapping[str, Any], Sequence[tuple[str, bytes]]], None] = (
    _firehose._deliver_records_to_s3
)

# Kind and configuration of a destination: the error of one that is not valid; None for a valid one.
validate_destination: Replaceable[[str, Mapping[str, Any]], Response | None] = Replaceable(
    _firehose, "_validate_s3_destination_config", "dtype, cfg"
)
update_in_stack = cloudformation.handler("AWS::KinesisFirehose::DeliveryStream", "update")
# Called with a Kinesis stream's ARN and (partition key, data) of what was just put into the stream.
ingest_from_kinesis_source: Replaceable[[str, Sequence[tuple[str, bytes]]], None] = Replaceable(
    _firehose, "ingest_from_kinesis_source", "stream_arn, records"
)
