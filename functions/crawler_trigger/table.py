# SPDX-License-Identifier: Apache-2.0
"""The table of log lines: how it must look for Athena, and what is wrong with one that does not. Pure.

Athena reads text by position: a column behind the last one is NULL in older objects, and any other change makes their
columns shift (Amazon Athena user guide, "Handle schema updates"). So log fields are only ever added behind the last.
A partition is read by its own columns, which must have the table's types ("Update tables with partitions").
"""

from collections.abc import Mapping
from typing import Any

from partition import PARTITION_KEYS, Partition

_SERDE = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"
_INPUT = "org.apache.hadoop.mapred.TextInputFormat"
_OUTPUT = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
_DELIMITER = "\t"
_SKIPPED_LINES = "skip.header.line.count"
# Set while the hours of a table that this function made or repaired are not all registered: whoever finds it goes on.
_UNFINISHED = "edgepixel_hours_unfinished"


def table_input(
    name: str, columns: tuple[str, ...], location: str, found: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """A TableInput as the crawler would make it, of text, marked as unfinished. Parameters of the found one stay."""
    parameters = {
        **((found or {}).get("Parameters") or {}),
        "classification": "csv",
        "compressionType": "gzip",
        "delimiter": _DELIMITER,
        "typeOfData": "file",
        _UNFINISHED: "true",
    }
    parameters.pop(_SKIPPED_LINES, None)
    return {
        "Name": name,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": parameters,
        "PartitionKeys": [{"Name": key, "Type": "string"} for key in PARTITION_KEYS],
        "StorageDescriptor": {
            "Columns": [{"Name": column, "Type": "string"} for column in columns],
            "Location": location,
            "InputFormat": _INPUT,
            "OutputFormat": _OUTPUT,
            "Compressed": True,
            "NumberOfBuckets": -1,
            "SerdeInfo": {"SerializationLibrary": _SERDE, "Parameters": {"field.delim": _DELIMITER}},
        },
    }


def finished(table: Mapping[str, Any]) -> dict[str, Any]:
    """The TableInput that takes the mark away from a table."""
    kept = ("Name", "Description", "Owner", "Retention", "TableType", "PartitionKeys", "StorageDescriptor")
    parameters = {name: value for name, value in table["Parameters"].items() if name != _UNFINISHED}
    # Without what is empty: a TableInput takes no empty owner.
    return {**{name: table[name] for name in kept if table.get(name)}, "Parameters": parameters}


def is_finished(table: Mapping[str, Any]) -> bool:
    """Whether nobody is to register hours of the table that existed before it was made or repaired."""
    return _UNFINISHED not in (table.get("Parameters") or {})


def partition_input(table: Mapping[str, Any], partition: Partition) -> dict[str, Any]:
    """A PartitionInput with the table's own descriptor, so that a partition is always read the way its table is."""
    return {
        "Values": list(partition.values),
        "StorageDescriptor": {**table["StorageDescriptor"], "Location": partition.location},
    }


def difference_to(table: Mapping[str, Any], columns: tuple[str, ...]) -> str:
    """What is wrong with a table, in words; empty if nothing is.

    Columns behind the known ones are not wrong: an older version of this application may run on a newer one's table.
    """
    return _wrong_columns(table, columns) or wrong_keys(table) or _wrong_format(table)


def lacks_last_columns(table: Mapping[str, Any], columns: tuple[str, ...]) -> bool:
    """Whether nothing is wrong with a table but that the last columns are missing: an older version's."""
    found = _column_names(table)
    return 0 < len(found) < len(columns) and not difference_to(table, columns[: len(found)])


def wrong_keys(table: Mapping[str, Any]) -> str:
    """What is wrong with the partition keys, in words; empty if nothing is."""
    keys = tuple(key["Name"] for key in table.get("PartitionKeys") or [])
    if keys != PARTITION_KEYS:
        return f"partition keys are {', '.join(keys) or 'none'} instead of {', '.join(PARTITION_KEYS)}"
    return ""


def _column_names(table: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(column["Name"] for column in (table.get("StorageDescriptor") or {}).get("Columns") or [])


def _wrong_columns(table: Mapping[str, Any], columns: tuple[str, ...]) -> str:
    found = _column_names(table)
    if found[: len(columns)] != columns:
        missing = [name for name in columns if name not in found]
        unknown = [name for name in found if name not in columns]
        if missing or unknown:
            return f"missing {', '.join(missing) or 'none'}, unknown {', '.join(unknown) or 'none'}"
        return f"columns are in the order {', '.join(found)}"
    types = {column.get("Type") for column in table["StorageDescriptor"]["Columns"]} - {"string"}
    return f"columns of type {', '.join(sorted(map(str, types)))} instead of string" if types else ""


def _wrong_format(table: Mapping[str, Any]) -> str:
    storage = table["StorageDescriptor"]
    serde = storage.get("SerdeInfo") or {}
    if serde.get("SerializationLibrary") != _SERDE:
        return f"it is read by {serde.get('SerializationLibrary')} instead of {_SERDE}"
    if (serde.get("Parameters") or {}).get("field.delim") != _DELIMITER:
        return "its fields are not separated by tabs"
    if (table.get("Parameters") or {}).get(_SKIPPED_LINES, "0") != "0":
        return "the first lines of every object are skipped"
    return ""
