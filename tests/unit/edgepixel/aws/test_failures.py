# SPDX-License-Identifier: Apache-2.0
"""What AWS refuses, in words that say what to do."""

import pytest
from botocore.exceptions import NoCredentialsError, NoRegionError

from edgepixel.aws.failures import explained
from tests.fakes.client import client_error


def test_a_missing_region_says_what_boto3_reads_and_that_aws_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION", raising=False)
    assert explained(NoRegionError()).startswith("no AWS Region is set: set AWS_DEFAULT_REGION, or run `aws configure`")
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    said = explained(NoRegionError())
    assert "boto3 does not read AWS_REGION, so set AWS_DEFAULT_REGION=eu-north-1, too" in said
    assert "no local cloud is running or --aws was given; `edgepixel up` starts one" in said


def test_missing_credentials_say_how_to_get_some() -> None:
    said = explained(NoCredentialsError())
    assert said.startswith("no AWS credentials were found: run `aws configure`")
    assert "edgepixel up" in said


def test_a_bucket_that_is_missing_is_named() -> None:
    error = client_error("NoSuchBucket", "The specified bucket does not exist", "ListObjectsV2")
    assert explained(error) == "AWS refused ListObjectsV2: The specified bucket does not exist"
    error.response["Error"]["BucketName"] = "edgepixel-lake"
    assert explained(error) == "AWS refused ListObjectsV2: The specified bucket does not exist (edgepixel-lake)"


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("AccessDeniedException", "Ask whoever manages the account for that permission"),
        ("AccessDenied", "Ask whoever manages the account for that permission"),
        ("ExpiredTokenException", "Sign in again"),
        ("UnrecognizedClientException", "run `aws configure`"),
        ("ThrottlingException", "wait a moment, and try again"),
        ("TooManyRequestsException", "wait a moment, and try again"),
    ],
)
def test_what_can_be_done_about_a_refusal_is_said(code: str, advice: str) -> None:
    said = explained(client_error(code, "No.", "StartQueryExecution"))
    assert said.startswith("AWS refused StartQueryExecution: No. ")
    assert advice in said
