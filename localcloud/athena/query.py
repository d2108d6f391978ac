# SPDX-License-Identifier: Apache-2.0
"""One query, from its text to rows or files: parse, resolve names, load what it reads, run it in its own DuckDB."""

import atexit
import json
import os
import shutil
import threading
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp

import duckdb
from sqlglot import exp

from localcloud.athena import column_check, permissions, relations, results
from localcloud.athena.constants import folded
from localcloud.athena.reading import Reading
from localcloud.athena.tables import scanned_columns
from localcloud.athena.tables.parquet_files import ParquetFiles
from localcloud.athena.trino import functions, parser
from localcloud.athena.trino.errors import QueryError
from localcloud.athena.trino.to_duckdb import duckdb_text, translated_tree
from localcloud.athena.unload import parquet_output
from localcloud.athena.views import definitions as views
from localcloud.athena.views.kept_rows import KeptRows

_MOST_CONSTANTS = 1024
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
    permissions.require_catalog(uses)
    column_check.check(tree, uses)
    engine = _current_engine()
    text = duckdb_text(folded(translated_tree(tree, now), engine.constant))
    with session(engine) as connection, ExitStack() as read:

        def kept(key: Hashable, rows: Callable[[], str]) -> str | None:
            return read.enter_context(engine.kept.table(connection, key, rows))

        try:
            reading = Reading(connection, uses, now, kept)
            reading.make()
            permissions.require_read(uses, reading.uris)
            if reading.parquet:
                connection.execute("PRAGMA enable_profiling = 'no_output'")
            full = views.with_definitions(reading.definitions, text)
            yield _Bound(connection, full, reading.text_bytes, reading.parquet)
        except duckdb.Error as error:
            if isinstance(error, (duckdb.FatalException, duckdb.InternalException)):
                _engine.cache_clear()  # it takes no further query
            code = next((code for kind, code in _ERRORS if isinstance(error, kind)), "GENERIC_INTERNAL_ERROR")
            raise QueryError(f"{code}: {error}") from error
        except ValueError as error:
            raise QueryError(f"NOT_SUPPORTED: {error}") from error


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
    _constants: dict[str, tuple[str, str | None] | None] = field(default_factory=dict)

    def constant(self, expression: str) -> tuple[str, str | None] | None:
        """The type and the value of an expression without columns, nothing if it fails."""
        if expression not in self._constants:
            if len(self._constants) >= _MOST_CONSTANTS:
                self._constants.clear()
            self._constants[expression] = self._evaluated(expression)
        return self._constants[expression]

    def _evaluated(self, expression: str) -> tuple[str, str | None] | None:
        with session(self) as connection:
            query = f"SELECT typeof(value), CAST(value AS VARCHAR) FROM (SELECT {expression} AS value)"  # noqa: S608
            try:
                return connection.execute(query).fetchone()
            except duckdb.Error:
                return None  # if the query needs it, the query tells


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
    # With it, DuckDB 2.0.0 and 2.0.1 die now and then of fifteen grouping sets over ten million events (a read outside
    # of memory in the rows that they share), and are no faster.
    connection.execute("SET GLOBAL disabled_optimizers = 'grouping_sets'")
    connection.execute(";\n".join(("BEGIN", *functions.macros(), "COMMIT")))
    return _Engine(connection, KeptRows())
