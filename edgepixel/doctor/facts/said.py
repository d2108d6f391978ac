# SPDX-License-Identifier: Apache-2.0
"""What AWS said to a question: its response, or that it refused. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# How services say that something is not there, in their API references.
_ABSENT = frozenset(
    {
        "404",
        "EntityNotFoundException",
        "NoSuchBucket",
        "NoSuchBucketPolicy",
        "NoSuchDistribution",
        "NoSuchEntity",
        "NoSuchRealtimeLogConfig",
        "QueueDoesNotExist",
        "AWS.SimpleQueueService.NonExistentQueue",
        "ResourceNotFoundException",
    }
)


@dataclass(frozen=True)
class Refused:
    """AWS did not do what it was asked: the operation, and its error."""

    operation: str
    code: str
    message: str

    @property
    def absent(self) -> bool:
        """Whether what was asked about is not there."""
        return self.code in _ABSENT or (self.code == "InvalidRequestException" and "not found" in self.message)


type Said = Mapping[str, Any] | Refused


def is_absent(said: Said) -> bool:
    """Whether AWS said that it is not there."""
    return isinstance(said, Refused) and said.absent


def was_told(said: Said) -> bool:
    """Whether AWS gave a response."""
    return not isinstance(said, Refused)


def part(said: Said, *keys: str) -> Any:
    """A part of a response, by the keys that lead to it; None if it is not there or the question was refused."""
    found: Any = None if isinstance(said, Refused) else said
    for key in keys:
        if not isinstance(found, Mapping):
            return None
        found = found.get(key)
    return found
