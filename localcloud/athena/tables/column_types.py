# SPDX-License-Identifier: Apache-2.0
"""Hive's column types as DuckDB's. Pure."""

from localcloud.athena.trino.errors import QueryError

_TYPES = {
    "string": "VARCHAR", "boolean": "BOOLEAN", "tinyint": "TINYINT", "smallint": "SMALLINT", "int": "INTEGER",
    "bigint": "BIGINT", "float": "FLOAT", "double": "DOUBLE", "date": "DATE", "timestamp": "TIMESTAMP",
}  # fmt: skip


def duckdb_type(hive_type: str) -> str:
    """DuckDB's type of a column. Raises QueryError for one that the local Athena does not read."""
    kind = hive_type.lower()
    found = _TYPES.get(kind) or (kind.upper() if kind.startswith(("decimal(", "varchar(")) else None)
    if found is None:
        raise QueryError(f"HIVE_UNSUPPORTED_FORMAT: the local Athena does not read columns of type {kind}")
    return found
