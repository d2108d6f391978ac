# SPDX-License-Identifier: Apache-2.0
"""Why a line is in quarantine."""

from enum import StrEnum


class Reason(StrEnum):
    """The `reason` of a quarantine entry."""

    NOT_BASE64 = "not_base64"
    """The record's data is not base64. The entry holds the whole data, as it came."""
    NOT_UTF8 = "not_utf8"
    """The line is not UTF-8, the encoding in which the lake is read."""
    TOO_LONG = "too_long"
    """The line does not fit into one Kinesis record of the aggregated stream."""
    CARRIAGE_RETURN = "carriage_return"
    """A carriage return inside the line: readers of the lake would take it for the end of a row."""
    FIELD_COUNT = "field_count"
    """More or fewer fields than LOG_FIELDS names."""
    TIMESTAMP = "timestamp"
    """The timestamp is not a time in seconds between 2020 and 2100."""


class Rejected(Exception):
    """Something in the raw stream is not a log line.

    `original` are its bytes as received, `detail` says what is wrong and contains none of them.
    """

    def __init__(self, reason: Reason, detail: str, original: bytes) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.original = original
