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

FIRST_VERSION_FIELDS = 17
"""A line has at least so many fields: those of the first version of this application.

Readers of the lake find fields by their position, so the positions of these never change: a field is only ever added
behind the last one. While the log fields change, lines of both kinds are on their way.
"""


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
    """Checks that a line is a log line, by the log fields and the greatest length in bytes.

    A line may lack the last fields, as lines of an older version do, but not one of the first version's.
    """

    def __init__(self, log_fields: Sequence[str], longest_bytes: int) -> None:
        self._most = len(log_fields)
        self._timestamp = log_fields.index("timestamp")
        self._least = max(min(FIRST_VERSION_FIELDS, len(log_fields)), self._timestamp + 1)
        self._longest_bytes = longest_bytes

    def fields(self, line: bytes) -> list[bytes]:
        """The line's known fields, without any behind them. Raises Rejected if it is not a log line.

        What is behind the known fields is not looked at: nobody knows whether it may be stored.
        """
        fields = line.split(b"\t", self._most)
        known = line
        if len(fields) > self._most:
            known = line[: -len(fields.pop()) - 1]
        if len(known) > self._longest_bytes:
            raise Rejected(Reason.TOO_LONG, f"{len(known)} bytes, {self._longest_bytes} fit", line)
        if not known.isascii():
            _require_utf8(known, line)
        if b"\r" in known:
            raise Rejected(Reason.CARRIAGE_RETURN, f"carriage return at byte {known.index(b'\r')}", line)
        if len(fields) < self._least:
            raise Rejected(Reason.FIELD_COUNT, f"{len(fields)} fields, expected at least {self._least}", line)
        timestamp = _TIMESTAMP.fullmatch(fields[self._timestamp])
        if timestamp is None:
            raise Rejected(Reason.TIMESTAMP, "the timestamp is not a number of seconds", line)
        if not _EARLIEST <= timestamp[1] < _LATEST:
            raise Rejected(Reason.TIMESTAMP, "the timestamp is not between 2020 and 2100", line)
        return fields

    def has_more(self, line: bytes) -> bool:
        """Whether there are fields behind the known ones."""
        return line.count(b"\t") >= self._most


def _require_utf8(known: bytes, line: bytes) -> None:
    try:
        known.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Rejected(Reason.NOT_UTF8, f"{error.reason} at byte {error.start}", line) from error
