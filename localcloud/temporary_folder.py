# SPDX-License-Identifier: Apache-2.0
"""The local cloud's temporary folder: all that it keeps, as long as it runs.

The folder has a locked file. The system releases the lock of a process that is killed: so the next local cloud finds
what that one left behind, and removes it.
"""

import fcntl
import logging
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import NoReturn

_PREFIX, _LOCK = "localcloud-", "running.lock"
_REMOVE_SECONDS, _PAUSE_SECONDS = 30.0, 0.05


class TemporaryFolder:
    """A new folder, until `remove`. Folders of local clouds that were killed are removed first."""

    def __init__(self) -> None:
        _remove_left_behind()
        self.path = tempfile.mkdtemp(prefix=_PREFIX)
        # The file gets its name when it is locked: a folder without it may be one that begins.
        partial = Path(self.path, f"{_LOCK}.new")
        self._lock = partial.open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        partial.rename(Path(self.path, _LOCK))

    def remove(self) -> None:
        """Remove the folder, in a process that does nothing else."""
        _remove_whatever_comes(Path(self.path))
        self._lock.close()

    def remove_at_last(self) -> NoReturn:
        """End this process: become one that only removes the folder.

        The threads of this one still answer requests that nobody waits for. They would make every file that is removed
        wait for Python's lock, which takes a minute for thousands of files, and make new files meanwhile.
        """
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os.execv(sys.executable, [sys.executable, "-ES", __file__, self.path])  # noqa: S606 (our own arguments)


def _remove_whatever_comes(folder: Path) -> None:
    """A function that is being unpacked, or that ends, adds files meanwhile, so once may not do."""
    deadline = time.monotonic() + _REMOVE_SECONDS
    while True:
        _remove(folder)
        if not folder.exists():
            return
        if time.monotonic() > deadline:
            logging.getLogger("localcloud.temporary_folder").warning("%s could not be removed", folder)
            return
        time.sleep(_PAUSE_SECONDS)


def _remove(folder: Path) -> None:
    """The lock goes last: who is killed meanwhile leaves a folder that the next one finds."""
    for entry in folder.iterdir() if folder.exists() else ():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        elif entry.name != _LOCK:
            entry.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def _remove_left_behind() -> None:
    for lock in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*/{_LOCK}"):
        folder = lock.parent
        try:
            if folder.is_symlink() or folder.stat().st_uid != os.getuid():
                continue  # another user's, or nothing that a local cloud made
            with lock.open("r+") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _remove(folder)
        except (BlockingIOError, FileNotFoundError):
            continue  # one that runs, or that another one removes now


def _end_functions() -> None:
    """End what runs functions in the group of this process, if that is its own, and so not a shell's."""
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGTERM)  # which this process ignores


if __name__ == "__main__":
    _end_functions()
    _remove_whatever_comes(Path(sys.argv[1]))
