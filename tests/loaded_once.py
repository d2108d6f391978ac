# SPDX-License-Identifier: Apache-2.0
"""Many queries about one lake inside this process, in the time that loading its lines takes once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any

import pytest
from sqlglot import exp

from localcloud.athena import query, reading
from localcloud.athena.relations import LakeTable, LakeView
from localcloud.athena.tables.table_objects import TableObjects, find
from localcloud.athena.views import definitions
from localcloud.athena.views.definitions import Uses, definition, with_definitions

_KEYS = {"dt", "hour"}
_RULES = "raw_events"  # the view that decodes


@contextmanager
def loaded_once(columns: Sequence[str] = ("*",)) -> Iterator[None]:
    """Within it, queries share one DuckDB, and those that read the same partitions the loaded lines and decoded rows.

    Each query is translated and run as ever. Only what would be read and decoded again for each of them is kept, and
    of that only the columns of raw_events that are named.
    """
    numbers = count()
    tables: dict[tuple[str, str], tuple[str, TableObjects]] = {}
    rows: dict[str, str] = {}

    def find_once(connection: Any, use: LakeTable, now: datetime) -> TableObjects:
        key = use.key, _partitions([use])
        if key not in tables:
            name = f"kept_{next(numbers)}"
            tables[key] = name, find(connection, replace(use, relation=name, reads_path=True), now)
            tables[key][1].make(connection)
        name, found = tables[key]
        view = f"CREATE OR REPLACE TEMP VIEW {use.relation} AS SELECT * FROM {name}"  # noqa: S608
        return replace(found, make=lambda connection: connection.execute(view))

    def decode_once(
        connection: Any, view: LakeView, uses: Uses, now: datetime, earlier: Sequence[str], **facts: Any
    ) -> str:
        made = definition(connection, view, uses, now, earlier, **facts)
        if not view.name.endswith(f".{_RULES}"):
            return made
        key = _partitions([use for name in view.relations if isinstance(use := uses[name], LakeTable)])
        if key not in rows:
            rows[key] = f"kept_{next(numbers)}"
            decoded = with_definitions([*earlier, made], f"SELECT {', '.join(columns)} FROM {view.relation}")  # noqa: S608
            connection.execute(f"CREATE TEMP TABLE {rows[key]} AS {decoded}")
        shown = [name if {name, "*"} & {*columns} else f"NULL AS {name}" for name, _ in view.columns]
        return f"{view.relation} AS NOT MATERIALIZED (SELECT {', '.join(shown)} FROM {rows[key]})"  # noqa: S608

    with query.session() as connection, pytest.MonkeyPatch.context() as patch:
        patch.setattr(query, "session", lambda _engine: nullcontext(connection))
        patch.setattr(reading, "find", find_once)
        patch.setattr(reading, "MOST_BYTES", -1)
        patch.setattr(definitions, "definition", decode_once)
        yield


def _partitions(uses: Sequence[LakeTable]) -> str:
    """What is asked of the partitions that are read."""
    filters = [f for use in uses for f in use.filters if {one.name for one in f.find_all(exp.Column)} <= _KEYS]
    return str(sorted(f.sql(comments=False) for f in filters))
