# SPDX-License-Identifier: Apache-2.0
"""What AWS, or the way there, can refuse, in words for users."""

import os
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError

AWS_FAILURES = (BotoCoreError, ClientError)
"""What every call to AWS can raise: nothing configured, no connection, a request refused."""

_LOCAL_ADVICE = "AWS is asked, because no local cloud is running or --aws was given; `edgepixel up` starts one"


def explained(error: BotoCoreError | ClientError) -> str:
    """What happened and what to do about it, in one line without a full stop."""
    if isinstance(error, ClientError):
        told: Mapping[str, Any] = error.response["Error"]
        bucket = f" ({told['BucketName']})" if "BucketName" in told else ""
        return f"AWS refused {error.operation_name}: {told.get('Message', error)}{bucket}"
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
