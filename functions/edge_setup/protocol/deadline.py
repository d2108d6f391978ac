# SPDX-License-Identifier: Apache-2.0
"""The time that a request has, and a timer that expires while there is still time to respond."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# The longest that sending the response takes, with all its attempts (see response.py), and a little more.
RESPONSE_SECONDS = 12.0


class Deadline:
    """Counts down to the moment at which work must end so that the response can still be sent."""

    def __init__(self, remaining_milliseconds: Callable[[], int]) -> None:
        """`remaining_milliseconds` is the Lambda context's get_remaining_time_in_millis."""
        self._remaining = remaining_milliseconds
        # A function with a very short timeout keeps half of it for the response.
        self._reserve = min(RESPONSE_SECONDS, remaining_milliseconds() / 1000 / 2)

    def seconds_left(self) -> float:
        """Seconds left for work; negative after the timer expired."""
        return self._remaining() / 1000 - self._reserve

    def pause(self, seconds: float) -> bool:
        """Wait, unless the wait would end too late. Returns whether it waited."""
        if seconds >= self.seconds_left():
            return False
        time.sleep(seconds)
        return True

    @contextmanager
    def timer(self, on_timeout: Callable[[], None]) -> Iterator[None]:
        """Call `on_timeout` in another thread if the work in this block takes too long.

        The block does not end before a call that has begun: Lambda freezes what still runs when the handler returns.
        """
        timer = threading.Timer(max(self.seconds_left(), 0), on_timeout)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()
