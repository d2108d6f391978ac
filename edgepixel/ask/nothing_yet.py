# SPDX-License-Identifier: Apache-2.0
"""What a stack waits for whose lake has no table yet: nothing is wrong before the first hit has arrived."""

from collections.abc import Mapping

from botocore.exceptions import ClientError

from edgepixel.aws.lake_names import TABLE
from edgepixel.aws.stack import Stack
from edgepixel.local.local_cloud import speed_of

_STANDARD_LOGS_SECONDS = 3600.0
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
    seconds = waiting_seconds(stack.parameters)
    if not _has_only_standard_logs(stack.parameters):  # for which no crawl is needed
        seconds += _CRAWL_SECONDS
    usual = _text(seconds if port is None else seconds / speed_of(port))
    if _has_only_standard_logs(stack.parameters):
        return (
            f"Nothing has arrived yet. CloudFront usually delivers a file of standard logs within {usual}, at times up "
            "to a day later, and reliably from about four hours after the deployment on. Nothing sent yet? Open a page "
            "with the pixel. Waited longer? `edgepixel doctor --no-hits` says whether everything is as it should be."
        )
    return (
        f"Nothing has arrived yet. The first hit of a stack can be queried about {usual} after it was sent: it is "
        "collected, delivered, and a crawler makes the table. Nothing sent yet? Open a page with the pixel. Waited "
        "longer? `edgepixel doctor` says where hits stop."
    )


def waiting_seconds(parameters: Mapping[str, str]) -> float:
    """How long hits are collected on their way into the lake, in AWS, as the stack's parameters say.

    CloudFront "usually delivers the log file for that time period […] within an hour" (CloudFront Developer Guide,
    "Timing of log file delivery").
    """
    if _has_only_standard_logs(parameters):
        return _STANDARD_LOGS_SECONDS
    window = 0.0 if parameters["Aggregation"] == "disabled" else float(parameters["BatchingWindowSeconds"])
    return window + float(parameters["BufferSeconds"])


def _has_only_standard_logs(parameters: Mapping[str, str]) -> bool:
    return parameters.get("Source") == "standard"  # older versions have no such parameter


def _text(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds >= 90 else f"{max(seconds, 1):.0f} seconds"
