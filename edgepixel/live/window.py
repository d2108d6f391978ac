# SPDX-License-Identifier: Apache-2.0
"""The events of the last minutes, each request id once, and no more than fit into little memory."""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any

from edgepixel.live.event import Event

MOST_EVENTS = 200_000
"""About 150 MB. Of a busier site, a shorter time is shown."""
_MOST_DELAYS = 2_000


class Window:
    """What is known of the last minutes. `begin`: from when on everything that was read is there, in epoch seconds.

    `late`: events that came when they were already older, and `repeated`: lines of an event that was there.
    """

    def __init__(self, seconds: float, started: float, most: int = MOST_EVENTS) -> None:
        self.seconds = seconds
        self.begin = started - seconds
        self.is_full = False
        self.late = 0
        self.repeated = 0
        self._started = started
        self._most = most
        self._events: dict[str, Event] = {}
        self._delays: deque[tuple[float, float]] = deque(maxlen=_MOST_DELAYS)

    def add(self, events: Iterable[Event], now: float) -> None:
        """Take events in, and let go of what is too old."""
        self._forget_until(now - self.seconds)
        for event in events:
            known = self._events.get(event.request_id)
            if known is not None:
                self.repeated += 1
                self._events[event.request_id] = _once(known, event)
            elif event.time < self.begin:
                self.late += 1
            else:
                self._events[event.request_id] = event
                if event.arrived >= self._started:  # else it is as old as this look back
                    self._delays.append((now, max(0.0, now - event.time)))
        if len(self._events) > self._most:
            times = sorted(event.time for event in self._events.values())
            self._forget_until(times[len(times) - self._most])
            self.is_full = True

    def events(self) -> Sequence[Event]:
        """All of them, in no order."""
        return list(self._events.values())

    def delays(self, since: float) -> list[float]:
        """How many seconds after its hit each event was counted that was counted since a moment, ascending."""
        return sorted(delay for counted, delay in self._delays if counted >= since)

    def _forget_until(self, begin: float) -> None:
        if begin > self.begin:
            self.is_full = False
            self.begin = begin
            self._events = {name: event for name, event in self._events.items() if event.time >= begin}


def _once(one: Event, other: Event) -> Event:
    """One event of two lines, as answers make one: the least value of each column."""
    return Event._make(_least(*pair) for pair in zip(one, other, strict=True))


def _least(one: Any, other: Any) -> Any:
    return other if one is None or (other is not None and other < one) else one
