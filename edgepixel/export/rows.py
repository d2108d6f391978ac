# SPDX-License-Identifier: Apache-2.0
"""Athena's result file, row by row, and its rows as JSON lines.

It is CSV in which every value is quoted, and NULL is nothing at all, which an empty text is not.
"""

import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from edgepixel.answers.view.columns import columns
from edgepixel.ask.athena import typed
from edgepixel.console.table import Value
from edgepixel.errors import ExportError

# A user agent or a query string may be as long as a log line.
csv.field_size_limit(2**31 - 1)

type Row = Sequence[str | None]


def rows_of(path: Path) -> Iterator[Row]:
    """The rows of a result file. Raises ExportError if it does not have the columns of the view, or ends too early."""
    names = [column.name for column in columns()]
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file, quoting=csv.QUOTE_NOTNULL, strict=True)
        try:
            if next(reader, None) != names:
                raise ExportError(
                    "Athena's result does not have the columns of the view: deploy this version's template"
                )
            for row in reader:
                if len(row) != len(names):
                    raise ExportError(f"Athena's result has a row of {len(row)} values, not of {len(names)}")
                yield row
        except csv.Error as error:
            raise ExportError(f"Athena's result cannot be read: {error}") from error


def count_rows(path: Path) -> int:
    """How many rows a result file has. Raises ExportError as `rows_of` does."""
    return sum(1 for _ in rows_of(path))


def write_json_lines(source: Path, target: Path) -> int:
    """Write a result file as JSON, an object a line; gives the number of rows.

    Whole numbers and truth values are what they are; times, dates and amounts are text, as in Athena's result.
    """
    described = [(column.name, column.type) for column in columns()]
    number = 0
    with target.open("w", encoding="utf-8", newline="\n") as file:
        for row in rows_of(source):
            number += 1
            record: dict[str, Value] = {
                name: typed(text, kind) for text, (name, kind) in zip(row, described, strict=True)
            }
            file.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")
    return number
