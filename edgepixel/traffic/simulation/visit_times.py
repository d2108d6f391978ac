# SPDX-License-Identifier: Apache-2.0
"""When visits happen: by hour of the day and day of the week, with one very busy hour and some hours of silence."""

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from math import cos, tau
from random import Random

HOUR_MS = 3_600_000
_EPOCH_WEEKDAY = 3  # 1970-01-01 was a Thursday; Monday is 0
_PEAK_HOUR = 15  # UTC
_DAILY_SWING = 0.45  # the busiest hour has 1.45 times, the quietest 0.55 times the average
_WEEKEND = 0.6  # of what a working day has
_SPIKE_AT = 0.6  # of the period
_SILENT_AT = 0.4
_SILENT_SHARE = 1 / 30  # a whole day of 30 days, two hours of two days


@dataclass(frozen=True)
class VisitTimes:
    """The period that visits are spread over. All times are milliseconds since the epoch."""

    start_ms: int
    end_ms: int

    @property
    def spike_hour(self) -> int:
        """The very busy hour, counted from the epoch."""
        return (self.start_ms + int((self.end_ms - self.start_ms) * _SPIKE_AT)) // HOUR_MS

    @cached_property
    def silent_hours(self) -> range:
        """The hours, counted from the epoch, without a hit: as if the pixel had been removed from the pages."""
        hours = round((self.end_ms - self.start_ms) / HOUR_MS * _SILENT_SHARE)
        first = (self.start_ms + int((self.end_ms - self.start_ms) * _SILENT_AT)) // HOUR_MS
        return range(first, min(first + hours, self.spike_hour))

    def random_time(self, random: Random, duration_ms: int = 0) -> int:
        """When a visit of `duration_ms` can begin: it is over before the silence and before the end of the period."""
        hour = random.choices(self._hours, cum_weights=self._weights)[0]
        earliest, latest = max(self.start_ms, hour * HOUR_MS), min(self.end_ms, (hour + 1) * HOUR_MS)
        begin = max(self.start_ms, min(random.randrange(earliest, latest), self.end_ms - duration_ms - 1))
        silence = self.silent_hours.start * HOUR_MS
        if self.silent_hours and begin < silence <= begin + duration_ms:
            begin = max(self.start_ms, silence - duration_ms - 1)
        return begin

    def later(self, time_ms: int, pause_ms: int) -> int:
        """A time about `pause_ms` after another, still in the period and not in the silence."""
        later_ms = min(time_ms + pause_ms, self.end_ms - 1)
        return self.silent_hours.stop * HOUR_MS if later_ms // HOUR_MS in self.silent_hours else later_ms

    def random_time_in_spike(self, random: Random) -> int:
        """A time within the very busy hour."""
        earliest = max(self.start_ms, self.spike_hour * HOUR_MS)
        return random.randrange(earliest, min(self.end_ms, (self.spike_hour + 1) * HOUR_MS))

    @cached_property
    def _hours(self) -> range:
        return range(self.start_ms // HOUR_MS, self.end_ms // HOUR_MS + 1)

    @cached_property
    def _weights(self) -> list[float]:
        return list(accumulate(self._overlap_ms(hour) * self._activity(hour) for hour in self._hours))

    def _overlap_ms(self, hour: int) -> int:
        return max(0, min(self.end_ms, (hour + 1) * HOUR_MS) - max(self.start_ms, hour * HOUR_MS))

    def _activity(self, hour: int) -> float:
        if hour in self.silent_hours:
            return 0.0
        weekend = (hour // 24 + _EPOCH_WEEKDAY) % 7 >= 5
        return (_WEEKEND if weekend else 1) * (1 + _DAILY_SWING * cos(tau * (hour % 24 - _PEAK_HOUR) / 24))
