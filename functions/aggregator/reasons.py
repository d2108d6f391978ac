# SPDX-License-Identifier: Apache-2.0
"""Why a line is kept apart."""

from enum import StrEnum


class Reason(StrEnum):
    """The reason codes of quarantine."""

    NOT_BASE64 = "not_base64"  # the Kinesis record's data is not base64
    NOT_UTF8 = "not_utf8"  # log lines are ASCII; anything that is not even UTF-8 did not come from CloudFront
    FIELD_COUNT = "field_count"  # not as many fields as the log configuration has
    TIMESTAMP = "timestamp"  # the first field is no plausible time
    TOO_LONG = "too_long"  # the line fits no Kinesis record
