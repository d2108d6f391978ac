# SPDX-License-Identifier: Apache-2.0
"""One use of a Glue table as a relation of a DuckDB session, in the way of its format."""

from dataclasses import dataclass
from datetime import datetime

import duckdb

from localcloud.athena.relations import LakeTable
from localcloud.athena.tables import parquet_files, text_files
from localcloud.athena.tables.parquet_files import ParquetFiles
from localcloud.athena.trino.errors import QueryError

_TEXT = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
_PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"


@dataclass(frozen=True)
class Loaded:
    """What was read for a relation, and what will be: the stored bytes of objects of text, and files of Parquet."""

    text_bytes: int
    parquet: list[ParquetFiles]


def load(connection: duckdb.DuckDBPyConnection, use: LakeTable, now: datetime) -> Loaded:
    """Make the relation.

    Raises QueryError for a table of another format and for an object that is not what its table says.
    """
    serde = ((use.table.get("StorageDescriptor") or {}).get("SerdeInfo") or {}).get("SerializationLibrary")
    if serde == _TEXT:
        return Loaded(text_files.load(connection, use, now), [])
    if serde == _PARQUET:
        files = parquet_files.load(connection, use, now)
        return Loaded(0, [files] if files else [])
    raise QueryError(
        f"HIVE_UNSUPPORTED_FORMAT: the local Athena reads LazySimpleSerDe text and Parquet only, not {use.key}"
    )
