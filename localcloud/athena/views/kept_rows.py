# SPDX-License-Identifier: Apache-2.0
"""The rows that a view makes of little text, kept for the next questions about the same text.

DuckDB binds a view's text for each question anew, which takes longer than to decode a few thousand lines. So a view
that reads nothing but text is made a table when it is asked for the second time with the same objects. Whoever asks
meanwhile does without it.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count

import duckdb

MOST_BYTES = 2_000_000
"""Of the objects, as they are stored: of them come some 30,000 lines, and a table of about 30 MB."""
_MOST_KEPT = 8


@dataclass
class _Rows:
    """Of one key. `name`: the table, once there is one. `users`: questions that read it."""

    name: str
    asked: int = 0
    is_made: bool = False
    users: int = 0


class KeptRows:
    """Of one DuckDB; its tables are those of all sessions."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: OrderedDict[Hashable, _Rows] = OrderedDict()
        self._numbers = count()

    @contextmanager
    def table(
        self, connection: duckdb.DuckDBPyConnection, key: Hashable, query: Callable[[], str]
    ) -> Iterator[str | None]:
        """The name of the table with the rows of a view's `query`, as long as the block lasts; None if there is none.

        `key` is all that the rows depend on. `query` makes what it reads.
        """
        with self._lock:
            rows = self._rows.get(key) or _Rows(f"rows_of_view_{next(self._numbers)}")
            self._rows[key] = rows
            self._rows.move_to_end(key)
            rows.asked += 1
            rows.users += 1
            is_to_be_made = rows.asked == 2
        try:
            if is_to_be_made:
                self._make(connection, rows, query)
            yield rows.name if rows.is_made else None
        finally:
            with self._lock:
                rows.users -= 1
                self._forget(connection)

    def _make(self, connection: duckdb.DuckDBPyConnection, rows: _Rows, query: Callable[[], str]) -> None:
        try:
            connection.execute(f"CREATE TABLE {rows.name} AS {query()}").fetchall()
        except duckdb.Error:
            return  # of a column that the question perhaps does not read: if it does, it tells the same error
        with self._lock:
            rows.is_made = True

    def _forget(self, connection: duckdb.DuckDBPyConnection) -> None:
        """The tables that were not read for longest go."""
        for key, rows in list(self._rows.items())[: max(0, len(self._rows) - _MOST_KEPT)]:
            if not rows.users:
                del self._rows[key]
                if rows.is_made:
                    with suppress(duckdb.Error):  # a DuckDB that is broken takes its tables along
                        connection.execute(f"DROP TABLE {rows.name}").fetchall()
