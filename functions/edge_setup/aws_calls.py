# SPDX-License-Identifier: Apache-2.0
"""How this function calls AWS: with short time-outs, and with retries while AWS refuses temporarily."""

import math
from collections.abc import Callable, Iterator
from itertools import chain, repeat

from botocore.config import Config
from botocore.exceptions import ClientError

from protocol.deadline import Deadline

# boto3's default is a minute for each attempt: a call that hangs would take longer than the function has.
CLIENT_CONFIG = Config(connect_timeout=5, read_timeout=15, retries={"mode": "standard", "total_max_attempts": 4})
# How long a new permission may take until it works everywhere: IAM User Guide, "Changes that I make are not always
# immediately visible", says seconds and gives no number.
NEW_PERMISSION_SECONDS = 60.0
PAUSES_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0)  # then always the last one


class StillRefused(Exception):
    """AWS refused until the time was up. The message says what to do, and what AWS said last."""


def error_code(error: ClientError) -> str:
    """AWS's error code, for example NoSuchBucket."""
    return str(error.response.get("Error", {}).get("Code", ""))


def retry_while[T](
    codes: frozenset[str], call: Callable[[], T], deadline: Deadline, advice: str, patience: float = math.inf
) -> T:
    """Repeat a call as long as it fails with one of the error codes, and return its result.

    Raises StillRefused with the advice and AWS's error when the next pause would end after the deadline, or all
    pauses together would be longer than `patience` seconds. Other errors pass through.
    """
    pauses = _pauses()
    waited = 0.0
    while True:
        try:
            return call()
        except ClientError as error:
            if error_code(error) not in codes:
                raise
            pause = next(pauses)
            waited += pause
            if waited > patience or not deadline.pause(pause):
                raise StillRefused(f"{advice}. {error}") from error


def _pauses() -> Iterator[float]:
    return chain(PAUSES_SECONDS, repeat(PAUSES_SECONDS[-1]))
