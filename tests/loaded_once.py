# SPDX-License-Identifier: Apache-2.0
"""Many queries about one lake inside this process, in the time that loading its lines takes once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from typing import Any

import pytest
from sqlglot import exp

from localcloud.athena import query
from localcloud.athena.relations import LakeTable, LakeView, Relations
from localcloud.athena.views import with_definitions

_KEYS = {"dt", "hour"}


@contextmanager
def loaded_once(columns: Sequence[str] = ("*",)) -> Iterator[None]:
    """Within it, queries that read the same partitions share one DuckDB, the loaded lines and the rows of the view.

    Each query is translated and run as ever. Only what would be read and decoded again for each of them is kept, and
    of that only the view's columns that are named.
    """
    made: dict[str, tuple[list[str], int]] = {}
    make_really = query._make

    def make_once(
        connection: Any, use: LakeTable | LakeView, uses: Relations, now: datetime, definitions: list[str]
    ) -> int:
        filters = use.filters if isinstance(use, LakeTable) else []
        wanted = sorted(f.sql() for f in filters if {column.name for column in f.find_all(exp.Column)} <= _KEYS)
        if use.relation not in made:
            made[use.relation] = wanted, make_really(connection, use, uses, now, definitions)
            if isinstance(use, LakeView):
                rows = with_definitions(definitions, f"SELECT {', '.join(columns)} FROM {use.relation}")  # noqa: S608
                connection.execute(f"CREATE TEMP TABLE kept AS {rows}")
                connection.execute(f"CREATE TEMP VIEW {use.relation} AS SELECT * FROM kept")  # noqa: S608
                definitions.clear()
        assert made[use.relation][0] == wanted, "another question, which other partitions may answer"
        return made[use.relation][1]

    with query.session() as connection, pytest.MonkeyPatch.context() as patch:
        patch.setattr(query, "session", lambda: nullcontext(connection))
        patch.setattr(query, "_make", make_once)
        yield
