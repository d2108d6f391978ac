# SPDX-License-Identifier: Apache-2.0
"""When views happen: a day's rhythm over the hours before now, and one hour that is far out of line."""

from dataclasses import dataclass
from math import cos, tau
from random import Random

HOUR_MS = 3_600_000
_PEAK_HOUR = 15  # UTC
_SWING = 0.45  # the busiest hour has 1.45 times, the quietest 0.55 times the average


@dataclass(frozen=True)
class Rhythm:
    """The window of time that views are spread over. All times are milliseconds since the epoch."""

    start_ms: int
    end_ms: int

    def moment(self, random: Random, duration_ms: int = 0) -> int:
        """When something begins that must be over, `duration_ms` later, before the window ends."""
        hours = range(self.start_ms // HOUR_MS, self.end_ms // HOUR_MS + 1)
        weights = [self._overlap_ms(hour) * _activity(hour % 24) for hour in hours]
        hour = random.choices(hours, weights=weights)[0]
        earliest, latest = max(self.start_ms, hour * HOUR_MS), min(self.end_ms, (hour + 1) * HOUR_MS)
        return max(self.start_ms, min(random.randrange(earliest, latest), self.end_ms - duration_ms - 1))

    def spike(self, random: Random) -> int:
        """A moment within the one hour that is out of line, some way into the window."""
        hour = (self.start_ms + (self.end_ms - self.start_ms) * 3 // 5) // HOUR_MS
        earliest, latest = max(self.start_ms, hour * HOUR_MS), min(self.end_ms, (hour + 1) * HOUR_MS)
        return random.randrange(earliest, latest)

    def _overlap_ms(self, hour: int) -> int:
        return max(0, min(self.end_ms, (hour + 1) * HOUR_MS) - max(self.start_ms, hour * HOUR_MS))


def _activity(hour_of_day: int) -> float:
    return 1 + _SWING * cos(tau * (hour_of_day - _PEAK_HOUR) / 24)
