# SPDX-License-Identifier: Apache-2.0
"""How tests wait: as long as something moves, and then they say what did not happen."""

import os
import signal
import subprocess
import sys

import pytest

from tests import waiting
from tests.waiting import wait_until, wait_until_ended


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were made. They take no time but the clock's."""
    made: list[float] = []
    monkeypatch.setattr(waiting, "sleep", made.append)
    monkeypatch.setattr(waiting, "monotonic", lambda: sum(made))
    return made


def test_it_gives_what_was_waited_for_and_does_not_pause_first(pauses: list[float]) -> None:
    assert wait_until(lambda: ["found"], "something is found") == ["found"]
    assert pauses == []


def test_it_waits_as_long_as_something_moves(pauses: list[float]) -> None:
    hours = iter(range(24))
    assert wait_until(lambda: next(hours) == 23, "a day is over", lambda: len(pauses), pause_seconds=200)
    assert len(pauses) == 23


def test_without_progress_it_says_what_did_not_happen_and_what_was_seen(pauses: list[float]) -> None:
    with pytest.raises(AssertionError, match=r"^all lines arrive: not after 300 s without progress.*: '7 lines'$"):
        wait_until(lambda: False, "all lines arrive", lambda: "7 lines", pause_seconds=10)
    assert len(pauses) == 31


def test_a_killed_process_has_ended_when_the_wait_for_it_is_over() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    os.kill(process.pid, signal.SIGKILL)
    wait_until_ended(process.pid)
    assert process.poll() == -signal.SIGKILL
    wait_until_ended(process.pid)  # nor is one waited for that is there no more
    assert process.stdin
    process.stdin.close()


def test_a_process_that_runs_on_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "PATIENCE_SECONDS", 0.0)
    with pytest.raises(AssertionError, match=f"process {os.getpid()} still runs"):
        wait_until_ended(os.getpid())
