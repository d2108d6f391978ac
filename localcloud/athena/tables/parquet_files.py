# SPDX-License-Identifier: Apache-2.0
"""Objects in Parquet's format as a relation of a DuckDB session, which reads of them what a query needs.

Columns are found by their names, as Athena does for Parquet: one that a file does not have is NULL, and the order does
not count (Amazon Athena user guide, "Handle schema updates", "Index access in ORC and Parquet"). A column of a type
that cannot be the declared one fails the query. Trino's rules: ParquetTypeUtils and PrimitiveColumnReader.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import duckdb

from localcloud.athena.relations import PATH, LakeTable
from localcloud.athena.tables import object_files, partitions, stored_objects
from localcloud.athena.tables.column_types import duckdb_type
from localcloud.athena.tables.partitions import quoted
from localcloud.athena.trino.errors import QueryError

# What may be read as the type that a column declares, besides the same. Both are DuckDB's names.
_READABLE = {
    "SMALLINT": {"TINYINT"},
    "INTEGER": {"TINYINT", "SMALLINT"},
    "BIGINT": {"TINYINT", "SMALLINT", "INTEGER"},
    "DOUBLE": {"FLOAT"},
    "TIMESTAMP": {"TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE"},
}


@dataclass(frozen=True)
class ParquetColumn:
    """A column of a file: DuckDB's and Parquet's name of its type, and the bytes of its chunks as they are stored."""

    kind: str
    physical_kind: str
    stored_bytes: int


type FileColumns = dict[str, ParquetColumn]
"""The columns of a file by their names in lower case."""
type ParquetFiles = dict[str, FileColumns]
"""The files of a relation by their paths, in the order in which they are read."""


@dataclass(frozen=True)
class ParquetObjects:
    """What is to be read for one use of a table. `uris`: of each file the object's."""

    use: LakeTable
    files: ParquetFiles
    uris: dict[str, str]

    def make(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Make the relation."""
        use, files, keys = self.use, self.files, partitions.keys(self.use)
        shown = [_shown(name, kind, files.values()) for name, _, kind in _declared(use)]
        shown += [f"f.{quoted(key)}" if files else f"CAST(NULL AS VARCHAR) AS {quoted(key)}" for key in keys]
        if use.reads_path:
            connection.execute(f"CREATE TEMP TABLE {use.relation}_paths (filename VARCHAR, uri VARCHAR)")
            connection.execute(
                f"INSERT INTO {use.relation}_paths SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
                [list(self.uris), list(self.uris.values())],
            )
            shown.append(f"uri AS {quoted(PATH)}")
        connection.execute(
            f"CREATE TEMP VIEW {use.relation} AS SELECT {', '.join(shown)} FROM {_source(use, keys, files)}"  # noqa: S608
        )


def find(connection: duckdb.DuckDBPyConnection, use: LakeTable, now: datetime) -> ParquetObjects:
    """The objects of one use of a table, and the columns of each.

    Raises QueryError for an object that is not Parquet, and for a column whose type is not that of the table.
    """
    keys, declared, below = partitions.keys(use), _declared(use), stored_objects.Listing().below
    uris: dict[str, str] = {}
    files: ParquetFiles = {}
    for partition in partitions.wanted(connection, use, now):
        partitions.require_same_types(use, partition, by_name=True)
        for stored in below(partition.location):
            path = object_files.file_of(stored, keys, partition.values)
            files[str(path)] = _file_columns(path, stored.uri)
            uris[str(path)] = stored.uri
            _require_readable(declared, files[str(path)], stored.uri)
    return ParquetObjects(use, files, uris)


def _declared(use: LakeTable) -> list[tuple[str, str, str]]:
    """The columns of a table: name, Hive's type, DuckDB's."""
    columns = partitions.columns(use.table["StorageDescriptor"])
    return [(name, hive_type, duckdb_type(hive_type)) for name, hive_type in columns]


def _source(use: LakeTable, keys: Sequence[str], files: ParquetFiles) -> str:
    paths = f"{use.relation}_paths"
    if not files:
        return f"{paths} WHERE false" if use.reads_path else "(SELECT 1 WHERE false)"
    shapes = {tuple((name, column.kind) for name, column in columns.items()) for columns in files.values()}
    options = ["hive_partitioning = false"]
    if keys:
        types = ", ".join(f"{_literal(key)}: VARCHAR" for key in keys)
        options = ["hive_partitioning = true", f"hive_types = {{{types}}}"]
    options += ["union_by_name = true"] if len(shapes) > 1 else []  # it opens every file before the query runs
    read = f"read_parquet([{', '.join(map(_literal, files))}], {', '.join(options)})"
    # DuckDB's virtual column `filename` is there without being asked for.
    return f"{read} AS f JOIN {paths} AS p ON f.filename = p.filename" if use.reads_path else f"{read} AS f"


def _shown(name: str, kind: str, files: Collection[FileColumns]) -> str:
    """A column as the table declares it."""
    found = {columns[name.lower()].kind for columns in files if name.lower() in columns}
    if not found:
        return f"CAST(NULL AS {kind}) AS {quoted(name)}"
    # A cast that changes nothing would keep conditions from the file's own statistics.
    return f"f.{quoted(name)}" if found == {kind} else f"CAST(f.{quoted(name)} AS {kind}) AS {quoted(name)}"


def _require_readable(declared: Sequence[tuple[str, str, str]], found: FileColumns, uri: str) -> None:
    for name, hive_type, kind in declared:
        column = found.get(name.lower())
        if column is None or column.kind == kind or column.kind in _READABLE.get(kind, ()):
            continue
        if kind.startswith("VARCHAR") and column.kind == "VARCHAR":
            continue
        raise QueryError(
            f"HIVE_BAD_DATA: Field {name}'s type {column.physical_kind} in parquet file {uri} is incompatible with "
            f"type {hive_type} defined in table schema"
        )


@lru_cache(maxsize=4096)
def _file_columns(path: Path, uri: str) -> FileColumns:
    """The columns of a file, which never changes. Raises QueryError if it is not Parquet."""
    with duckdb.connect(":memory:") as connection:
        try:
            described = connection.execute(
                "SELECT name, duckdb_type, type FROM parquet_schema(?) "
                "WHERE coalesce(num_children, 0) = 0 ORDER BY column_id",
                [str(path)],
            ).fetchall()
            sizes = connection.execute(
                "SELECT path_in_schema, CAST(sum(total_compressed_size) AS BIGINT) FROM parquet_metadata(?) "
                "GROUP BY ALL",
                [str(path)],
            ).fetchall()
        except duckdb.Error as error:
            raise QueryError(f"HIVE_BAD_DATA: Not valid Parquet file: {uri}: {error}") from error
    stored = {str(name).lower(): int(size) for name, size in sizes}
    return {
        str(name).lower(): ParquetColumn(str(kind), str(physical), stored.get(str(name).lower(), 0))
        for name, kind, physical in described
    }


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
