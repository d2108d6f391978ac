# SPDX-License-Identifier: Apache-2.0
"""Log lines into the raw stream, in this process: Lambda and Firehose see them like any other record."""

import base64
import json
import logging
import uuid
from collections import Counter

from botocore.utils import ArnParser

from localcloud.iam.principals import AccessDeniedError, Session, assume, stream_names
from localcloud.ministack import kinesis
from localcloud.ministack.server import account_id, request_scope

_logger = logging.getLogger("localcloud.real_time_logs")

_lost: Counter[str] = Counter()  # stream ARN -> lines


def write(stream_arn: str, role_arn: str, line: str) -> None:
    """Put one record with one line, as the role. What stream or role refuse is lost, as in AWS; that is counted."""
    arn = ArnParser().parse_arn(stream_arn)
    record = {
        "StreamARN": stream_arn,
        "PartitionKey": str(uuid.uuid4()),
        "Data": base64.b64encode(line.encode("ascii")).decode("ascii"),
    }
    with request_scope(arn["account"], arn["region"]):
        try:
            _role(role_arn).check("kinesis:PutRecord", **stream_names(stream_arn))
        except AccessDeniedError as error:
            return _lose(stream_arn, str(error))
        status, _, body = kinesis.put_record(record)
    if status != 200:
        _lose(stream_arn, json.loads(body).get("message"))


def _role(role_arn: str) -> Session:
    """The configuration's role. CloudFront says for whom: "Understand real-time logs", IAM role (real-time-logs)."""
    return assume(role_arn, "cloudfront.amazonaws.com", "real-time-logs", {"aws:SourceAccount": account_id()})


def _lose(stream_arn: str, reason: str) -> None:
    _lost[stream_arn] += 1
    if _lost[stream_arn] == 1:  # /_localcloud/health says how many
        _logger.warning("log lines are lost: %s takes none: %s", stream_arn, reason)


def lost_lines() -> int:
    """How many log lines no stream took since the start."""
    return _lost.total()
