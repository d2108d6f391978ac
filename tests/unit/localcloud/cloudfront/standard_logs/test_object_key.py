# SPDX-License-Identifier: Apache-2.0
"""Where log files are put. The paths are those of the tables in CloudFront's guide."""

import re
from datetime import UTC, datetime

import pytest

from localcloud.cloudfront.standard_logs.object_key import object_key, path_problem

HOUR = datetime(2025, 3, 4, 5, tzinfo=UTC)
ACCOUNT = "123456789012"


@pytest.mark.parametrize(
    ("prefix", "suffix_path", "hive", "folder"),
    [
        ("MyLogPrefix", "", False, "MyLogPrefix/"),
        ("MyLogPrefix", "myFolderA/", False, "MyLogPrefix/myFolderA/"),
        ("MyLogPrefix", "myFolderA/{yyyy}", True, "MyLogPrefix/myFolderA/year=2025/"),
        ("events", "{yyyy}/{MM}/{dd}/{HH}", True, "events/year=2025/month=03/day=04/hour=05/"),
        ("", "", False, f"AWSLogs/{ACCOUNT}/CloudFront/"),
        ("", "myFolderA/", True, f"AWSLogs/aws-account-id={ACCOUNT}/CloudFront/myFolderA/"),
        ("", "a/{accountid}", True, f"AWSLogs/aws-account-id={ACCOUNT}/CloudFront/a/accountid={ACCOUNT}/"),
        ("p/", "/{DistributionId}/x", True, "p/DistributionId=E1/x/"),
    ],
)
def test_keys(prefix: str, suffix_path: str, hive: bool, folder: str) -> None:
    key = object_key(prefix, suffix_path, hive, "E1", ACCOUNT, HOUR)
    assert re.fullmatch(re.escape(f"{folder}E1.2025-03-04-05.") + r"[0-9a-f]{8}\.gz", key)


def test_files_of_one_hour_have_different_names() -> None:
    assert len({object_key("p", "", False, "E1", ACCOUNT, HOUR) for _ in range(100)}) == 100


@pytest.mark.parametrize(
    ("suffix_path", "problem"),
    [
        ("{yyyy}/{MM}/{dd}/{HH}", ""),
        ("a/{distributionid}", ""),
        ("", ""),
        ("dt={yyyy}", "suffixPath contains ="),
        ("{year}", "suffixPath has an unknown variable: year"),
        ("{account-id}", "suffixPath has an unknown variable: account-id"),
        ("{yyyy", "suffixPath has an unknown variable: {yyyy"),
        ("a" * 257, "suffixPath has more than 256 characters"),
    ],
)
def test_problems_of_paths(suffix_path: str, problem: str) -> None:
    assert path_problem(suffix_path) == problem
