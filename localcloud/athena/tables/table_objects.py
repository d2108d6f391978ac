# SPDX-License-Identifier: Apache-2.0
"""The objects of one use of a Glue table, in the way of its format."""

from collections.abc import Callable, Hashable
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
class TableObjects:
    """What is read for a relation: the stored bytes of objects of text, and files of Parquet.

    `make` makes the relation in a session. `uris` are the objects'. `texts` is all that its rows depend on, if it is of
    text.
    """

    text_bytes: int
    parquet: list[ParquetFiles]
    make: Callable[[duckdb.DuckDBPyConnection], None]
    uris: list[str]
    texts: Hashable = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to read: the relation has no rows."""
        return not self.text_bytes and not self.parquet


def find(connection: duckdb.DuckDBPyConnection, use: LakeTable, now: datetime) -> TableObjects:
    """Raises QueryError for a table of another format and for an object that is not what its table says."""
    serde = ((use.table.get("StorageDescriptor") or {}).get("SerdeInfo") or {}).get("SerializationLibrary")
    if serde == _TEXT:
        lines = text_files.find(connection, use, now)
        texts = lines.texts
        return TableObjects(texts.stored_bytes, [], lines.make, [uri for uri, _, _ in texts.objects], texts)
    if serde == _PARQUET:
        found = parquet_files.find(connection, use, now)
        return TableObjects(0, [found.files] if found.files else [], found.make, list(found.uris.values()))
    raise QueryError(
        f"HIVE_UNSUPPORTED_FORMAT: the local Athena reads LazySimpleSerDe text and Parquet only, not {use.key}"
    )
