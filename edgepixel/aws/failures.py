# SPDX-License-Identifier: Apache-2.0
"""What AWS, or the way there, can refuse, in words for users."""

from botocore.exceptions import BotoCoreError, ClientError

AWS_FAILURES = (BotoCoreError, ClientError)
"""What every call to AWS can raise: nothing configured, no connection, a request refused."""


def explained(error: BotoCoreError | ClientError) -> str:
    """What happened and what to do about it, in one line without a full stop."""
    if isinstance(error, ClientError):
        return f"AWS refused {error.operation_name}: {error.response['Error'].get('Message', error)}"
    return f"{str(error).rstrip('.')}. Check your AWS credentials, Region and network, or use --local"
