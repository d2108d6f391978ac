# SPDX-License-Identifier: Apache-2.0
"""Locks between commands that run at the same time. The system releases them even if a command is killed."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from edgepixel.errors import AlreadyRunningError


@contextmanager
def exclusively(path: Path, busy: str | None = None, *, waiting: Callable[[], object] = lambda: None) -> Iterator[None]:
    """Hold the lock of that file.

    While another command holds it: call `waiting` and wait, or raise AlreadyRunningError if told `busy`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if busy:
                raise AlreadyRunningError(busy) from None
            waiting()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
