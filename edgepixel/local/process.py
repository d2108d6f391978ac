# SPDX-License-Identifier: Apache-2.0
"""Processes of this machine, by their id: what they run, and how to end them."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PATIENCE_SECONDS = 60.0  # for a busy machine: else it takes about one


def command_line(pid: int) -> str | None:
    """What a process runs, as one line; None if there is no such process any more (a finished one does not count)."""
    proc = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self/cmdline").exists():
        with suppress(OSError):
            return proc.read_bytes().replace(b"\0", b" ").decode(errors="replace").strip() or None
        return None
    found = subprocess.run(  # noqa: S603 (no shell; the id is a number)
        ["ps", "-p", str(pid), "-o", "command="],  # noqa: S607 (where there is no /proc, ps is part of the system)
        capture_output=True,
        text=True,
        check=False,
    )
    line = found.stdout.strip()
    return None if not line or "<defunct>" in line else line


def runs(pid: int) -> bool:
    """Whether a process has not finished. While it becomes another program, it has no command line."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return not Path("/proc/self/stat").exists() and command_line(pid) is not None
    return after_name[0] not in (b"Z", b"X")  # proc(5): a zombie, dead


def end(pid: int) -> None:
    """End a process that leads its own group, politely, and then by force what is left of the group."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    _gone_within(pid, _PATIENCE_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    _gone_within(pid, _PATIENCE_SECONDS)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """A block that no second Ctrl-C, no SIGTERM and no SIGHUP ends, so that nothing is left half stopped."""
    if threading.current_thread() is not threading.main_thread():  # signals are the main thread's
        yield
        return
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _gone_within(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while runs(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    with suppress(ChildProcessError):  # it is our child only if this same program started it
        os.waitpid(pid, os.WNOHANG)
    return True
