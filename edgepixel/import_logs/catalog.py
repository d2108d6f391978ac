# SPDX-License-Identifier: Apache-2.0
"""Waits until the catalog has the hours that an import wrote to: the crawler trigger registers them by itself."""

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from botocore.exceptions import ClientError

from edgepixel.aws import lake_names
from edgepixel.aws.stack import Stack
from edgepixel.errors import LogImportError

PATIENCE_SECONDS = 1200.0
"""For how long no further hour need come: in a new stack, a crawl of some minutes comes first."""

_PAUSE_SECONDS = 2.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def wait_for_hours(
    stack: Stack,
    hours: Iterable[int],
    progress: Callable[[int], None],
    patience_seconds: float = PATIENCE_SECONDS,
    pause_seconds: float = _PAUSE_SECONDS,
) -> None:
    """Poll the catalog until it has all of these hours (since 1970). `progress` is told how many it has.

    Raises LogImportError if no further one came for so many seconds.
    """
    wanted = {(_EPOCH + timedelta(hours=hour)).strftime("%Y-%m-%d %H") for hour in hours}
    most, since = 0, time.monotonic()
    while True:
        found = len(wanted & _registered(stack))
        progress(found)
        if found == len(wanted):
            return
        if found > most:
            most, since = found, time.monotonic()
        elif time.monotonic() - since > patience_seconds:
            raise LogImportError(
                f"the lines are in the lake, but only {found:,} of {len(wanted):,} hours are in the catalog after "
                f"{patience_seconds:.0f} s. Look for what is wrong with: edgepixel doctor"
            )
        time.sleep(pause_seconds)


def _registered(stack: Stack) -> set[str]:
    """The days and hours of all partitions; none while there is no table."""
    pages = stack.cloud.client("glue").get_paginator("get_partitions")
    try:
        return {
            " ".join(partition["Values"])
            for page in pages.paginate(
                DatabaseName=stack.database, TableName=lake_names.TABLE, ExcludeColumnSchema=True
            )
            for partition in page["Partitions"]
        }
    except ClientError as error:
        if error.response["Error"]["Code"] != "EntityNotFoundException":
            raise
        return set()
