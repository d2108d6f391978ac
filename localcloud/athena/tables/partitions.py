# SPDX-License-Identifier: Apache-2.0
"""The partitions of a Glue table that a query reads.

Only registered partitions are read, as in Athena: an object in a folder that nobody registered is invisible. One whose
columns are of other types than its table's is refused (Amazon Athena user guide, "Update tables with partitions"). Of a
table whose partitions are projected, what is registered does not count ("Use partition projection with Amazon Athena").
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

import duckdb
from sqlglot import exp

from localcloud.athena.relations import LakeTable
from localcloud.athena.tables import partition_projection
from localcloud.athena.trino.errors import QueryError
from localcloud.athena.trino.to_duckdb import to_duckdb
from localcloud.ministack import glue

type Columns = list[tuple[str, str]]
"""Names and Hive types, in order."""


_MOST_LEFT = 32
_left: dict[tuple[str, tuple[str | int, ...]], list[int]] = {}  # what conditions left of partitions, by both


@dataclass(frozen=True)
class Partition:
    """What the catalog says of one: the values of its keys, where its objects are, and its own columns."""

    values: list[str]
    location: str
    columns: Columns


def keys(use: LakeTable) -> list[str]:
    """The names of the table's partition keys."""
    return [key["Name"] for key in use.table.get("PartitionKeys") or []]


def columns(storage: Mapping[str, Any]) -> Columns:
    """The columns of a storage descriptor."""
    return [(column["Name"], column.get("Type", "string").lower()) for column in storage.get("Columns") or []]


def wanted(connection: duckdb.DuckDBPyConnection, use: LakeTable, now: datetime) -> list[Partition]:
    """The registered or projected partitions that the filters leave; of a table without keys, the table itself.

    Raises QueryError for a projection that cannot be understood.
    """
    names = keys(use)
    if not names:
        storage = use.table["StorageDescriptor"]
        return [Partition([], storage["Location"], columns(storage))]
    if partition_projection.is_enabled(use.table):
        own = columns(use.table["StorageDescriptor"])
        projected = partition_projection.partitions(use.key, use.table, now)
        found = [Partition(values, location, own) for values, location in projected]
        return [found[number] for number in _left_by_filters(connection, use, names, found, now)]
    registered = ((one["Values"], one["StorageDescriptor"]) for one in list(glue.partitions.get(use.key, [])))
    found = [Partition(values, storage["Location"], columns(storage)) for values, storage in registered]
    return [found[number] for number in _left_by_filters(connection, use, names, found, now)]


def require_same_types(use: LakeTable, partition: Partition, *, by_name: bool = False) -> None:
    """Raise QueryError if a column of the partition is of another type than the table's at its place, or `by_name`."""
    own = partition.columns
    if own == columns(use.table["StorageDescriptor"]):
        return
    pairs = list(zip(columns(use.table["StorageDescriptor"]), own, strict=False))
    if by_name:
        kinds = {name.lower(): (name, kind) for name, kind in own}
        declared = columns(use.table["StorageDescriptor"])
        pairs = [(column, kinds[column[0].lower()]) for column in declared if column[0].lower() in kinds]
    for (name, kind), (own_name, own_kind) in pairs:
        if kind != own_kind:
            folder = "/".join(f"{key}={value}" for key, value in zip(keys(use), partition.values, strict=False))
            raise QueryError(
                "HIVE_PARTITION_SCHEMA_MISMATCH: There is a mismatch between the table and partition schemas. The "
                f"types are incompatible and cannot be coerced. The column '{name}' in table "
                f"'{use.key.replace('/', '.')}' is declared as type '{kind}', but partition '{folder}' declared column "
                f"'{own_name}' as type '{own_kind}'."
            )


def _left_by_filters(
    connection: duckdb.DuckDBPyConnection,
    use: LakeTable,
    names: Sequence[str],
    partitions: Sequence[Partition],
    now: datetime,
) -> list[int]:
    """The numbers of the partitions that the filters leave. One that fails leaves all: the query will fail."""
    filters = _filters(use)
    everything = list(range(len(partitions)))
    if not filters or not partitions:
        return everything
    listed = ", ".join(quoted(name) for name in ["partition number", *names])
    row = f"({', '.join('?' for _ in range(len(names) + 1))})"
    rows: list[tuple[str | int, ...]] = [(number, *one.values) for number, one in enumerate(partitions)]
    values = tuple(chain.from_iterable(rows))
    conditions = " AND ".join(f"({to_duckdb(f, now)})" for f in filters)
    query = (
        f'SELECT "partition number" FROM (VALUES {", ".join([row] * len(partitions))}) AS p({listed}) '  # noqa: S608
        f"WHERE {conditions}"
    )
    left = _left.get((query, values))
    if left is None:
        try:
            left = sorted(number for (number,) in connection.execute(query, values).fetchall())
        except duckdb.Error:
            return everything
        if len(_left) >= _MOST_LEFT:
            _left.clear()
        _left[query, values] = left
    return left


def partition_filters(use: LakeTable) -> list[str]:
    """The conditions that choose partitions: those on nothing but the table's partition keys."""
    return [f.sql(comments=False) for f in _filters(use)]


def _filters(use: LakeTable) -> list[exp.Expr]:
    known = {name.lower() for name in keys(use)}
    return [f for f in use.filters if {column.name.lower() for column in f.find_all(exp.Column)} <= known]


def quoted(name: str) -> str:
    """A name as DuckDB's SQL wants it."""
    return '"' + name.replace('"', '""') + '"'
