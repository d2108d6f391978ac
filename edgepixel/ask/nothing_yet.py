# SPDX-License-Identifier: Apache-2.0
"""What a stack waits for whose lake has no table yet: nothing is wrong before the first hit has arrived."""

from collections.abc import Mapping

from botocore.exceptions import ClientError

from edgepixel.aws.lake_names import TABLE
from edgepixel.aws.stack import Stack
from edgepixel.local.local_cloud import speed_of

_CRAWL_SECONDS = 120.0  # of the crawler, which makes the table for the first object: about two minutes


def nothing_yet(stack: Stack) -> str | None:
    """That nothing has arrived, when the first hit can be queried, and what to do; None if the table is there."""
    try:
        stack.cloud.client("glue").get_table(DatabaseName=stack.database, Name=TABLE)
    except ClientError as error:
        if error.response["Error"]["Code"] != "EntityNotFoundException":
            raise
    else:
        return None
    port = stack.cloud.local_port
    seconds = waiting_seconds(stack.parameters) + _CRAWL_SECONDS
    usual = _text(seconds if port is None else seconds / speed_of(port))
    return (
        f"Nothing has arrived yet. The first hit of a stack can be queried about {usual} after it was sent: it is "
        "collected, delivered, and a crawler makes the table. Nothing sent yet? Open a page with the pixel. Waited "
        "longer? `edgepixel doctor` says where hits stop."
    )


def waiting_seconds(parameters: Mapping[str, str]) -> float:
    """How long hits are collected on their way into the lake, in AWS, as the stack's parameters say."""
    window = 0.0 if parameters["Aggregation"] == "disabled" else float(parameters["BatchingWindowSeconds"])
    return window + float(parameters["BufferSeconds"])


def _text(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds >= 90 else f"{max(seconds, 1):.0f} seconds"
