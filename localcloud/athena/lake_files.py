# SPDX-License-Identifier: Apache-2.0
"""The objects behind a Glue table, loaded into a DuckDB session as a relation, as Hive's LazySimpleSerDe reads them.

Only registered partitions are read, as in Athena: an object in a folder that nobody registered is invisible. Each is
read by its own columns: one that has fewer than its table gives NULL for the rest, whatever its objects hold, and one
of other types is refused (Amazon Athena user guide, "Update tables with partitions").

`"$path"` is the S3 URI of the object that a row is in, as in Athena (user guide, "Get the file locations of source data
in Amazon S3"). A row keeps the number of its object only, so that the paths cost nothing where nobody asks for them.
"""

import gzip
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import duckdb
from sqlglot import exp

from localcloud.athena.relations import PATH, LakeTable
from localcloud.athena.trino.errors import QueryError
from localcloud.athena.trino.to_duckdb import to_duckdb
from localcloud.ministack import glue, s3

_MOST_HELD = 16_000_000  # characters that are not in DuckDB yet
_SERDE = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
# Raw text stays text; Hive makes NULL of what is not of the column's type.
_TYPES = {
    "string": "VARCHAR", "boolean": "BOOLEAN", "tinyint": "TINYINT", "smallint": "SMALLINT", "int": "INTEGER",
    "bigint": "BIGINT", "float": "FLOAT", "double": "DOUBLE", "date": "DATE", "timestamp": "TIMESTAMP",
}  # fmt: skip


@dataclass(frozen=True)
class _Partition:
    """What the catalog says of one: its values, where its objects are, and the types of its columns by their names."""

    values: list[str]
    location: str
    columns: list[tuple[str, str]]


def load(connection: duckdb.DuckDBPyConnection, use: LakeTable, now: datetime) -> int:
    """Make the relation of one use of a table. Returns the bytes of the objects that were read, as they are stored.

    Raises QueryError for a table of another format and for an object that is not what its name says.
    """
    storage = use.table.get("StorageDescriptor") or {}
    serde = storage.get("SerdeInfo") or {}
    if serde.get("SerializationLibrary") != _SERDE:
        raise QueryError(f"HIVE_UNSUPPORTED_FORMAT: the local Athena reads LazySimpleSerDe text only, not {use.key}")
    delimiter = (serde.get("Parameters") or {}).get("field.delim", "\x01")
    keys = [key["Name"] for key in use.table.get("PartitionKeys") or []]
    partitions = _partitions(use, keys)
    wanted = _wanted(connection, use, keys, partitions, now)
    columns = _columns(storage)
    for number in wanted:
        _require_same_types(use.key, columns, keys, partitions[number])
    connection.execute(f"CREATE TEMP TABLE {use.relation}_lines (object INTEGER, line VARCHAR)")
    scanned, held = 0, 0
    texts: dict[int, str] = {}
    objects: list[tuple[str, _Partition]] = []
    for number in wanted:
        for path, text, size in _objects(partitions[number].location):
            scanned += size
            if text:
                texts[len(objects)] = text
                objects.append((path, partitions[number]))
                held += len(text)
        if held > _MOST_HELD:
            _insert(connection, use.relation, texts)
            texts, held = {}, 0
    _insert(connection, use.relation, texts)
    connection.execute(
        f"CREATE TEMP TABLE {use.relation}_objects (object INTEGER, path VARCHAR, keys VARCHAR[], width INTEGER)"
    )
    widths = [len(partition.columns) for _, partition in objects]
    connection.execute(
        f"INSERT INTO {use.relation}_objects SELECT unnest(?::INTEGER[]), unnest(?::VARCHAR[]), "
        "unnest(?::VARCHAR[][]), unnest(?::INTEGER[])",
        [
            list(range(len(objects))),
            [path for path, _ in objects],
            [partition.values for _, partition in objects],
            widths,
        ],
    )
    narrow = any(width < len(columns) for width in widths)
    parts = [f"{_typed(f'fields[{i}]', one)} AS {_quoted(one['Name'])}" for i, one in enumerate(storage["Columns"], 1)]
    parts += [f"p.keys[{i}] AS {_quoted(key)}" for i, key in enumerate(keys, 1)]
    parts += [f"p.path AS {_quoted(PATH)}"] if use.reads_path else []
    connection.execute(_relation(use.relation, parts, delimiter, narrow=narrow))
    return scanned


def _insert(connection: duckdb.DuckDBPyConnection, relation: str, texts: Mapping[int, str]) -> None:
    """The lines of several objects at once: a statement for each of many small ones would take most of the time."""
    connection.execute(
        f"INSERT INTO {relation}_lines SELECT object, unnest(string_split(text, chr(10))) FROM "  # noqa: S608
        "(SELECT unnest(?::INTEGER[]) AS object, unnest(?::VARCHAR[]) AS text)",
        [list(texts), list(texts.values())],
    )


