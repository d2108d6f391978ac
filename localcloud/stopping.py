# SPDX-License-Identifier: Apache-2.0
"""How signals end the local cloud: the first one does, and nothing interrupts the end, which removes its files."""

import signal
from collections.abc import Callable
from types import FrameType

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Stopping:
    """Handles SIGTERM, SIGINT and SIGHUP from now on, in the main thread.

    While the local cloud starts, a signal raises SystemExit; from `serving` on it calls `wake`; after that, and from
    `ending` on, it changes nothing.
    """

    def __init__(self) -> None:
        self._wake: Callable[[], object] = _leave
        for number in _SIGNALS:
            # `nohup` ignores SIGHUP, and means it. A shell that ignores SIGINT for its background jobs does not.
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._stop)

    def serving(self, wake: Callable[[], object]) -> None:
        """From now on a signal calls `wake`, between two instructions of the main thread."""
        self._wake = wake

    def ending(self) -> None:
        """From now on signals change nothing."""
        self._wake = _nothing

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        wake, self._wake = self._wake, _nothing
        wake()


def _leave() -> None:
    raise SystemExit(0)


def _nothing() -> None:
    pass
