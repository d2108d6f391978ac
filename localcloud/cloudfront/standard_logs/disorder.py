# SPDX-License-Identifier: Apache-2.0
"""Late and repeated log files, for tests: AWS says that both happen, and not when.

"Some or all log file entries for a time period can sometimes be delayed by up to 24 hours" (CloudFront Developer Guide,
"Timing of log file delivery"). LOCALCLOUD_STANDARD_LOGS may be `late` (every second file waits ten times as long),
`repeated` (every file is written twice, under two names), or both, separated by a comma.
"""

from itertools import count

VARIABLE = "LOCALCLOUD_STANDARD_LOGS"
_LATE_PERIODS = 10


class DisorderError(ValueError):
    """LOCALCLOUD_STANDARD_LOGS says something else."""


class Disorder:
    """What is out of order. Raises DisorderError for words that are not known."""

    def __init__(self, words: str) -> None:
        chosen = {word.strip() for word in words.split(",") if word.strip()}
        if unknown := sorted(chosen - {"late", "repeated"}):
            raise DisorderError(f"{VARIABLE} may be late, repeated, or both, not {', '.join(unknown)}")
        self._late = "late" in chosen
        self._repeated = "repeated" in chosen
        self._files = count()

    def periods(self) -> int:
        """How many periods the next file waits."""
        return _LATE_PERIODS if self._late and next(self._files) % 2 else 1

    def copies(self) -> int:
        """How often each file is written."""
        return 2 if self._repeated else 1
