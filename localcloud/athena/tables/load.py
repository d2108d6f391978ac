# SPDX-License-Identifier: Apache-2.0
"""One use of a Glue table as a relation of a DuckDB session, in the way of its format."""

from datetime import datetime

import duckdb

from localcloud.athena.relations import LakeTable
from localcloud.athena.tables import parquet_files, text_files
from localcloud.athena.trino.errors import QueryError

_TEXT = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
_PARQUET = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"


def load(connection: duckdb.DuckDBPyConnection, use: LakeTable, now: datetime) -> int:
    """Make the relation. Returns the bytes of the objects of text that were read, as they are stored.

    Raises QueryError for a table of another format and for an object that is not what its table says.
    """
    serde = ((use.table.get("StorageDescriptor") or {}).get("SerdeInfo") or {}).get("SerializationLibrary")
    if serde == _TEXT:
        return text_files.load(connection, use, now)
    if serde == _PARQUET:
        parquet_files.load(connection, use, now)
        return 0
    raise QueryError(
        f"HIVE_UNSUPPORTED_FORMAT: the local Athena reads LazySimpleSerDe text and Parquet only, not {use.key}"
    )
