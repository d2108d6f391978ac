# SPDX-License-Identifier: Apache-2.0
"""The rows of a query of a DuckDB session as files of Parquet on this machine."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from localcloud.athena import results
from localcloud.athena.trino.errors import QueryError

_MOST_BYTES = 64 * 1024**2
"""From this size on a result is several files, so that nobody counts on one. Athena's number follows its workers."""


def columns(described: Sequence[tuple[str, str]]) -> list[str]:
    """The SELECT list that writes columns (name, DuckDB type) as Athena does. Raises QueryError for what it cannot.

    Trino writes tables of named columns only (StatementAnalyzer: MISSING_COLUMN_NAME, DUPLICATE_COLUMN_NAME), and Hive
    has no type for a moment with time zone, nor for NULL ("Unsupported Hive type").
    """
    shown, names = [], set()
    for place, (name, kind) in enumerate(described, 1):
        if name == f"_col{place - 1}":
            raise QueryError(f"MISSING_COLUMN_NAME: Column name not specified at position {place}")
        if name.lower() in names:
            raise QueryError(f"DUPLICATE_COLUMN_NAME: Column name '{name}' specified more than once")
        names.add(name.lower())
        athena_type = results.column_type(kind)
        if athena_type in ("timestamp with time zone", "unknown"):
            raise QueryError(f"NOT_SUPPORTED: Unsupported Hive type: {athena_type}")
        quoted = '"' + name.replace('"', '""') + '"'
        value = f"CAST({quoted} AS BIGINT)" if kind == "HUGEINT" else quoted  # of sum(), which is bigint in Trino
        shown.append(f'{value} AS "{name.lower().replace(chr(34), chr(34) * 2)}"')
    return shown


def write(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    shown: Sequence[str],
    directory: Path,
    options: Mapping[str, str | int],
) -> list[Path]:
    """Write the rows in their order. Returns the files, none if there are no rows."""
    written = ", ".join(f"{name} {value!r}" for name, value in options.items())
    whole = directory / "0"
    # DuckDB keeps the order of a subquery of which it takes all rows (preserve_insertion_order).
    (count,) = connection.execute(
        f"COPY (SELECT {', '.join(shown)} FROM ({query})) TO '{whole}' ({written})"  # noqa: S608
    ).fetchone() or (0,)
    if not count:
        return []
    parts = -(-whole.stat().st_size // _MOST_BYTES)
    if parts == 1:
        return [whole]
    rows = -(-count // parts)
    paths = []
    with duckdb.connect(":memory:") as other:  # whose work is none of the query's
        for part in range(parts):
            path = directory / f"{part + 1}"
            other.execute(
                f"COPY (SELECT * EXCLUDE file_row_number FROM read_parquet('{whole}', file_row_number = true) "  # noqa: S608
                f"WHERE file_row_number >= {part * rows} AND file_row_number < {(part + 1) * rows}) "
                f"TO '{path}' ({written})"
            )
            paths.append(path)
    return paths
