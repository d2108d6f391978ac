# SPDX-License-Identifier: Apache-2.0
"""Locks between commands."""

import fcntl
import threading
from pathlib import Path
from typing import IO

import pytest

from edgepixel.errors import AlreadyRunningError
from edgepixel.local.lock import exclusively
from tests.waiting import PATIENCE_SECONDS


def test_a_second_holder_is_refused_and_a_later_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "new" / "demo.lock"
    with exclusively(path), pytest.raises(AlreadyRunningError, match="another demo"), exclusively(path, "another demo"):
        pass
    with exclusively(path, "another demo"):
        assert path.exists()


def test_without_a_message_the_second_waits_its_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "build.lock"
    order: list[str] = []
    flock, at_the_lock = fcntl.flock, threading.Event()

    def noted(file: IO[str], operation: int) -> None:
        if not operation & fcntl.LOCK_NB:
            at_the_lock.set()
        flock(file, operation)

    def second() -> None:
        with exclusively(path, waiting=lambda: order.append("waits")):
            order.append("second")

    with exclusively(path):
        monkeypatch.setattr(fcntl, "flock", noted)
        thread = threading.Thread(target=second)
        thread.start()
        assert at_the_lock.wait(PATIENCE_SECONDS)
        thread.join(0.1)
        order.append("first")
    thread.join(PATIENCE_SECONDS)
    assert order == ["waits", "first", "second"]
