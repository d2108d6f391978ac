# SPDX-License-Identifier: Apache-2.0
"""DuckDB's values as Athena writes them. Pure. Every value becomes text, NULL stays None."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from localcloud.athena.trino.time_zones import ZONED

type Row = list[str | None]

_TYPES = {
    "BOOLEAN": "boolean", "TINYINT": "tinyint", "SMALLINT": "smallint", "INTEGER": "integer", "BIGINT": "bigint",
    "HUGEINT": "bigint", "FLOAT": "float", "DOUBLE": "double", "VARCHAR": "varchar", "BLOB": "varbinary",
    "DATE": "date", "TIMESTAMP": "timestamp", "TIMESTAMP_MS": "timestamp", '"NULL"': "unknown",
    "TIMESTAMP WITH TIME ZONE": "timestamp with time zone",
}  # fmt: skip
# Precision and scale that GetQueryResults gives for a type.
_SIZES = {
    "tinyint": (3, 0), "smallint": (5, 0), "integer": (10, 0), "bigint": (19, 0), "float": (17, 0), "double": (17, 0),
    "varchar": (2147483647, 0), "varbinary": (1073741824, 0), "timestamp": (3, 0), "timestamp with time zone": (3, 0),
}  # fmt: skip


class ColumnType(str):
    """An Athena type name that carries the column's precision and scale."""

    precision: int
    scale: int


def column_type(duckdb_type: str) -> ColumnType:
    """The Athena type of a DuckDB type. Raises ValueError if Athena has nothing like it."""
    decimal = re.fullmatch(r"DECIMAL\((\d+),\s*(\d+)\)", duckdb_type)
    if decimal:
        name, sizes = "decimal", (int(decimal[1]), int(decimal[2]))
    elif duckdb_type == ZONED:
        name, sizes = "timestamp with time zone", _SIZES["timestamp with time zone"]
    elif duckdb_type.endswith("[]"):
        name, sizes = "array", (0, 0)
    elif duckdb_type in _TYPES:
        name = _TYPES[duckdb_type]
        sizes = _SIZES.get(name, (0, 0))
    else:
        raise ValueError(f"no Athena type for {duckdb_type}")
    result = ColumnType(name)
    result.precision, result.scale = sizes
    return result


def text(value: Any) -> str | None:
    """One value as GetQueryResults and the CSV file show it."""
    if value is None or isinstance(value, str):
        return value
    for kind, write in _WRITERS:
        if isinstance(value, kind):
            return write(value)
    raise ValueError(f"cannot write a {type(value).__name__}")


def texts(rows: Sequence[Sequence[Any]], types: Sequence[ColumnType]) -> list[Row]:
    """Rows of values of these types as text. Most values are text already, which is why they are not looked at."""
    written = [list(row) for row in rows]
    for place in [place for place, kind in enumerate(types) if kind != "varchar"]:
        for row in written:
            row[place] = text(row[place])
    return written


def csv_file(columns: Sequence[str], rows: Sequence[Row]) -> bytes:
    """The file that a query leaves in S3: everything quoted, and NULL is nothing at all, also as a row's only value.

    Source: PyAthena's documentation, "NULL and Empty String Handling".
    """
    # Python's csv refuses to write a row that is one NULL: it would be read back as no row at all.
    return "".join(",".join(map(_quoted, row)) + "\n" for row in (columns, *rows)).encode()


def _quoted(value: str | None) -> str:
    return "" if value is None else f'"{value.replace(chr(34), chr(34) * 2)}"'


def _timestamp(value: datetime) -> str:
    written = value.replace(tzinfo=None).isoformat(" ", "milliseconds")
    return written if value.tzinfo is None else f"{written} UTC"


def _zoned(value: dict[str, Any]) -> str:
    """A moment in another time zone than UTC, which is a structure for DuckDB."""
    local = value["moment"].astimezone(ZoneInfo(value["zone"]))
    return f"{_timestamp(local.replace(tzinfo=None))} {value['zone']}"


def _double(value: float) -> str:
    """As Java writes doubles: 1.0, 1.0E7, NaN, Infinity."""
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return repr(value)
    sign, digits, exponent = Decimal(repr(value)).as_tuple()
    written = "".join(map(str, digits)).rstrip("0") or "0"
    power = int(exponent) + len(digits) - 1
    return f"{'-' if sign else ''}{written[0]}.{written[1:] or '0'}E{power}"


_WRITERS: list[tuple[type, Callable[[Any], str]]] = [
    (bool, lambda value: "true" if value else "false"),
    (int, str),
    (float, _double),
    (Decimal, lambda value: f"{value:f}"),
    (datetime, lambda value: _timestamp(value.astimezone(UTC) if value.tzinfo else value)),
    (dict, _zoned),
    (date, lambda value: value.isoformat()),
    (bytes, lambda value: value.hex(" ")),
    (list, lambda value: "[" + ", ".join("null" if item is None else text(item) or "" for item in value) + "]"),
]
