# SPDX-License-Identifier: Apache-2.0
"""Runs a stack's compactor on one day after the other, and waits for each."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from edgepixel.aws.stack import Stack
from edgepixel.aws.typed_days import TypedDay, typed_days
from edgepixel.errors import CompactionError

_RUN_SECONDS = 900
"""Lambda's longest, and the compactor's (its Timeout in template.yaml)."""
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 2.0, 60.0
_PATIENCE_SECONDS = 4 * 3600
"""Athena ends a statement after 30 minutes; a day of several parts has several."""


@dataclass(frozen=True)
class Compacted:
    """A day that was asked for. `typed` is None if it has no events; `changed`: it was made anew."""

    day: date
    typed: TypedDay | None
    changed: bool


def compact_day(stack: Stack, day: date, *, redo: bool = False, unclosed: bool = False) -> Compacted:
    """Have one day typed, and wait for it. `redo`: even if it is; `unclosed`: even if it is not over.

    Raises CompactionError with the function's reason, or if it does not end; what was begun goes on in AWS.
    """
    event = {"days": [str(day)], "redo": redo, "unclosed": unclosed}
    before = typed_days(stack).get(day)
    deadline, pause = time.monotonic() + _PATIENCE_SECONDS, _FIRST_PAUSE_SECONDS
    while True:
        returned = _invoke(stack, event)
        # The end of a statement starts a run of its own, which may have been first.
        after = typed_days(stack).get(day)
        changed = after is not None and (before is None or after.location != before.location)
        if changed or not (returned["waiting"] or returned["left"]):
            return Compacted(day, after, changed)
        if time.monotonic() > deadline:
            raise CompactionError(
                f"{day} is not typed after {_PATIENCE_SECONDS // 3600} hours. The compactor comes again by itself, "
                "once an hour: see `edgepixel doctor`"
            )
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)


def _invoke(stack: Stack, event: Mapping[str, Any]) -> dict[str, Any]:
    # As long as the function may take, and once: what boto3 repeats would be a second run beside the first.
    client = stack.cloud.client("lambda", read_seconds=_RUN_SECONDS + 30, attempts=1)
    response = client.invoke(FunctionName=stack.outputs["CompactorFunctionName"], Payload=json.dumps(event).encode())
    returned: dict[str, Any] = json.loads(response["Payload"].read())
    if "FunctionError" in response:
        reason = returned.get("errorMessage", response["FunctionError"])
        raise CompactionError(f"{', '.join(event['days'])} is not typed: {reason}")
    return returned
