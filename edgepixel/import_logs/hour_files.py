# SPDX-License-Identifier: Apache-2.0
"""Collects lines by the hour of their request, on disk, and makes compressed objects of them."""

import gzip
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

from edgepixel.import_logs.lake_lines import LakeLine

# When something is written depends on the lines alone, so the same lines make the same objects.
_IN_MEMORY_BYTES = 16 * 1024 * 1024
_OBJECT_BYTES = 48 * 1024 * 1024  # before compression, from which on an hour gets another object
_ON_DISK_BYTES = 1024 * 1024 * 1024
_COMPRESSION = 6

type Deliver = Callable[[int, int, bytes], None]
"""Takes an hour (since 1970), a number that tells its objects apart, from 1, and the object's bytes."""


class HourFiles:
    """Lines of many hours in a folder, with a bounded part of them in memory. Each object is given to `deliver`."""

    def __init__(self, folder: Path, deliver: Deliver) -> None:
        self._folder = folder
        self._deliver = deliver
        self._buffers: defaultdict[int, bytearray] = defaultdict(bytearray)
        self._buffered = 0
        self._on_disk: Counter[int] = Counter()
        self._delivered: Counter[int] = Counter()

    def add(self, line: LakeLine) -> None:
        """Take one line."""
        self._buffers[line.hour] += line.text
        self._buffered += len(line.text)
        if self._buffered >= _IN_MEMORY_BYTES:
            self._empty_memory()

    def finish(self) -> None:
        """Deliver what is left."""
        self._empty_memory()
        for hour in sorted(self._on_disk):
            self._make_object(hour)

    def _empty_memory(self) -> None:
        for hour in sorted(self._buffers):
            lines = self._buffers.pop(hour)
            with self._file(hour).open("ab") as file:
                file.write(lines)
            self._on_disk[hour] += len(lines)
            if self._on_disk[hour] >= _OBJECT_BYTES:
                self._make_object(hour)
        self._buffered = 0
        if self._on_disk.total() >= _ON_DISK_BYTES:
            for hour in sorted(self._on_disk):
                self._make_object(hour)

    def _make_object(self, hour: int) -> None:
        self._delivered[hour] += 1
        file = self._file(hour)
        # Without a time in it, so that the same lines are the same bytes.
        self._deliver(hour, self._delivered[hour], gzip.compress(file.read_bytes(), _COMPRESSION, mtime=0))
        file.unlink()
        del self._on_disk[hour]

    def _file(self, hour: int) -> Path:
        return self._folder / f"hour-{hour}"
