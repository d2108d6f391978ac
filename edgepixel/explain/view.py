# SPDX-License-Identifier: Apache-2.0
"""What the view `events` makes of stored log lines, by the local Athena inside this process."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib import import_module
from typing import Any
from unittest.mock import patch

from edgepixel.ask.athena import typed
from edgepixel.console.table import Record
from edgepixel.template.reader import read_template
from localcloud.server_environment import set_environment

# The view passes on where a line arrived. These lines arrived nowhere: day and hour are those of the event itself,
# and no object holds them.
_FOLDER, _HOUR = "dt=1970-01-01", "hour=00"
_KEY = f"events/{_FOLDER}/{_HOUR}/lines.gz"
_DAY_CHARACTERS, _HOUR_CHARACTERS = slice(0, 10), slice(11, 13)  # of 2026-11-23 10:20:00.000


class View:
    """The template's view, over lines of its user's own. There is one in a process."""

    def __init__(self, request_id: int) -> None:
        """`request_id` is the place of that field, by which lines and events are compared."""
        self._lake = _in_process_lake()
        self._request_id = request_id
        self._filled = False

    def events(self, lines: Sequence[bytes]) -> Iterator[Record]:
        """The event of each line, in their order. Times and decimals are text, as Athena prints them.

        The lines are as they are stored, without their ends. The query runs before this returns. Raises RuntimeError
        if the view's rows are not those of the lines.
        """
        if not lines:
            return iter(())
        content = b"".join(line + b"\n" for line in lines)
        if self._filled:
            self._lake.replace_object(_KEY, content)
        else:
            self._lake.fill_lake(read_template(), {_KEY: content})
            self._filled = True
        outcome = self._lake.run_query("SELECT * FROM events", datetime.now(UTC))
        if len(outcome.rows) != len(lines):
            raise RuntimeError(f"the view makes {len(outcome.rows)} events of {len(lines)} lines")
        return self._records(lines, outcome)

    def _records(self, lines: Sequence[bytes], outcome: Any) -> Iterator[Record]:
        others = [(place, kind) for place, kind in enumerate(outcome.types) if kind != "varchar"]
        for line, row in zip(lines, outcome.rows, strict=True):
            for place, kind in others:
                row[place] = typed(row[place], kind)
            event = dict(zip(outcome.columns, row, strict=True))
            if event["request_id"] != _as_text(line.split(b"\t", self._request_id + 1)[self._request_id]):
                raise RuntimeError("the view's events are not in the order of the lines")
            event["object"] = None
            event["dt"], event["hour"] = event["event_time"][_DAY_CHARACTERS], event["event_time"][_HOUR_CHARACTERS]
            yield event


def _as_text(field: bytes) -> str | None:
    """A field that is not encoded, as the view reads it: `\\N` is Hive's NULL, `-` is CloudFront's."""
    return None if field in (b"-", b"\\N") else field.decode()


def _in_process_lake() -> Any:
    """The module, imported without the user's settings for AWS, which MiniStack would read."""
    with tempfile.TemporaryDirectory() as home, patch.dict(os.environ):
        set_environment("127.0.0.1", 0, home)
        module = import_module("localcloud.in_process_lake")
    tempfile.tempdir = None  # that folder is gone
    return module
