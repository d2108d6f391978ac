# SPDX-License-Identifier: Apache-2.0
"""Changing a stream's number of shards or its capacity mode, within the limits of AWS.

Sources: the Kinesis API Reference, `UpdateShardCount` (ten changes in 24 hours, at most double, at least half, not in
on-demand mode); the Kinesis Developer Guide, "Choose the data stream capacity mode" (two switches in 24 hours; a stream
keeps its shards when its mode changes). The words about double and half are AWS's (as quoted in the documentation of
the AWS Data.all MDAA constructs, and checked against AWS by kinesalite's tests, from which the code is, too).
"""

import time

from localcloud.kinesis.shards import open_shards, reshard
from localcloud.ministack import kinesis
from localcloud.refusal import RefusedError

PROVISIONED, ON_DEMAND = "PROVISIONED", "ON_DEMAND"
MOST_SHARD_CHANGES, MOST_MODE_CHANGES = 10, 2
_DAY_SECONDS = 24 * 3600
_SHARD_CHANGES, _MODE_CHANGES = "_shard_count_changes", "_mode_changes"  # a stream's times of them, in seconds


def mode_of(stream: kinesis.Stream) -> str:
    """The capacity mode."""
    return str(stream.get("StreamModeDetails", {}).get("StreamMode", PROVISIONED))


def update_shard_count(stream: kinesis.Stream, target: int) -> None:
    """Change the number of open shards. Raises RefusedError."""
    _check_shard_count(stream, target, mode_of(stream))
    _reshard(stream, target)


def update_stream_mode(stream: kinesis.Stream, mode: str) -> None:
    """Change the capacity mode; the shards stay. Raises RefusedError."""
    _check_mode(stream, mode)
    _switch(stream, mode)


def update(stream: kinesis.Stream, mode: str, target: int | None) -> None:
    """Change the mode, then the number of shards (None: leave it), or nothing at all. Raises RefusedError."""
    _check_mode(stream, mode)
    if mode == PROVISIONED and target is not None:
        _check_shard_count(stream, target, mode)
    _switch(stream, mode)
    if mode == PROVISIONED and target is not None:
        _reshard(stream, target)


def _check_mode(stream: kinesis.Stream, mode: str) -> None:
    if mode not in (PROVISIONED, ON_DEMAND):
        raise RefusedError("InvalidArgumentException", f"StreamMode must be {PROVISIONED} or {ON_DEMAND}, not {mode}.")
    if mode != mode_of(stream) and _recent(stream, _MODE_CHANGES) >= MOST_MODE_CHANGES:
        raise RefusedError(
            "LimitExceededException",
            f"The capacity mode of stream {stream['StreamName']} was updated {MOST_MODE_CHANGES} times in 24 hours.",
        )


def _check_shard_count(stream: kinesis.Stream, target: int, mode: str) -> None:
    current = len(open_shards(stream))
    counts = f"Current open shard count: {current}, Target shard count: {target}"
    if mode == ON_DEMAND:
        raise RefusedError("ValidationException", "UpdateShardCount is not supported for streams in on-demand mode.")
    if target < 1:
        raise RefusedError("ValidationException", f"TargetShardCount must be at least 1, not {target}.")
    if target > current * 2:
        raise RefusedError(
            "LimitExceededException",
            f"UpdateShardCount cannot scale up over double your current open shard count. {counts}",
        )
    if target < current / 2:
        raise RefusedError(
            "LimitExceededException",
            f"UpdateShardCount cannot scale down below half your current open shard count. {counts}",
        )
    if target != current and _recent(stream, _SHARD_CHANGES) >= MOST_SHARD_CHANGES:
        raise RefusedError(
            "LimitExceededException",
            f"The shard count of stream {stream['StreamName']} was updated {MOST_SHARD_CHANGES} times in 24 hours.",
        )


def _switch(stream: kinesis.Stream, mode: str) -> None:
    if mode != mode_of(stream):
        stream["StreamModeDetails"] = {"StreamMode": mode}
        stream.setdefault(_MODE_CHANGES, []).append(time.time())


def _reshard(stream: kinesis.Stream, target: int) -> None:
    if target != len(open_shards(stream)):
        reshard(stream, target)
        stream.setdefault(_SHARD_CHANGES, []).append(time.time())


def _recent(stream: kinesis.Stream, changes: str) -> int:
    since = time.time() - _DAY_SECONDS
    return sum(moment > since for moment in stream.get(changes, []))
