# SPDX-License-Identifier: Apache-2.0
"""The time that a request has, without waiting."""


class FakeDeadline:
    """Time that passes only when a pause is asked for; the pauses are remembered."""

    def __init__(self, seconds: float = 100.0) -> None:
        self.seconds = seconds
        self.pauses: list[float] = []

    def seconds_left(self) -> float:
        return self.seconds - sum(self.pauses)

    def pause(self, seconds: float) -> bool:
        if seconds >= self.seconds_left():
            return False
        self.pauses.append(seconds)
        return True
