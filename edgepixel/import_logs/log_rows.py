# SPDX-License-Identifier: Apache-2.0
"""The rows of a file of standard logs, in any of CloudFront's formats.

Formats: CloudFront Developer Guide, "Configure standard logging (legacy)" (gzip, two header lines, tabs) and "Configure
standard logging (v2)" (w3c, plain, raw, JSON, Parquet; any delimiter of at most five characters). What a file is, is
seen in it and not in its name.
"""

import gzip
import json
import re
import zlib
from collections.abc import Callable, Iterator
from functools import lru_cache
from io import BufferedReader
from pathlib import Path
from typing import NamedTuple

from edgepixel.errors import MissingPackageError, UnreadableLogError

type Names = tuple[str, ...]
"""Field names as `field_name` writes them."""

NOTHING = b"-"
"""What CloudFront writes for a field without a value."""

# A URL has at most 8,192 bytes and the headers 20 KB ("Standard logging reference"); encoding makes each byte three.
_LONGEST_LINE_BYTES = 256 * 1024
_GZIP, _PARQUET = b"\x1f\x8b", b"PAR1"
_DELIMITERS = (b"\t", b" ", b"|")  # that no value has: others are taken when they are named
_PROGRESS_LINES = 8192
_PARQUET_ROWS = 4096


class Row(NamedTuple):
    """One request: its line's number in the file, from 1, and its values as they stand there, by `names`."""

    number: int
    names: Names
    values: list[bytes]


class BadLine(NamedTuple):
    """A line that is no request, and why."""

    number: int
    reason: str
    text: bytes


class BadRowError(Exception):
    """A row that cannot be that of a request, in the words of a message."""


@lru_cache(4096)
def field_name(name: str) -> str:
    """The one spelling of a field's name: `cs(User-Agent)` and, in Parquet, `cs_user_agent` are `cs-user-agent`."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def field_names(text: str) -> Names:
    """The names in a text, with spaces, tabs or commas between them."""
    return tuple(field_name(name) for name in re.split(r"[\s,]+", text) if name)


def log_rows(
    path: Path, names: Names | None, delimiter: bytes | None, progress: Callable[[int], None]
) -> Iterator[Row | BadLine]:
    """The rows of a file, in its order. Memory does not grow with the file.

    `names` are those of the fields where the file itself does not say them; `delimiter` None finds out what is between
    the values. `progress` is told now and then how many bytes of the file are read. Raises UnreadableLogError where
    nothing further can be read, after the rows before, and MissingPackageError for Parquet without its package.
    """
    try:
        with path.open("rb") as file:
            start = file.peek(4)
            if start.startswith(_PARQUET):
                yield from _parquet_rows(path)
            else:
                yield from _line_rows(file, start.startswith(_GZIP), names, delimiter, progress)
    except OSError as error:
        raise UnreadableLogError(f"it cannot be read: {error.strerror or error}") from error


def _line_rows(
    file: BufferedReader,
    is_compressed: bool,
    names: Names | None,
    delimiter: bytes | None,
    progress: Callable[[int], None],
) -> Iterator[Row | BadLine]:
    number, is_begun = 0, False
    # No buffer around GzipFile, which has one: what comes before a cut would be lost with what comes behind it.
    content: gzip.GzipFile | BufferedReader = gzip.GzipFile(fileobj=file) if is_compressed else file
    try:
        while line := content.readline(_LONGEST_LINE_BYTES):
            number += 1
            if number % _PROGRESS_LINES == 0:
                progress(file.tell())
            if len(line) == _LONGEST_LINE_BYTES and not line.endswith(b"\n"):
                yield BadLine(number, f"longer than {_LONGEST_LINE_BYTES:,} bytes", line)
                while line and not line.endswith(b"\n"):
                    line = content.readline(_LONGEST_LINE_BYTES)
                continue
            line = line.removesuffix(b"\n").removesuffix(b"\r")
            if line.startswith(b"{"):
                yield _json_row(number, line)
            elif line.startswith(b"#"):
                names = _header(line) or names
            elif line:
                bare = None if is_begun else _bare_header(line)
                is_begun = True
                if bare is not None:
                    names = bare
                    continue
                if names is None:
                    raise UnreadableLogError("it has no line #Fields: say its fields in order with --fields")
                delimiter = delimiter or _delimiter(line, len(names))
                values = line.split(delimiter or _DELIMITERS[0])
                if len(values) == len(names):
                    yield Row(number, names, values)
                else:
                    yield BadLine(number, f"{len(values)} values instead of {len(names)}", line)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnreadableLogError(f"it is cut off or damaged after line {number:,}: {error}") from error


def _header(line: bytes) -> Names | None:
    """The names in a line `#Fields: …`; None for any other header line."""
    keyword, _, names = line.decode("utf-8", "replace").partition(":")
    return field_names(names) if keyword.lower() == "#fields" else None


def _bare_header(line: bytes) -> Names | None:
    """The names in a line that has nothing else, as it is not documented for the formats plain and raw."""
    names = field_names(line.decode("utf-8", "replace"))
    return names if {"cs-uri-stem", "sc-status"} <= set(names) else None


def _delimiter(line: bytes, count: int) -> bytes | None:
    """What divides a line into so many values, if anything does."""
    return next((one for one in _DELIMITERS if line.count(one) == count - 1), None)


def _json_row(number: int, line: bytes) -> Row | BadLine:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        return BadLine(number, f"no JSON: {error}", line)
    return Row(number, _spelled(tuple(record)), [_value(value) for value in record.values()])


@lru_cache(256)
def _spelled(names: tuple[str, ...]) -> Names:
    return tuple(map(field_name, names))


def _value(value: object) -> bytes:
    """A value of JSON or Parquet, where all of CloudFront's are text."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace")
    return NOTHING if value is None else json.dumps(value).encode()


def _parquet_rows(path: Path) -> Iterator[Row]:
    try:
        import duckdb
    except ModuleNotFoundError:
        raise MissingPackageError(
            "logs in Parquet need the package duckdb, which comes with: pip install 'edgepixel[local]'"
        ) from None
    # A name is no pattern here, and folders such as year=2026 are no columns.
    name = re.sub(r"([*?\[])", r"[\1]", str(path))
    try:
        with duckdb.connect(config={"threads": 1}) as connection:
            found = connection.execute("SELECT * FROM read_parquet(?, hive_partitioning = false)", [name])
            names, number = _spelled(tuple(column[0] for column in found.description or ())), 0
            while rows := found.fetchmany(_PARQUET_ROWS):
                for values in rows:
                    number += 1
                    yield Row(number, names, [_value(value) for value in values])
    except duckdb.Error as error:
        raise UnreadableLogError(f"it is no Parquet that can be read: {str(error).splitlines()[0]}") from error
