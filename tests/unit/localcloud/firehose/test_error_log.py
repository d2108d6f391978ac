# SPDX-License-Identifier: Apache-2.0
"""A failed delivery is in the destination's error log, if the role may write there."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from localcloud.firehose import error_log
from localcloud.iam.principals import AccessDeniedError
from localcloud.ministack import cloudwatch, iam
from tests.roles import EVERYTHING, role_arn, stored_role, trust

LOGGING = {"Enabled": "true", "LogGroupName": "/delivery", "LogStreamName": "errors"}
DENIED = AccessDeniedError("User: role is not authorized", "s3:PutObject", "arn:aws:s3:::lake/a")


@pytest.fixture(autouse=True)
def cloud() -> Iterator[None]:
    stream = {"events": [], "firstEventTimestamp": None, "lastEventTimestamp": None, "lastIngestionTime": None}
    cloudwatch.log_groups["/delivery"] = {"streams": {"errors": stream}}
    iam.roles["delivery"] = stored_role(trust("firehose.amazonaws.com"), EVERYTHING)
    yield
    cloudwatch.reset_logs()
    iam.reset()


def _logged(error: Exception, **logging: Any) -> list[dict[str, Any]]:
    """What a failure leaves in the log."""
    config = {"RoleARN": role_arn("delivery"), "BucketARN": "arn:aws:s3:::lake"}
    config["CloudWatchLoggingOptions"] = LOGGING | logging  # type: ignore[assignment]
    error_log.write({"arn": "delivery-arn", "version": 1, "destinations": [{"config": config}]}, error)
    events = cloudwatch.log_groups["/delivery"]["streams"]["errors"]["events"]
    return [json.loads(event["message"]) for event in events]


def test_a_denied_attempt_has_the_code_of_it() -> None:
    assert _logged(DENIED) == [
        {
            "deliveryStreamARN": "delivery-arn",
            "destination": "arn:aws:s3:::lake",
            "deliveryStreamVersionId": 1,
            "message": "User: role is not authorized",
            "errorCode": "S3.AccessDenied",
        }
    ]


def test_any_other_failure_is_one_of_s3() -> None:
    assert [event["errorCode"] for event in _logged(OSError("no such bucket"))] == ["S3.InternalError"]


@pytest.mark.parametrize("logging", [{"Enabled": "false"}, {"LogStreamName": "absent"}, {"LogGroupName": "/absent"}])
def test_no_log_is_written_where_none_is_asked_for_or_there(logging: dict[str, str]) -> None:
    assert _logged(DENIED, **logging) == []


def test_a_role_that_may_not_log_logs_nothing() -> None:
    iam.roles["delivery"] = stored_role(trust("firehose.amazonaws.com"), [])
    assert _logged(DENIED) == []
