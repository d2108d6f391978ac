# SPDX-License-Identifier: Apache-2.0
"""A table of results, and its forms: for people, for spreadsheets, for programs."""

import csv
import io
import json
import re
from dataclasses import dataclass, field

import rich.box
import rich.console
import rich.table
import rich.text
from rich.cells import cell_len

from edgepixel.console.readable_url import URL_COLUMNS, readable_url

type Value = str | int | float | bool | None
type Record = dict[str, Value]

_NUMBER = re.compile(r"-?[0-9][0-9,]*(?:\.[0-9]+)?")
FORMATS = ("table", "csv", "json")


@dataclass(frozen=True)
class Table:
    """Rows of values under column names. Times and dates are text, in Athena's form; None is SQL's NULL.

    `scanned_bytes` is what Athena read for them, which is no part of what they say.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    scanned_bytes: int = field(default=0, compare=False)

    def records(self) -> list[Record]:
        """The rows, with their values by column name."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def to_csv(table: Table) -> str:
    """RFC 4180, with a header line; NULL is an empty field."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(table.columns)
    writer.writerows(table.rows)
    return text.getvalue()


def to_json(table: Table) -> str:
    """One array of objects."""
    return json.dumps(table.records(), ensure_ascii=False, indent=2)


def to_rich(table: Table, title: str | None = None, most_rows: int | None = None) -> rich.table.Table:
    """For a terminal: numbers to the right, one line for each row, the rows after `most_rows` only counted."""
    first = table.rows[:most_rows]
    drawn = rich.table.Table(title=title, title_justify="left", box=rich.box.SIMPLE_HEAD)
    for position, column in enumerate(table.columns):
        numeric = is_number(table, position)
        drawn.add_column(_cell(column), justify="right" if numeric else "left")
    for row in first:
        drawn.add_row(*(_cell(_text(value, column)) for value, column in zip(row, table.columns, strict=True)))
    if len(first) < len(table.rows):
        drawn.caption = f"{len(first)} of {len(table.rows)} rows"
        drawn.caption_justify = "left"
    return drawn


def is_cut(console: rich.console.Console, drawn: rich.table.Table) -> bool:
    """Whether a table is wider than the console, which shows the beginning of its long texts then."""
    cells = [(column.header, *column.cells) for column in drawn.columns]
    widths = sum(max(cell_len(str(cell)) for cell in column) for column in cells)
    return widths + 3 * len(cells) + 1 > console.width  # a blank on both sides, and the box's own between and around


def is_number(table: Table, column: int) -> bool:
    """Whether a column holds numbers only, which stand on the right. Athena's decimals and amounts are text."""
    values = [value for row in table.rows if (value := row[column]) is not None]
    return bool(values) and all(isinstance(value, int | float) or _NUMBER.fullmatch(str(value)) for value in values)


def _cell(text: str) -> rich.text.Text:
    """Text as it is, on one line. That the cell may not wrap, but the column may, lets only wide columns be cut."""
    return rich.text.Text(text, no_wrap=True, overflow="ellipsis")


def _text(value: Value, column: str) -> str:
    if value is None:
        return "-"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return shown(str(value), column)


def shown(text: str, column: str) -> str:
    """A text of a column for people."""
    return printable(readable_url(text) if column in URL_COLUMNS else text)


def printable(text: str) -> str:
    """Text without control characters, which must not reach a terminal or reorder a line. Viewers sent some of it."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
