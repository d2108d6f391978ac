# SPDX-License-Identifier: Apache-2.0
"""Answers that were asked before, in files of this machine that only their owner can read, up to a size."""

import gzip
import hashlib
import json
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from edgepixel.console.table import Table

MOST_BYTES = 64 * 1024**2


@dataclass(frozen=True)
class Kept:
    """An answer, and when Athena gave it."""

    table: Table
    asked: datetime


class Cache:
    """A folder of answers. When they are more than `most_bytes`, those that were not read for longest go."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder, self._most_bytes = folder, most_bytes

    def get(self, question: str, asked_after: datetime) -> Kept | None:
        """The answer to a question, if it was asked after a moment; None, too, if its file is damaged."""
        path = self._path(question)
        try:
            kept = json.loads(gzip.decompress(path.read_bytes()))
            asked = datetime.fromtimestamp(kept["asked"], UTC)
            table = Table(tuple(kept["columns"]), tuple(map(tuple, kept["rows"])), kept["scanned_bytes"])
        except FileNotFoundError:
            return None
        except (OSError, EOFError, ValueError, KeyError, TypeError):
            path.unlink(missing_ok=True)  # half a file: asked once more, it is written anew
            return None
        if asked < asked_after:
            return None
        with suppress(FileNotFoundError):  # another dashboard may have made room
            os.utime(path)
        return Kept(table, asked)

    def put(self, question: str, kept: Kept) -> None:
        """Keep an answer, whole or not at all."""
        text = json.dumps(
            {
                "asked": kept.asked.timestamp(),
                "columns": kept.table.columns,
                "rows": kept.table.rows,
                "scanned_bytes": kept.table.scanned_bytes,
            }
        )
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, name = tempfile.mkstemp(dir=self._folder, suffix=".part")  # its mode is 600
        with os.fdopen(descriptor, "wb") as file:
            file.write(gzip.compress(text.encode(), 1))
        Path(name).replace(self._path(question))
        self._make_room()

    def _path(self, question: str) -> Path:
        return self._folder / f"{hashlib.sha256(question.encode()).hexdigest()}.json.gz"

    def _make_room(self) -> None:
        files = [(path.stat(), path) for path in self._folder.glob("*.json.gz")]
        size = sum(state.st_size for state, _ in files)
        for state, path in sorted(files, key=lambda one: one[0].st_mtime_ns):
            if size <= self._most_bytes:
                break
            path.unlink(missing_ok=True)
            size -= state.st_size