def _columns(storage: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(column["Name"], column.get("Type", "string").lower()) for column in storage.get("Columns") or []]


def _partitions(use: LakeTable, keys: Sequence[str]) -> list[_Partition]:
    """The registered partitions; of a table without keys, the table itself."""
    if not keys:
        storage = use.table["StorageDescriptor"]
        return [_Partition([], storage["Location"], _columns(storage))]
    registered = ((one["Values"], one["StorageDescriptor"]) for one in list(glue.partitions.get(use.key, [])))
    return [_Partition(values, storage["Location"], _columns(storage)) for values, storage in registered]


def _require_same_types(
    table: str, columns: Sequence[tuple[str, str]], keys: Sequence[str], partition: _Partition
) -> None:
    for (name, kind), (own_name, own_kind) in zip(columns, partition.columns, strict=False):
        if kind != own_kind:
            folder = "/".join(f"{key}={value}" for key, value in zip(keys, partition.values, strict=False))
            raise QueryError(
                "HIVE_PARTITION_SCHEMA_MISMATCH: There is a mismatch between the table and partition schemas. The "
                f"types are incompatible and cannot be coerced. The column '{name}' in table "
                f"'{table.replace('/', '.')}' is declared as type '{kind}', but partition '{folder}' declared column "
                f"'{own_name}' as type '{own_kind}'."
            )


def _wanted(
    connection: duckdb.DuckDBPyConnection,
    use: LakeTable,
    keys: Sequence[str],
    partitions: Sequence[_Partition],
    now: datetime,
) -> list[int]:
    """The numbers of the partitions that the filters leave. One that fails leaves all: the query will fail."""
    known = {key.lower() for key in keys}
    filters = [f for f in use.filters if {column.name.lower() for column in f.find_all(exp.Column)} <= known]
    everything = list(range(len(partitions)))
    if not filters or not partitions:
        return everything
    columns = ", ".join(_quoted(name) for name in ["partition number", *keys])
    row = f"({', '.join('?' for _ in range(len(keys) + 1))})"
    values = [value for number, one in enumerate(partitions) for value in (number, *one.values)]
    conditions = " AND ".join(f"({to_duckdb(f, now)})" for f in filters)
    query = (
        f'SELECT "partition number" FROM (VALUES {", ".join([row] * len(partitions))}) AS p({columns}) '  # noqa: S608
        f"WHERE {conditions}"
    )
    try:
        return sorted(number for (number,) in connection.execute(query, values).fetchall())
    except duckdb.Error:
        return everything


def _objects(location: str) -> Iterator[tuple[str, str, int]]:
    """URI, lines and stored size of each object below a location that is not empty."""
    parts = urlsplit(location)
    prefix = parts.path.lstrip("/")
    prefix = prefix if not prefix or prefix.endswith("/") else f"{prefix}/"
    bucket = s3.buckets.get(parts.netloc)
    if bucket is None:
        raise QueryError(f"HIVE_FILESYSTEM_ERROR: the bucket of {location} does not exist")
    for key in sorted(bucket["objects"]):
        name = key.removeprefix(prefix)
        if not key.startswith(prefix) or key.endswith("/") or any(p.startswith(("_", ".")) for p in name.split("/")):
            continue
        data = s3.get_object_data(parts.netloc, key)
        if data:
            yield f"s3://{parts.netloc}/{key}", _decoded(key, data).removesuffix("\n"), len(data)


def _decoded(key: str, data: bytes) -> str:
    if key.endswith(".gz"):
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error) as error:
            raise QueryError(f"HIVE_CURSOR_ERROR: {key} is not gzip: {error}") from error
    text = data.decode("utf-8", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _relation(name: str, columns: Sequence[str], delimiter: str, *, narrow: bool) -> str:
    """A view whose columns are the fields of each line, in order: too few give NULL, too many are dropped.

    `columns` are their expressions over an object's `fields`, `keys` and `path`. `narrow` says that a partition has
    fewer columns than the table.
    """
    split = f"string_split(line, {_literal(delimiter)})"
    fields = f"list_slice({split}, 1, width)" if narrow else split
    return (
        f"CREATE TEMP VIEW {name} AS SELECT {', '.join(columns)} FROM "  # noqa: S608
        f"(SELECT path, keys, {fields} AS fields FROM {name}_lines JOIN {name}_objects USING (object)) AS p"
    )


def _typed(field: str, column: Mapping[str, str]) -> str:
    kind = column.get("Type", "string").lower()
    duckdb_type = _TYPES.get(kind) or (kind.upper() if kind.startswith(("decimal(", "varchar(")) else None)
    if duckdb_type is None:
        raise QueryError(f"HIVE_UNSUPPORTED_FORMAT: the local Athena does not read columns of type {kind}")
    text = f"nullif({field}, '\\N')"
    return text if duckdb_type == "VARCHAR" else f"TRY_CAST({text} AS {duckdb_type})"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
