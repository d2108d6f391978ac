# SPDX-License-Identifier: Apache-2.0
"""What an import has done, or would do."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from edgepixel.console.table import Table

_SHOWN_BYTES = 120
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Result:
    """Counts of files, of lines in them and of what became of these."""

    files: int = 0
    imported_before: int = 0
    lines: int = 0
    events: Counter[int] = field(default_factory=Counter)
    """By the hour of the request, hours since 1970."""
    objects: int = 0
    object_bytes: int = 0
    bad_lines: int = 0
    first_bad_line: str = ""
    unreadable: list[str] = field(default_factory=list)

    def add_bad_line(self, name: str, number: int, reason: str, text: bytes) -> None:
        """Count a line that is no request; the first is kept for people to look at."""
        self.bad_lines += 1
        if self.bad_lines == 1:
            shown = text[:_SHOWN_BYTES].decode("utf-8", "backslashreplace")
            self.first_bad_line = f"{name}, line {number:,}: {reason}: {shown!r}"

    @property
    def folders(self) -> int:
        """Hours of the lake that got lines."""
        return len(self.events)

    def by_day(self) -> Table:
        """Events of each day, UTC."""
        days: Counter[str] = Counter()
        for hour, events in self.events.items():
            days[f"{_EPOCH + timedelta(hours=hour):%Y-%m-%d}"] += events
        return Table(("day", "events"), tuple(sorted(days.items())))
