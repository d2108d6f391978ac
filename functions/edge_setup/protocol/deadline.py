# SPDX-License-Identifier: Apache-2.0
"""The time that a request has, and the alarm that rings while there is still time to answer."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# The longest that an answer takes, with all its attempts (see response.py), and a little.
ANSWER_SECONDS = 12.0


class Deadline:
    """Counts down to the moment at which work must end so that the answer can still be given."""

    def __init__(self, remaining_milliseconds: Callable[[], int]) -> None:
        """`remaining_milliseconds` is the Lambda context's get_remaining_time_in_millis."""
        self._remaining = remaining_milliseconds
        # A function with a very short timeout keeps half of it for the answer.
        self._reserve = min(ANSWER_SECONDS, remaining_milliseconds() / 1000 / 2)

    def seconds_left(self) -> float:
        """Seconds left for work; negative when the alarm has rung."""
        return self._remaining() / 1000 - self._reserve

    def pause(self, seconds: float) -> bool:
        """Wait, unless the wait would end too late. Says whether it waited."""
        if seconds >= self.seconds_left():
            return False
        time.sleep(seconds)
        return True

    @contextmanager
    def alarm(self, ring: Callable[[], None]) -> Iterator[None]:
        """Call `ring` in another thread if the work in this block goes on for too long.

        A ring that has begun is waited for: Lambda freezes what still runs when the handler returns.
        """
        timer = threading.Timer(max(self.seconds_left(), 0), ring)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()
