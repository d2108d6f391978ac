# SPDX-License-Identifier: Apache-2.0
"""How this function calls AWS: with bounded waits, and again while AWS refuses for the time being."""

from collections.abc import Callable, Iterator
from itertools import chain, repeat

from botocore.config import Config
from botocore.exceptions import ClientError

from deadline import Deadline

# boto3's own default waits a minute for each attempt: a call that hangs would outlive the function.
CLIENT_CONFIG = Config(connect_timeout=5, read_timeout=15, retries={"mode": "standard", "total_max_attempts": 4})
PAUSES_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0)  # and the last one again and again


class StillRefused(Exception):
    """The time is up and AWS still refuses. The message says what to do."""


def error_code(error: ClientError) -> str:
    """The name of an error of AWS, for example NoSuchBucket."""
    return str(error.response.get("Error", {}).get("Code", ""))


def retry_while(codes: frozenset[str], call: Callable[[], None], deadline: Deadline, advice: str) -> None:
    """Make a call again as long as it fails with one of the codes.

    Raises StillRefused with the advice when the next pause would end after the deadline. Other
    errors pass through.
    """
    for pause in _pauses():
        try:
            return call()
        except ClientError as error:
            if error_code(error) not in codes:
                raise
            if not deadline.pause(pause):
                raise StillRefused(f"{advice} ({error_code(error)})") from error


def _pauses() -> Iterator[float]:
    return chain(PAUSES_SECONDS, repeat(PAUSES_SECONDS[-1]))
