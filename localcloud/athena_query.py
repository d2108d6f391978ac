# SPDX-License-Identifier: Apache-2.0
"""One query, from its text to its rows: parse, resolve names, load what it reads, run it in a DuckDB of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from localcloud import athena_results, catalog_views, column_check, lake_files, trino, trino_functions
from localcloud.trino import QueryError
from localcloud.trino_to_duckdb import to_duckdb

_CONFIGURATION: dict[str, str | bool | int | float | list[str]] = {
    "threads": 2,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
_ERRORS: list[tuple[type[duckdb.Error], str]] = [
    (duckdb.BinderException, "SYNTAX_ERROR"),
    (duckdb.CatalogException, "SYNTAX_ERROR"),
    (duckdb.ParserException, "SYNTAX_ERROR"),
    (duckdb.ConversionException, "INVALID_CAST_ARGUMENT"),
    (duckdb.OutOfRangeException, "NUMERIC_VALUE_OUT_OF_RANGE"),
]


@dataclass(frozen=True)
class Outcome:
    """What a query answers. `scanned_bytes`: of the objects read, as they are stored."""

    columns: list[str]
    types: list[athena_results.ColumnType]
    rows: list[athena_results.Row]
    scanned_bytes: int


def run(sql: str, parameters: Sequence[str], database: str, now: datetime) -> Outcome:
    """Run one query in a database of the Glue Data Catalog. Raises QueryError, whose text begins with Trino's code."""
    tree, uses = catalog_views.resolve(trino.parse(sql, parameters), database)
    column_check.check(tree, uses)
    trino.name_columns(tree)
    text = to_duckdb(tree, now)
    with session() as connection:
        try:
            scanned = sum(lake_files.load(connection, use, now) for use in uses)
            result = connection.execute(text)
            rows = [[athena_results.text(value) for value in row] for row in result.fetchall()]
            columns = [
                (str(name).lower(), athena_results.column_type(str(kind))) for name, kind, *_ in result.description
            ]
        except duckdb.Error as error:
            code = next((code for kind, code in _ERRORS if isinstance(error, kind)), "GENERIC_INTERNAL_ERROR")
            raise QueryError(f"{code}: {error}") from error
        except ValueError as error:
            raise QueryError(f"NOT_SUPPORTED: {error}") from error
    return Outcome([name for name, _ in columns], [kind for _, kind in columns], rows, scanned)


def session() -> duckdb.DuckDBPyConnection:
    """An empty in-memory DuckDB with Trino's functions and Trino's defaults."""
    connection = duckdb.connect(":memory:", config=_CONFIGURATION)
    for statement in (
        "SET TimeZone = 'UTC'",
        "SET integer_division = true",
        "SET default_null_order = 'nulls_last'",
        *trino_functions.macros(),
    ):
        connection.execute(statement)
    return connection
