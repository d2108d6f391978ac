# SPDX-License-Identifier: Apache-2.0
"""The two Kinesis streams: they exist and take what is written to them."""

from collections.abc import Iterator
from dataclasses import dataclass

from edgepixel.doctor.facts.said import Said, is_absent, part
from edgepixel.doctor.findings import Paragraph, Problem, Stage

_USABLE = ("ACTIVE", "UPDATING")  # it takes and gives records in both (Kinesis API reference, StreamStatus)


@dataclass(frozen=True)
class StreamFacts:
    """DescribeStreamSummary; `refused`: how many writes the stream refused in the last quarter of an hour, if known."""

    stage: Stage
    name: str
    summary: Said
    refused: float | None = None


def problems(facts: StreamFacts) -> Iterator[Problem]:
    """What is wrong with a stream."""
    status = part(facts.summary, "StreamDescriptionSummary", "StreamStatus")
    if is_absent(facts.summary) or status == "DELETING":
        yield Problem(
            facts.stage,
            f"The stream {facts.name} does not exist.",
            "Somebody deleted it. What it held is lost. Make a stream of the same name, or deploy the stack anew.",
            Paragraph.CHANGED_BY_HAND,
        )
    elif status is not None and status not in _USABLE:
        yield Problem(
            facts.stage,
            f"The stream {facts.name} is in state {status}.",
            "Wait until it is active, and run this command again.",
            Paragraph.CHANGED_BY_HAND,
        )


def throttling(facts: StreamFacts) -> Problem | None:
    """The problem if the stream has just refused writes because it was full."""
    if not facts.refused:
        return None
    return Problem(
        facts.stage,
        f"The stream {facts.name} refused {facts.refused:,.0f} writes in the last 15 minutes: its shards are full.",
        "Raise ShardCount, or set StreamMode=ON_DEMAND.",
        Paragraph.REFUSED if facts.stage is Stage.RAW_STREAM else Paragraph.LAG,
    )


def nothing_arrived(facts: StreamFacts, seconds: float, sampling_rate: int, in_progress: bool) -> Problem:
    """The problem if the edge served the hits, all looks right, and the raw stream stays empty."""
    if full := throttling(facts):
        return full
    why = "although everything before it looks right."
    if in_progress:
        why = "and the distribution's last change is not deployed to every edge location yet."
    elif sampling_rate < 100:
        why = f"and the sampling rate is {sampling_rate} %, so that the hits may have been left out."
    return Problem(
        facts.stage,
        f"The edge served the hits, but no line of them came into the raw stream within {seconds:.0f} s, {why}",
        "Run this command again in some minutes. If the stream stays empty, check the log configuration and its role.",
        Paragraph.NOT_LOGGED,
    )
