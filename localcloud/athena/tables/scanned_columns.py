# SPDX-License-Identifier: Apache-2.0
"""What Athena bills for reading Parquet: the stored bytes of the columns that a query needs. Pure.

Source: Amazon Athena pricing, "you pay only for the columns that you read", in compressed form. Which columns and
files those are, DuckDB's profile of the query says. Athena also leaves out row groups by their least and greatest
values; that depends on its writer and is not counted here, so these bytes are never fewer than Athena's.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from localcloud.athena.tables.parquet_files import FileColumns, ParquetFiles

_TEXT = re.compile(r"'(?:[^']|'')*'")
_NAME = re.compile(r'"((?:[^"]|"")+)"|([A-Za-z_$]\w*)')
_MOST_NAMED = 5  # files that a profile names


def stored_bytes(profile: Mapping[str, Any], relations: Sequence[ParquetFiles]) -> int:
    """The bytes that a query read of the files of its relations, by DuckDB's profile of it."""
    total = 0
    for scan in _scans(profile.get("operator") or []):
        columns = _names(scan)
        for found in _files(scan, relations):
            total += sum(column.stored_bytes for name, column in found.items() if name in columns)
    return total


def _scans(operators: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for operator in operators:
        about = operator.get("extra_info") or {}
        if about.get("Function") == "READ_PARQUET":
            yield about
        yield from _scans(operator.get("children") or [])


def _names(scan: Mapping[str, Any]) -> set[str]:
    """Columns that are handed on, and those that conditions look at and nothing else does. Other words do no harm."""
    listed = scan.get("Projections") or []
    names = {listed} if isinstance(listed, str) else set(listed)
    for conditions in ("Filters", "Dynamic Filters"):
        texts = scan.get(conditions) or []
        for text in [texts] if isinstance(texts, str) else texts:
            names |= {quoted.replace('""', '"') or plain for quoted, plain in _NAME.findall(_TEXT.sub("", text))}
    return {name.lower() for name in names}


def _files(scan: Mapping[str, Any], relations: Sequence[ParquetFiles]) -> list[FileColumns]:
    """The files of a scan: as many as it read, from the first that it names, because only a few are named."""
    count = int(scan.get("Total Files Read") or 0)
    named = str(scan.get("Filename(s)") or "").removesuffix(", ...").split(", ")
    candidates = [files for files in relations if all(path in files for path in named)]
    if count == 0 or not candidates:
        return []
    files = min(candidates, key=len)  # several uses of a table have the same files
    if count <= _MOST_NAMED:
        return [files[path] for path in named]
    paths = list(files)
    first = paths.index(named[0])
    return [files[path] for path in paths[first : first + count]]
