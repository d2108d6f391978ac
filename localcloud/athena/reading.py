# SPDX-License-Identifier: Apache-2.0
"""What a query reads, made in its session: tables as relations, views as WITH queries.

What is certain to add no row is not made, such as the side of typed days in a view of typed and raw ones if the query
wants raw ones: DuckDB binds all that a text names, which may take longer than all that it reads.
"""

from collections.abc import Callable, Hashable, Sequence
from datetime import datetime

import duckdb

from localcloud.athena.relations import LakeTable, LakeView, Relations
from localcloud.athena.tables.parquet_files import ParquetFiles
from localcloud.athena.tables.partitions import partition_filters
from localcloud.athena.tables.table_objects import TableObjects, find
from localcloud.athena.views import definitions as views
from localcloud.athena.views.kept_rows import MOST_BYTES

type Kept = Callable[[Hashable, Callable[[], str]], str | None]
"""The table with the rows of a view's query, if there is one: see `KeptRows.table`."""


class Reading:
    """Of one query. After `make`, `definitions` are its views, each behind those that it reads."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, uses: Relations, now: datetime, kept: Kept) -> None:
        self.definitions: list[str] = []
        self._connection, self._uses, self._now, self._kept = connection, uses, now, kept
        self._by_relation = {use.relation: use for use in uses}
        self._found: dict[str, TableObjects] = {}
        self._same: dict[Hashable, str] = {}  # the first use of the same partitions of a table
        self._empty: set[str] = set()
        self._visited: set[str] = set()
        self._made: set[str] = set()

    def make(self) -> None:
        """Make what the query names. Raises QueryError, also for a view that is stale."""
        inside = {relation for use in self._uses if isinstance(use, LakeView) for relation in use.relations}
        self._make_all([use.relation for use in self._uses if use.relation not in inside])

    @property
    def text_bytes(self) -> int:
        """The stored bytes of objects of text. Objects that are read twice count twice."""
        return sum(one.text_bytes for one in self._found.values())

    @property
    def parquet(self) -> list[ParquetFiles]:
        """The files of each relation of Parquet."""
        return [files for one in self._found.values() for files in one.parquet]

    @property
    def uris(self) -> set[str]:
        """Of all objects that are read."""
        return {uri for one in self._found.values() for uri in one.uris}

    def _make_all(self, relations: Sequence[str]) -> None:
        """Make what is behind these names, also what has no rows."""
        for relation in relations:
            use = self._by_relation[relation]
            has_rows = self._has_rows(relation)
            if isinstance(use, LakeTable):
                self._make_table(use)
            elif not has_rows:
                nothing = views.definition_of_nothing(use)
                self.definitions += [nothing] if nothing not in self.definitions else []

    def _has_rows(self, relation: str) -> bool:
        """Whether there may be rows behind a name. A view that may have some is made."""
        if relation not in self._visited:
            self._visited.add(relation)
            use = self._by_relation[relation]
            if isinstance(use, LakeTable):
                self._found[relation] = find(self._connection, use, self._now)
                has_rows = not self._found[relation].is_empty
            else:
                has_rows = self._make_view(use)
            if not has_rows:
                self._empty.add(relation)
        return relation not in self._empty

    def _make_table(self, use: LakeTable) -> None:
        """Once for several uses of the same partitions of a table."""
        if use.relation in self._made:
            return
        self._made.add(use.relation)
        same = self._same.setdefault((use.key, use.reads_path, *partition_filters(use)), use.relation)
        if same == use.relation:
            self._found[use.relation].make(self._connection)
        else:
            self._connection.execute(f"CREATE OR REPLACE TEMP VIEW {use.relation} AS FROM {same}")

    def _make_view(self, view: LakeView) -> bool:
        """Whether it may have rows: then it is made."""
        if not views.is_checked(view, self._by_relation):
            self._make_all(view.relations)
            views.check(self._connection, view, self._by_relation, self._now, self.definitions)
        left_out = [
            side.source is not None and not self._has_rows(view.relations[side.source]) for side in view.query.sides
        ]
        wanted = [side for side, is_left_out in zip(view.query.sides, left_out, strict=True) if not is_left_out]
        names = [view.relations[place] for side in wanted for place in side.references]
        if not wanted or (not any(self._has_rows(name) for name in names) and not view.query.makes_rows):
            return False
        read = [self._found.get(relation) for relation in view.relations]
        if _may_be_kept(view, read):
            key = view.text, str(view.columns), *(one.texts for one in read if one)
            table = self._kept(key, lambda: self._rows(view, left_out))
            if table:
                self.definitions.append(views.of_table(view, table))
                return True
        self.definitions.append(self._definition(view, left_out))
        return True

    def _rows(self, view: LakeView, left_out: Sequence[bool]) -> str:
        """The query of all rows of a view, after what it reads is made."""
        made = self._definition(view, left_out)
        return views.rows(view, [*self.definitions, made])

    def _definition(self, view: LakeView, left_out: Sequence[bool]) -> str:
        """A view that is no table, after what it reads is made."""
        for side, is_left_out in zip(view.query.sides, left_out, strict=True):
            if not is_left_out:
                self._make_all([view.relations[place] for place in side.references])
        read = [self._found.get(relation) for relation in view.relations]
        of_text = any(one is not None and one.text_bytes for one in read)
        return views.definition(
            self._connection,
            view,
            self._by_relation,
            self._now,
            self.definitions,
            left_out=left_out,
            reads_text=of_text,
        )


def _may_be_kept(view: LakeView, read: Sequence[TableObjects | None]) -> bool:
    """Whether a view's rows depend on nothing but text, and on little of it."""
    texts = [one for one in read if one is not None and one.texts is not None]
    of_nothing_else = len(texts) == len(read) and not view.query.asks_for_the_time
    return of_nothing_else and sum(one.text_bytes for one in texts) <= MOST_BYTES
