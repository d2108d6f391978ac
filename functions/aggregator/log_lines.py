# SPDX-License-Identifier: Apache-2.0
"""From the data of a Kinesis record to checked log lines. Pure."""

import re
from collections.abc import Sequence

from pybase64 import b64decode

from quarantine import Reason, Rejected

# Ten digits of seconds, as every sample of a real-time log line has them, with milliseconds behind the point.
_TIMESTAMP = re.compile(rb"([1-9][0-9]{9})(?:\.[0-9]{1,9})?")
# 2020-01-01, the year of the first real-time log line, and 2100-01-01, UTC. The bounds are fixed, so that
# a retry decides as the first try did. Texts of the same length compare like their numbers.
_EARLIEST, _LATEST = b"1577836800", b"4102444800"


def decode_record(data: str) -> bytes:
    """A Kinesis record's data, which Lambda delivers as base64. Raises Rejected for what is not base64."""
    try:
        return b64decode(data, None, True)  # by position, because keywords cost as much as the decoding
    except ValueError as error:
        raise Rejected(Reason.NOT_BASE64, str(error), data.encode("utf-8", "surrogatepass")) from error


def split_record(record: bytes) -> list[bytes]:
    """The lines in a record, without their ends and without empty ones.

    Only a newline, with or without a carriage return before it, ends a line. `splitlines` would split at more.
    """
    return [line for piece in record.split(b"\n") if (line := piece.removesuffix(b"\r"))]


class LineCheck:
    """Checks that a line is a log line, by the log fields and the greatest length in bytes."""

    def __init__(self, log_fields: Sequence[str], longest_bytes: int) -> None:
        self._count = len(log_fields)
        self._timestamp = log_fields.index("timestamp")
        self._longest_bytes = longest_bytes

    def fields(self, line: bytes) -> list[bytes]:
        """The line's fields. Raises Rejected if it is not a log line."""
        if len(line) > self._longest_bytes:
            raise Rejected(Reason.TOO_LONG, f"{len(line)} bytes, {self._longest_bytes} fit", line)
        if not line.isascii():
            _require_utf8(line)
        if b"\r" in line:
            raise Rejected(Reason.CARRIAGE_RETURN, f"carriage return at byte {line.index(b'\r')}", line)
        fields = line.split(b"\t")
        if len(fields) != self._count:
            raise Rejected(Reason.FIELD_COUNT, f"{len(fields)} fields, expected {self._count}", line)
        timestamp = _TIMESTAMP.fullmatch(fields[self._timestamp])
        if timestamp is None:
            raise Rejected(Reason.TIMESTAMP, "the timestamp is not a number of seconds", line)
        if not _EARLIEST <= timestamp[1] < _LATEST:
            raise Rejected(Reason.TIMESTAMP, "the timestamp is not between 2020 and 2100", line)
        return fields


def _require_utf8(line: bytes) -> None:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Rejected(Reason.NOT_UTF8, f"{error.reason} at byte {error.start}", line) from error
