# SPDX-License-Identifier: Apache-2.0
"""Which faults the endpoint has: decided in the order of the calls, so a seed gives the same ones again."""

from dataclasses import dataclass, field
from enum import StrEnum
from random import Random


class Fault(StrEnum):
    """What may become of a call."""

    NONE = "none"
    SERVER_ERROR = "500"
    UNAVAILABLE = "503"
    THROTTLED_CALL = "400 throttled"
    LOST_RESPONSE = "closed after accepting"  # the records are there, and the client does not know
    LOST_REQUEST = "closed before accepting"
    HANG = "no response in time"  # the records are there too


@dataclass
class Plan:
    """Which fault each call has, and which entries are throttled: at random here, exactly in a plan's subclass."""

    random: Random
    put_records: dict[Fault, float] = field(default_factory=dict)
    put_object: dict[Fault, float] = field(default_factory=dict)
    throttled_entries: float = 0.0

    def __post_init__(self) -> None:
        self._due = {"PutRecords": [*self.put_records], "PutObject": [*self.put_object]}

    def fault(self, operation: str) -> Fault:
        if self._due[operation]:
            return self._due[operation].pop(0)  # none is left to chance alone
        chances = self.put_records if operation == "PutRecords" else self.put_object
        drawn = self.random.random()
        for fault, chance in chances.items():
            drawn -= chance
            if drawn < 0:
                return fault
        return Fault.NONE

    def throttles(self, position: int) -> bool:
        """Whether the entry at a position of the request is refused."""
        return self.random.random() < self.throttled_entries
