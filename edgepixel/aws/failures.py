# SPDX-License-Identifier: Apache-2.0
"""What AWS, or the way there, can refuse, in words for users."""

import os
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError

AWS_FAILURES = (BotoCoreError, ClientError)
"""What every call to AWS can raise: nothing configured, no connection, a request refused."""

_LOCAL_ADVICE = "AWS is asked, because no local cloud is running or --aws was given; `edgepixel up` starts one"

# The Code of an error. Sources: botocore's retries/standard.py for those of too many requests, without
# LimitExceededException, which is of a quota in some services; "Common Error Types" of
# the API references for the others, which services spell in several ways.
_ADVICE: tuple[tuple[frozenset[str], str], ...] = (
    (
        frozenset({"AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation"}),
        ". Ask whoever manages the account for that permission, or use other credentials (AWS_PROFILE)",
    ),
    (
        frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"}),
        ". Sign in again (`aws sso login`, or new keys): these credentials are over",
    ),
    (
        frozenset({"InvalidClientTokenId", "UnrecognizedClientException"}),
        ". These credentials are none of an AWS account: run `aws configure`, or set AWS_PROFILE",
    ),
    (
        frozenset({
            "BandwidthLimitExceeded", "ProvisionedThroughputExceededException",
            "RequestLimitExceeded", "RequestThrottled", "RequestThrottledException", "SlowDown", "ThrottledException",
            "Throttling", "ThrottlingException", "TooManyRequestsException",
        }),
        ". The account asks too much at once: wait a moment, and try again",
    ),
)  # fmt: skip


def explained(error: BotoCoreError | ClientError) -> str:
    """What happened and what to do about it, in one line without a full stop."""
    if isinstance(error, ClientError):
        told: Mapping[str, Any] = error.response["Error"]
        bucket = f" ({told['BucketName']})" if "BucketName" in told else ""
        advice = next((words for codes, words in _ADVICE if told.get("Code") in codes), "")
        return f"AWS refused {error.operation_name}: {str(told.get('Message', error)).rstrip('.')}{bucket}{advice}"
    if isinstance(error, NoRegionError):
        return f"no AWS Region is set: {_region_advice()}. {_LOCAL_ADVICE}"
    if isinstance(error, NoCredentialsError):
        return f"no AWS credentials were found: run `aws configure`, or set AWS_PROFILE. {_LOCAL_ADVICE}"
    return f"{str(error).rstrip('.')}. Check your AWS credentials, Region and network, or use --local"


def _region_advice() -> str:
    """Source: Boto3 documentation, "Using environment variables"; the AWS CLI reads both."""
    if os.environ.get("AWS_REGION"):
        return f"boto3 does not read AWS_REGION, so set AWS_DEFAULT_REGION={os.environ['AWS_REGION']}, too"
    return "set AWS_DEFAULT_REGION, or run `aws configure`"
