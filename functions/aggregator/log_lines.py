# SPDX-License-Identifier: Apache-2.0
"""From Kinesis records to checked log lines. Pure.

A record holds one line by all evidence, but CloudFront's documentation does not say so: any number of lines per record,
with or without a last newline, works.
"""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from packing import LONGEST_LINE
from reasons import Reason

# Seconds since the epoch with decimals. Ten digits last from September 2001 to November 2286.
_TIMESTAMP = re.compile(rb"[1-9]\d{9}(?:\.\d{1,6})?\t")


@dataclass(frozen=True)
class BadLine:
    """A line for quarantine: its original bytes, as far as they could be told, and where they came from."""

    reason: Reason
    detail: str
    line: bytes
    shard: str
    sequence_number: str
    arrival_timestamp: float


@dataclass(frozen=True)
class LogLines:
    """The lines of a batch, in order. `records[i]` is the index of the Kinesis record that `lines[i]` came from.

    Lines have no line end.
    """

    lines: list[bytes]
    records: list[int]
    bad: list[BadLine]


def read_log_lines(records: Sequence[dict[str, Any]], fields: int) -> LogLines:
    """The good and the bad lines of a batch of Kinesis records. Never raises for what a record holds."""
    result = LogLines([], [], [])
    tabs = fields - 1
    for index, record in enumerate(records):
        kinesis = record["kinesis"]
        try:
            data = b64decode(kinesis["data"], validate=True)
        except (Base64Error, ValueError) as error:
            original = kinesis["data"].encode("utf-8", "surrogatepass")
            result.bad.append(_bad(record, Reason.NOT_BASE64, str(error), original))
            continue
        for line in _split(data):
            # What CloudFront writes passes this at once; only for the rest it pays to find out why not.
            plain = line.count(b"\t") == tabs and _TIMESTAMP.match(line) and line.isascii() and len(line) < LONGEST_LINE
            problem = None if plain else _problem(line, tabs)
            if problem is None:
                result.lines.append(line)
                result.records.append(index)
            else:
                result.bad.append(_bad(record, *problem, line))
    return result


def _split(data: bytes) -> Iterator[bytes]:
    """Lines end in a newline, with a carriage return before it or not. Blank ones are skipped."""
    for line in data.split(b"\n"):
        stripped = line.removesuffix(b"\r")
        if stripped.strip():
            yield stripped


def _problem(line: bytes, tabs: int) -> tuple[Reason, str] | None:
    """What is wrong with a line, if anything. The detail never holds any of its content."""
    try:
        line.decode("utf-8")
    except UnicodeDecodeError as error:
        return Reason.NOT_UTF8, f"byte {error.start} of {len(line)}"
    found = line.count(b"\t")
    if found != tabs:
        return Reason.FIELD_COUNT, f"{found + 1} fields instead of {tabs + 1}"
    if not _TIMESTAMP.match(line):
        return Reason.TIMESTAMP, "not seconds since the epoch"
    if len(line) > LONGEST_LINE:
        return Reason.TOO_LONG, f"{len(line)} bytes, of at most {LONGEST_LINE}"
    return None


def _bad(record: dict[str, Any], reason: Reason, detail: str, line: bytes) -> BadLine:
    kinesis = record["kinesis"]
    return BadLine(
        reason=reason,
        detail=detail,
        line=line,
        shard=record["eventID"].partition(":")[0],
        sequence_number=kinesis["sequenceNumber"],
        arrival_timestamp=float(kinesis["approximateArrivalTimestamp"]),
    )
