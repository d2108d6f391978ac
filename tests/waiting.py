# SPDX-License-Identifier: Apache-2.0
"""How tests wait: until something is so, as long as a slow machine may take. A quick one is not made to wait longer."""

import os
import select
from collections.abc import Callable
from time import monotonic, sleep  # by name: tests replace what the module `time` holds

PATIENCE_SECONDS = 300.0
"""How long something may take, or show no progress, before a test gives up; also the timeout of tests' connections."""

WAITER = {"Delay": 1, "MaxAttempts": int(PATIENCE_SECONDS)}
"""`WaiterConfig` of boto3's waiters, whose own patience may be as little as 18 tries."""

_SHOWN_CHARACTERS = 2000


def wait_until[T](
    condition: Callable[[], T],
    what: str,
    seen: Callable[[], object] | None = None,
    pause_seconds: float = 0.05,
) -> T:
    """Return what `condition` gives, as soon as that is true.

    `seen` gives what shows progress, without it what `condition` gives: as long as that changes, the wait goes on.
    Raises AssertionError after PATIENCE_SECONDS without progress: it says that `what` did not happen, and what was seen
    last.
    """
    last: object = None
    since = monotonic()
    while not (found := condition()):
        now = seen() if seen else found
        if now != last:
            last, since = now, monotonic()
        elif monotonic() - since > PATIENCE_SECONDS:
            shown = repr(last)[-_SHOWN_CHARACTERS:]
            raise AssertionError(f"{what}: not after {PATIENCE_SECONDS:.0f} s without progress. Last seen: {shown}")
        sleep(pause_seconds)
    return found


def wait_until_ended(process: int) -> None:
    """Wait until a process has ended, by its id; it may be another program's child. Linux only.

    A signal is not enough: on a busy machine the process runs on for a while after `os.kill` has returned. A zombie has
    ended: its parent learns so when it asks.
    """
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return
    try:
        ended, _, _ = select.select([handle], [], [], PATIENCE_SECONDS)
    finally:
        os.close(handle)
    assert ended, f"process {process} still runs after {PATIENCE_SECONDS:.0f} s"
