# SPDX-License-Identifier: Apache-2.0
"""One query, from its text to rows or files: parse, resolve names, load what it reads, run it in its own DuckDB."""

import atexit
import json
import os
import shutil
import threading
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp

import duckdb
from sqlglot import exp

from localcloud.athena import column_check, relations, results
from localcloud.athena.relations import LakeTable, LakeView, Relations
from localcloud.athena.tables import scanned_columns
from localcloud.athena.tables.load import Loaded, load
from localcloud.athena.tables.parquet_files import ParquetFiles
from localcloud.athena.tables.partitions import partition_filters
from localcloud.athena.trino import functions, parser
from localcloud.athena.trino.errors import QueryError
from localcloud.athena.trino.to_duckdb import to_duckdb
from localcloud.athena.unload import parquet_output
from localcloud.athena.views import definitions as views
from localcloud.athena.views.kept_rows import MOST_BYTES, KeptRows

_MOST_MEMORY = 8 * 1024**3
_one_engine = threading.Lock()


def _memory_limit() -> str:
    """Half of the machine's memory for all queries, as DuckDB wants it said. What does not fit goes to a directory.

    Not everything can: ten million events ask for up to 4 GB in groups that DuckDB keeps in memory.
    """
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return f"{min(machine // 2, _MOST_MEMORY)} bytes"


_CONFIGURATION: dict[str, str | bool | int | float | list[str]] = {
    "threads": 2,
    "memory_limit": _memory_limit(),
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "enable_external_file_cache": False,  # the system keeps files of this machine already
}
_SETTINGS = ("TimeZone = 'UTC'", "integer_division = true", "default_null_order = 'nulls_last'")
_ERRORS: list[tuple[type[duckdb.Error], str]] = [
    (duckdb.BinderException, "SYNTAX_ERROR"),
    (duckdb.CatalogException, "SYNTAX_ERROR"),
    (duckdb.ParserException, "SYNTAX_ERROR"),
    (duckdb.ConversionException, "INVALID_CAST_ARGUMENT"),
    (duckdb.OutOfRangeException, "NUMERIC_VALUE_OUT_OF_RANGE"),
    (duckdb.OutOfMemoryException, "EXCEEDED_LOCAL_MEMORY_LIMIT"),
]


@dataclass(frozen=True)
class Outcome:
    """The result of a query. `scanned_bytes`: of what was read, as it is stored: of text whole objects, of Parquet the
    columns that the query needs."""

    columns: list[str]
    types: list[results.ColumnType]
    rows: list[results.Row]
    scanned_bytes: int


@dataclass(frozen=True)
class Written:
    """What a query wrote. `paths`: its files in order, none if it has no rows."""

    paths: list[Path]
    scanned_bytes: int


def run(sql: str, parameters: Sequence[str], database: str, now: datetime) -> Outcome:
    """Run one query in a database of the Glue Data Catalog. Raises QueryError, whose text begins with Trino's code."""
    with _bound(parser.parse(sql, parameters), database, now) as bound:
        result = bound.connection.execute(bound.text)
        columns = [(str(name).lower(), results.column_type(str(kind))) for name, kind, *_ in result.description]
        rows = results.texts(result.fetchall(), [kind for _, kind in columns])
        return Outcome([name for name, _ in columns], [kind for _, kind in columns], rows, bound.scanned_bytes())


def write(query: exp.Query, database: str, now: datetime, directory: Path, options: Mapping[str, str | int]) -> Written:
    """Run one query and write its rows as Parquet files into a directory. Raises QueryError.

    Each file has its rows in the query's order. `options` are those of DuckDB's COPY.
    """
    with _bound(query, database, now) as bound:
        connection = bound.connection
        described = connection.execute(f"DESCRIBE {bound.text}").fetchall()
        shown = parquet_output.columns([(str(name), str(kind)) for name, kind, *_ in described])
        paths = parquet_output.write(connection, bound.text, shown, directory, options)
        return Written(paths, bound.scanned_bytes())


@dataclass
class _Bound:
    """A query as DuckDB's text in a session in which all that it reads is there."""

    connection: duckdb.DuckDBPyConnection
    text: str
    text_bytes: int
    parquet: list[ParquetFiles]

    def scanned_bytes(self) -> int:
        """The bytes that the query that has just run was billed for."""
        if not self.parquet:
            return self.text_bytes
        profile = self.connection.get_profiling_information("json")
        return self.text_bytes + scanned_columns.stored_bytes(json.loads(profile), self.parquet)


