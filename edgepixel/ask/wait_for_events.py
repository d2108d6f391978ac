# SPDX-License-Identifier: Apache-2.0
"""Waits until hits that were sent can be queried, and says what is missing if they do not come."""

import time
from collections.abc import Callable

from botocore.exceptions import ClientError

from edgepixel.ask.athena import run_query
from edgepixel.aws import lake_names
from edgepixel.aws.stack import Stack
from edgepixel.errors import AnswerFailedError, NotQueryableError

_COUNT = "SELECT count(DISTINCT request_id) AS events FROM events"
_PAUSE_SECONDS = 0.5
PATIENCE_SECONDS = 300.0
"""For how long no event more need come, on a busy machine, before something is wrong. Usually they take about six."""


def wait_until_queryable(stack: Stack, events: int, patience_seconds: float, progress: Callable[[int], None]) -> None:
    """Poll Athena until the stack holds that many events. `progress` is told how many there are.

    Raises NotQueryableError when their number has not grown for so many seconds, naming the stage that they seem to be
    stuck in.
    """
    most, since = 0, time.monotonic()
    while True:
        found, reason = _count(stack)
        progress(found)
        if found >= events:
            return
        if found > most:
            most, since = found, time.monotonic()
        elif time.monotonic() - since > patience_seconds:
            raise NotQueryableError(
                f"{found:,} of {events:,} events can be queried, and no more arrived for {patience_seconds:.0f} s. "
                f"{reason}{_stages(stack)}"
            )
        time.sleep(_PAUSE_SECONDS)


def queryable_events(stack: Stack) -> int:
    """How many events can be queried now; before the first delivery, none."""
    return _count(stack)[0]


def _count(stack: Stack) -> tuple[int, str]:
    """How many events there are, and why none, if Athena cannot say: there is no table before the first delivery."""
    try:
        found = run_query(stack, _COUNT).rows[0][0]
    except AnswerFailedError as error:
        return 0, f"{error}. "
    if not isinstance(found, int):
        raise AnswerFailedError(f"Athena's count of the events is {found!r}, not a number")
    return found, ""


def require_lake(stack: Stack) -> None:
    """Raise NotQueryableError if nothing can ever arrive."""
    try:
        stack.cloud.client("s3").head_bucket(Bucket=stack.lake_bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchBucket"):
            raise
        raise NotQueryableError(
            f"nothing can arrive: the lake's bucket {stack.lake_bucket} does not exist any more. `edgepixel doctor` "
            "tells what is missing"
        ) from error


def _stages(stack: Stack) -> str:
    """What each stage after the streams holds."""
    found = [f"{_objects(stack, folder)} objects in {folder}" for folder in (lake_names.EVENTS, lake_names.QUARANTINE)]
    found.append(f"{_objects(stack, lake_names.DELIVERY_ERRORS)} in {lake_names.DELIVERY_ERRORS}")
    return f"The lake has {', '.join(found)}; the table {lake_names.TABLE} is {_table(stack)}."


def _objects(stack: Stack, folder: str) -> str:
    page = stack.cloud.client("s3").list_objects_v2(Bucket=stack.lake_bucket, Prefix=folder)
    return f"{page['KeyCount']}{'+' if page.get('IsTruncated') else ''}"


def _table(stack: Stack) -> str:
    try:
        stack.cloud.client("glue").get_table(DatabaseName=stack.database, Name=lake_names.TABLE)
    except ClientError as error:
        if error.response["Error"]["Code"] != "EntityNotFoundException":
            raise
        return "not in the catalog"
    return "in the catalog"
