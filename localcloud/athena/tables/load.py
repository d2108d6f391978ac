# SPDX-License-Identifier: Apache-2.0
"""One use of a Glue table as a relation of a DuckDB session, in the way of its format."""

from collections.abc import Hashable
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
    """What was read for a relation, and what will be: the stored bytes of objects of text, and files of Parquet.

    `texts` is all that the relation's rows depend on, if it is of text.
    """

    text_bytes: int
    parquet: list[ParquetFiles]
    texts: Hashable = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was read, and nothing will be: the relation has no rows."""
        return not self.text_bytes and not self.parquet


def load(connection: duckdb.DuckDBPyConnection, use: LakeTable, now: datetime) -> Loaded:
    """Make the relation.

    Raises QueryError for a table of another format and for an object that is not what its table says.
    """
    serde = ((use.table.get("StorageDescriptor") or {}).get("SerdeInfo") or {}).get("SerializationLibrary")
    if serde == _TEXT:
        texts = text_files.load(connection, use, now)
        return Loaded(texts.stored_bytes, [], texts)
    if serde == _PARQUET:
        files = parquet_files.load(connection, use, now)
        return Loaded(0, [files] if files else [])
    raise QueryError(
        f"HIVE_UNSUPPORTED_FORMAT: the local Athena reads LazySimpleSerDe text and Parquet only, not {use.key}"
    )
