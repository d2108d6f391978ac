# SPDX-License-Identifier: Apache-2.0
"""How long each stage may take before something is wrong. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from edgepixel.ask.nothing_yet import waiting_seconds
from edgepixel.doctor.findings import Stage

# Seconds beyond what the stack's parameters say. CloudFront delivers real-time log lines "within seconds", best effort
# (CloudFront developer guide, "Use real-time access logs"). The first crawl of a stack takes about two minutes, and
# Lambda tries the trigger again after one and after two more ("How Lambda handles errors … asynchronous invocation").
_MARGINS = {
    Stage.RAW_STREAM: 120.0,
    Stage.AGGREGATED_STREAM: 120.0,
    Stage.LAKE: 180.0,  # longer with standard logs, whose files come "within an hour" as a rule
    Stage.TRIGGER: 120.0,
    Stage.CATALOG: 300.0,
    Stage.VIEW: 120.0,
    Stage.ANSWER: 120.0,
}
# One GetRecords a second and shard: a shard allows five, for all its readers together. What has no end of its own is
# asked less often.
_STREAM_PAUSE_SECONDS, _PAUSE_SECONDS = 1.0, 5.0
_LOCAL_PAUSE_SECONDS = 0.2
LOCAL_MARGIN_SECONDS = 60.0
"""What this machine may need for each stage beyond the local cloud's own waits."""


@dataclass(frozen=True)
class Patience:
    """`limits`: the seconds that each waiting stage may take. `pauses`: the seconds between two looks at each.

    `usual`: how long the hits wait on their way in a stack that works.
    """

    limits: Mapping[Stage, float]
    pauses: Mapping[Stage, float]
    usual: float

    @property
    def longest(self) -> float:
        """Seconds after which the command gives up."""
        return sum(self.limits.values())


def patience(
    parameters: Mapping[str, str],
    *,
    speed: float | None = None,
    timeout: float | None = None,
    local_margin: float = LOCAL_MARGIN_SECONDS,
) -> Patience:
    """What a stack's parameters lead to. `speed`: the local cloud's, None in AWS. `timeout`: the most in all.

    A timeout makes every stage's limit shorter in the same proportion.
    """
    limits = dict(_MARGINS)
    if parameters.get("Source") == "standard":
        del limits[Stage.RAW_STREAM], limits[Stage.AGGREGATED_STREAM]
        limits[Stage.LAKE] += waiting_seconds(parameters)
    else:
        limits[Stage.AGGREGATED_STREAM] += float(parameters["BatchingWindowSeconds"])
        limits[Stage.LAKE] += float(parameters["BufferSeconds"])
        if parameters["Aggregation"] == "disabled":
            del limits[Stage.AGGREGATED_STREAM]
    if speed is not None:
        limits = {stage: seconds / speed + local_margin for stage, seconds in limits.items()}
    whole = sum(limits.values())
    if timeout is not None and timeout < whole:
        limits = {stage: seconds * timeout / whole for stage, seconds in limits.items()}
    pauses = {stage: _pause(stage) if speed is None else _LOCAL_PAUSE_SECONDS for stage in limits}
    return Patience(limits, pauses, waiting_seconds(parameters) / (speed or 1))


def _pause(stage: Stage) -> float:
    return _STREAM_PAUSE_SECONDS if stage in (Stage.RAW_STREAM, Stage.AGGREGATED_STREAM) else _PAUSE_SECONDS
