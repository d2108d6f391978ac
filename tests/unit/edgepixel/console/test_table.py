# SPDX-License-Identifier: Apache-2.0
"""Forms of a table."""

import csv
import io
import json

import pytest
from rich.console import Console

from edgepixel.console.table import Table, is_cut, to_csv, to_json, to_rich

TABLE = Table(("page", "events"), (('a,"b"\n[bold]', 1234), (None, 5), ("\x1b[31mred", 6)))


def drawn(most_rows: int | None = None) -> str:
    text = io.StringIO()
    Console(file=text, width=80).print(to_rich(TABLE, "pages", most_rows))
    return text.getvalue()


def test_csv_is_read_back_with_null_as_an_empty_field() -> None:
    rows = list(csv.reader(io.StringIO(to_csv(TABLE))))
    assert rows == [["page", "events"], ['a,"b"\n[bold]', "1234"], ["", "5"], ["\x1b[31mred", "6"]]


def test_json_is_read_back_whole() -> None:
    assert json.loads(to_json(TABLE)) == [dict(zip(TABLE.columns, row, strict=True)) for row in TABLE.rows]


def test_a_drawn_table_shows_text_as_it_is_but_no_control_characters() -> None:
    text = drawn()
    assert "[bold]" in text
    assert "\x1b" not in text
    assert "1,234" in text


def test_a_long_table_is_cut_and_says_so() -> None:
    text = drawn(most_rows=1)
    assert "1 of 3 rows" in text
    assert "red" not in text


@pytest.mark.parametrize(("length", "cut"), [(10, False), (60, False), (200, True)])
def test_a_table_says_whether_its_texts_are_cut(length: int, cut: bool) -> None:
    table = Table(("page", "events"), (("/" + "x" * length, 1),))
    text = io.StringIO()
    console = Console(file=text, width=80)
    assert is_cut(console, to_rich(table)) == cut
    console.print(to_rich(table))
    assert ("\N{HORIZONTAL ELLIPSIS}" in text.getvalue()) == cut
