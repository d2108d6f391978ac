# SPDX-License-Identifier: Apache-2.0
"""One query, from its text to its rows: parse, resolve names, load what it reads, run it in a DuckDB of its own."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from tempfile import TemporaryDirectory

import duckdb

from localcloud.athena import column_check, relations, results, views
from localcloud.athena.relations import LakeTable, LakeView, Relations
from localcloud.athena.tables.load import load
from localcloud.athena.trino import functions, parser
from localcloud.athena.trino.errors import QueryError
from localcloud.athena.trino.to_duckdb import to_duckdb

_MOST_MEMORY = 8 * 1024**3


def _memory_limit() -> str:
    """Half of the machine's memory, as DuckDB wants it said; what does not fit goes to a temporary directory.

    Not everything can: ten million events ask for up to 4 GB in groups that DuckDB keeps in memory.
    """
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return f"{min(machine // 2, _MOST_MEMORY)} bytes"


_CONFIGURATION: dict[str, str | bool | int | float | list[str]] = {
    "threads": 2,
    "memory_limit": _memory_limit(),
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
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
    """The result of a query. `scanned_bytes`: of the objects read, as they are stored."""

    columns: list[str]
    types: list[results.ColumnType]
    rows: list[results.Row]
    scanned_bytes: int


def run(sql: str, parameters: Sequence[str], database: str, now: datetime) -> Outcome:
    """Run one query in a database of the Glue Data Catalog. Raises QueryError, whose text begins with Trino's code."""
    tree, uses = relations.resolve(parser.parse(sql, parameters), database)
    column_check.check(tree, uses)
    parser.name_columns(tree)
    text = to_duckdb(tree, now)
    with session() as connection:
        try:
            definitions: list[str] = []
            scanned = sum(_make(connection, use, uses, now, definitions) for use in uses)
            result = connection.execute(views.with_definitions(definitions, text))
            columns = [(str(name).lower(), results.column_type(str(kind))) for name, kind, *_ in result.description]
            rows = results.texts(result.fetchall(), [kind for _, kind in columns])
        except duckdb.Error as error:
            code = next((code for kind, code in _ERRORS if isinstance(error, kind)), "GENERIC_INTERNAL_ERROR")
            raise QueryError(f"{code}: {error}") from error
        except ValueError as error:
            raise QueryError(f"NOT_SUPPORTED: {error}") from error
    return Outcome([name for name, _ in columns], [kind for _, kind in columns], rows, scanned)


def _make(
    connection: duckdb.DuckDBPyConnection, use: LakeTable | LakeView, uses: Relations, now: datetime, made: list[str]
) -> int:
    """Make one relation of a query: a table's in the session, a view's as one more of the WITH queries in `made`.

    Returns the bytes that were read for it.
    """
    if isinstance(use, LakeTable):
        return load(connection, use, now)
    made.append(views.definition(connection, use, uses, now, made))
    return 0


@contextmanager
def session() -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty in-memory DuckDB with Trino's functions and Trino's defaults."""
    with (
        TemporaryDirectory(prefix="athena-") as directory,
        duckdb.connect(":memory:", config={**_CONFIGURATION, "temp_directory": directory}) as connection,
    ):
        for setting in ("TimeZone = 'UTC'", "integer_division = true", "default_null_order = 'nulls_last'"):
            connection.execute(f"SET {setting}")  # before the macros, which keep what / means when they are made
        connection.execute(";\n".join(("BEGIN", *functions.macros(), "COMMIT")))
        yield connection
