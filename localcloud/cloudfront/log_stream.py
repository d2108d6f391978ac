# SPDX-License-Identifier: Apache-2.0
"""Log lines into the raw stream, in this process: Lambda and Firehose see them like any other record."""

import base64
import json
import logging
import uuid
from collections import Counter

from botocore.utils import ArnParser

from localcloud.ministack import kinesis
from localcloud.ministack.server import request_scope

_logger = logging.getLogger("localcloud.real_time_logs")

_lost: Counter[str] = Counter()  # stream ARN -> lines


def write(stream_arn: str, line: str) -> None:
    """Put one record with one line. A stream that is not there loses the line, as in AWS; that is counted."""
    arn = ArnParser().parse_arn(stream_arn)
    record = {
        "StreamARN": stream_arn,
        "PartitionKey": str(uuid.uuid4()),
        "Data": base64.b64encode(line.encode("ascii")).decode("ascii"),
    }
    with request_scope(arn["account"], arn["region"]):
        status, _, body = kinesis.put_record(record)
    if status != 200:
        _lost[stream_arn] += 1
        if _lost[stream_arn] == 1:  # /_localcloud/health says how many
            _logger.warning("log lines are lost: %s takes none: %s", stream_arn, json.loads(body).get("message"))


def lost_lines() -> int:
    """How many log lines no stream took since the start."""
    return _lost.total()
