# SPDX-License-Identifier: Apache-2.0
"""Records that an event source mapping gave up: the invocation record, and where it goes.

An S3 destination receives the whole invocation event in `payload`; an SQS queue receives metadata only. Source: AWS
Lambda developer guide, "Retain discarded batch records for a Kinesis Data Streams event source"
(kinesis-on-failure-destination). Amazon SNS and Kafka destinations are not delivered to: an error in the log says so.
"""

import json
import uuid
from datetime import UTC, datetime
from typing import Any

from botocore.utils import ArnParser

from localcloud.functions.batch import Record, arrival, sequence_number
from localcloud.functions.retry import Discard
from localcloud.iam.principals import Session
from localcloud.ministack import messaging, s3


class DeliveryError(Exception):
    """The on-failure destination did not take the invocation record."""


def invocation_record(
    discard: Discard, *, function_arn: str, shard_id: str, stream_arn: str, now: datetime
) -> dict[str, Any]:
    """The metadata of a discarded batch (`now` in UTC)."""
    first, last = discard.records[0], discard.records[-1]
    record: dict[str, Any] = {
        "requestContext": {
            "requestId": str(uuid.uuid4()),
            "functionArn": function_arn,
            "condition": discard.condition,
            "approximateInvokeCount": discard.invocations,
        },
        "version": "1.0",
        "timestamp": _instant(now),
        "KinesisBatchInfo": {
            "shardId": shard_id,
            "startSequenceNumber": sequence_number(first),
            "endSequenceNumber": sequence_number(last),
            "approximateArrivalOfFirstRecord": _instant(datetime.fromtimestamp(arrival(first), UTC)),
            "approximateArrivalOfLastRecord": _instant(datetime.fromtimestamp(arrival(last), UTC)),
            "batchSize": len(discard.records),
            "streamArn": stream_arn,
        },
    }
    if discard.invocations:
        record["responseContext"] = {"statusCode": 200, "executedVersion": "$LATEST"}
        if discard.function_failed:
            record["responseContext"]["functionError"] = "Unhandled"
    return record


def object_key(mapping_id: str, shard_id: str, now: datetime) -> str:
    """A new key for one invocation record in an S3 destination (`now` in UTC)."""
    return f"aws/lambda/{mapping_id}/{shard_id}/{now:%Y/%m/%d}/{now:%Y-%m-%dT%H.%M.%S}-{uuid.uuid4()}"


def deliver(destination: str, key: str, record: dict[str, Any], records: tuple[Record, ...], role: Session) -> None:
    """Send an invocation record to a destination's ARN, in the account and Region that MiniStack is set to.

    An S3 bucket receives it, with the whole event, as the object `key`. Raises DeliveryError when the bucket or queue
    is not there or refuses, AccessDeniedError if the function's role may not send it, InvalidArnException for a
    destination that is no ARN. Permissions: as the guide above lists them for each destination.
    """
    arn = ArnParser().parse_arn(destination)
    if arn["service"] == "s3":
        event = json.dumps({"Records": records}, separators=(",", ":"))
        body = json.dumps({**record, "payload": event}).encode()
        role.check("s3:ListBucket", BucketName=arn["resource"])
        role.check("s3:PutObject", BucketName=arn["resource"], ObjectName=key)
        status, _, response = s3.put_object(arn["resource"], key, body, {"content-type": "application/json"})
        if status != 200:
            raise DeliveryError(f"{destination} responded with {status}: {response.decode()}")
    elif arn["service"] == "sqs":
        role.check("sqs:SendMessage", QueueName=arn["resource"])
        try:
            messaging.send_message(arn["account"], arn["region"], arn["resource"], json.dumps(record))
        except messaging.QueueError as error:
            raise DeliveryError(f"{destination} {error}") from error
    else:
        raise DeliveryError(f"{destination} is of a kind that the local cloud does not deliver to")


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
