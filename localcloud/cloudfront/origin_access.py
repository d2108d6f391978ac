# SPDX-License-Identifier: Apache-2.0
"""Origin access control: CloudFront reads an S3 origin as itself, for one distribution, if the bucket's policy lets it.

Source: Amazon CloudFront Developer Guide, "Restrict access to an Amazon S3 origin".
"""

from localcloud.clock import Clock
from localcloud.iam import policies
from localcloud.iam.principals import AccessDeniedError, check_service
from localcloud.ministack import iam


def install(_clock: Clock) -> None:
    """Let bucket policies decide what CloudFront reads."""
    iam.cloudfront_may_read.replace(may_read)


def may_read(owner: str, bucket_name: str, key: str, source_arn: str, oai_id: str) -> bool:
    """Whether S3 lets a distribution (`source_arn`) read an object. Without origin access control MiniStack decides."""
    if not source_arn or oai_id:
        return iam.cloudfront_may_read.own(owner, bucket_name, key, source_arn, oai_id)
    resource = f"arn:aws:s3:::{bucket_name}/{key}"
    policy = policies.of_bucket(owner, bucket_name)
    try:
        check_service("cloudfront.amazonaws.com", policy, "s3:GetObject", resource, source_arn)
    except AccessDeniedError:
        return False
    return True
