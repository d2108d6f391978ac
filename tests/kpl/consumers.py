# SPDX-License-Identifier: Apache-2.0
"""Consumers of the aggregated stream: AWS's de-aggregators for Python and for Node."""

import base64
import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from aws_kinesis_agg.deaggregator import deaggregate_records

from tests.needed_tools import need
from tests.waiting import PATIENCE_SECONDS

FOLDER = Path(__file__).resolve().parent


class UnreadableError(Exception):
    """A consumer could not take an aggregate apart. The message is what it said."""


type UserRecord = tuple[str, bytes]
"""Partition key and data."""
type Consumer = Callable[[Sequence[dict[str, Any]]], list[list[UserRecord]]]
"""From what PutRecords was given to the user records of each Kinesis record."""


def python(sent: Sequence[dict[str, Any]]) -> list[list[UserRecord]]:
    """As `aws_kinesis_agg` of Python reads them. What it cannot read, it gives back as one record, or drops."""
    return [
        [
            (record["kinesis"]["partitionKey"], base64.b64decode(record["kinesis"]["data"]))
            for record in deaggregate_records([{"kinesis": kinesis_record}])
        ]
        for kinesis_record in _delivered(sent)
    ]


def node(sent: Sequence[dict[str, Any]]) -> list[list[UserRecord]]:
    """As `aws-kinesis-agg` of Node reads them, with the MD5 checked. What is no aggregate, it gives back as it is.

    Raises UnreadableError for an aggregate that is damaged.
    """
    program = shutil.which("node")
    need(program is not None, "node is not installed")
    need((FOLDER / "node_modules").is_dir(), "tests/kpl/node_modules is missing: `make test` installs it where npm is")
    ended = subprocess.run(  # noqa: S603 (the program is Node, the script our own)
        [str(program), str(FOLDER / "deaggregate.cjs")],
        input=json.dumps(_delivered(sent)),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    if ended.returncode != 0:
        raise UnreadableError(ended.stderr)
    return [
        [(record["partitionKey"], base64.b64decode(record["data"])) for record in records]
        for records in json.loads(ended.stdout)
    ]


def _delivered(sent: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The records as Lambda hands them to a consumer of the stream."""
    return [
        {
            "kinesisSchemaVersion": "1.0",
            "sequenceNumber": str(number),
            "approximateArrivalTimestamp": 0.0,
            "partitionKey": record["PartitionKey"],
            "data": base64.b64encode(record["Data"]).decode(),
        }
        for number, record in enumerate(sent)
    ]