@contextmanager
def _bound(query: exp.Query, database: str, now: datetime) -> Iterator[_Bound]:
    """A query that is ready to run. Errors of DuckDB inside become QueryError, with Trino's code."""
    tree, uses = relations.resolve(query, database)
    column_check.check(tree, uses)
    text = to_duckdb(tree, now)
    engine = _current_engine()
    with session(engine) as connection, ExitStack() as reading:

        def kept(key: Hashable, rows: str) -> str | None:
            return reading.enter_context(engine.kept.table(connection, key, rows))

        try:
            # Tables first: a view may read one that is named behind it.
            tables = _tables(connection, [use for use in uses if isinstance(use, LakeTable)], now)
            definitions = _views(connection, uses, tables, now, kept)
            parquet = [files for one in tables.values() for files in one.parquet]
            if parquet:
                connection.execute("PRAGMA enable_profiling = 'no_output'")
            text_bytes = sum(one.text_bytes for one in tables.values())
            yield _Bound(connection, views.with_definitions(definitions, text), text_bytes, parquet)
        except duckdb.Error as error:
            if isinstance(error, (duckdb.FatalException, duckdb.InternalException)):
                _engine.cache_clear()  # it takes no further query
            code = next((code for kind, code in _ERRORS if isinstance(error, kind)), "GENERIC_INTERNAL_ERROR")
            raise QueryError(f"{code}: {error}") from error
        except ValueError as error:
            raise QueryError(f"NOT_SUPPORTED: {error}") from error


def _tables(connection: duckdb.DuckDBPyConnection, uses: Sequence[LakeTable], now: datetime) -> dict[str, Loaded]:
    """What is loaded for each use of a table. Two uses of the same partitions of one are loaded once."""
    loaded: dict[str, Loaded] = {}
    first: dict[Hashable, str] = {}
    for use in uses:
        same = first.setdefault((use.key, use.reads_path, *partition_filters(use)), use.relation)
        if same == use.relation:
            loaded[use.relation] = load(connection, use, now)
        else:
            connection.execute(f"CREATE OR REPLACE TEMP VIEW {use.relation} AS FROM {same}")
            loaded[use.relation] = loaded[same]
    return loaded


def _views(
    connection: duckdb.DuckDBPyConnection,
    uses: Relations,
    tables: Mapping[str, Loaded],
    now: datetime,
    kept: Callable[[Hashable, str], str | None],
) -> list[str]:
    """The views as WITH queries. `kept` gives the table with the rows of one, if there is one: see `KeptRows.table`."""
    empty = {relation for relation, one in tables.items() if one.is_empty}
    definitions: list[str] = []
    for use in uses:
        if not isinstance(use, LakeView):
            continue
        if views.has_no_rows(use, empty):
            empty.add(use.relation)
        is_empty, read = use.relation in empty, [tables.get(one) for one in use.relations]
        of_text = any(one is not None and one.text_bytes for one in read)
        made = views.definition(connection, use, uses, now, definitions, is_empty=is_empty, reads_text=of_text)
        if of_text and _may_be_kept(use, read):
            key = use.text, str(use.columns), *(one.texts for one in read if one)
            table = kept(key, views.rows(use, [*definitions, made]))
            made = views.of_table(use, table) if table else made
        definitions.append(made)
    return definitions


def _may_be_kept(view: LakeView, read: Sequence[Loaded | None]) -> bool:
    """Whether a view's rows depend on nothing but text, and on little of it."""
    texts = [one for one in read if one is not None and one.texts is not None]
    of_nothing_else = len(texts) == len(read) and not view.query.asks_for_the_time
    return of_nothing_else and sum(one.text_bytes for one in texts) <= MOST_BYTES


@contextmanager
def session(engine: "_Engine | None" = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty session of an in-memory DuckDB with Trino's functions and Trino's defaults."""
    with (engine or _current_engine()).connection.cursor() as connection:
        for setting in _SETTINGS:
            connection.execute(f"SET {setting}")
        yield connection


@dataclass(frozen=True)
class _Engine:
    """What a session makes is temporary, so no other session sees it, but for what is kept."""

    connection: duckdb.DuckDBPyConnection
    kept: KeptRows


def _current_engine() -> _Engine:
    """One, though several queries may be the first ones."""
    with _one_engine:
        return _engine()


@lru_cache(maxsize=1)
def _engine() -> _Engine:
    """The DuckDB of this process.

    One for all queries, because to make the macros takes longer than many queries do.
    """
    directory = mkdtemp(prefix="athena-")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    connection = duckdb.connect(":memory:", config={**_CONFIGURATION, "temp_directory": directory})
    for setting in _SETTINGS:
        connection.execute(f"SET {setting}")  # before the macros, which keep what / means when they are made
    connection.execute("SET GLOBAL parquet_metadata_cache = true")  # a file of an object never changes
    connection.execute(";\n".join(("BEGIN", *functions.macros(), "COMMIT")))
    return _Engine(connection, KeptRows())
