# SPDX-License-Identifier: Apache-2.0
"""How fast the local cloud's waiting goes by."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Clock:
    """Speeds up waiting: delivery's buffers, batching windows, crawls, retries. Timestamps stay real.

    `speed`: how many seconds of the cloud pass in one real second.
    """

    speed: float = 1.0

    def real_seconds(self, cloud_seconds: float) -> float:
        """How long to really wait for so many seconds of the cloud."""
        return cloud_seconds / self.speed
