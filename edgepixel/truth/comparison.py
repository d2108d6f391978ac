# SPDX-License-Identifier: Apache-2.0
"""Compares an answer with the truth, exactly, and says where they differ."""

from difflib import SequenceMatcher

from edgepixel.console.table import Table, Value

_MOST_DIFFERENCES = 10


def differences(answer: Table, truth: Table) -> list[str]:
    """Every way in which an answer is not the truth, for people; empty if they are the same.

    The same means the same order and the same types as well.
    """
    if answer.columns != truth.columns:
        return [f"columns are {', '.join(answer.columns)}, expected {', '.join(truth.columns)}"]
    if answer.rows == truth.rows and _types(answer) == _types(truth):
        return []
    found = _row_differences(answer, truth)
    if len(found) > _MOST_DIFFERENCES:
        found = [*found[:_MOST_DIFFERENCES], f"and {len(found) - _MOST_DIFFERENCES} more"]
    return [f"{len(answer.rows)} rows, expected {len(truth.rows)}", *found]


def _types(table: Table) -> list[list[type]]:
    """1, 1.0 and True are equal in Python, and different answers."""
    return [[type(value) for value in row] for row in table.rows]


def _row_differences(answer: Table, truth: Table) -> list[str]:
    ours, theirs = [repr(row) for row in answer.rows], [repr(row) for row in truth.rows]
    found: list[str] = []
    for tag, a_start, a_end, t_start, t_end in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        changed = min(a_end - a_start, t_end - t_start)
        for offset in range(changed):
            row, expected = answer.rows[a_start + offset], truth.rows[t_start + offset]
            found.append(f"row {a_start + offset + 1}: {_cells(answer.columns, row, expected)}")
        for position in range(a_start + changed, a_end):
            found.append(f"row {position + 1}: not expected: {_row(answer.columns, answer.rows[position])}")
        for position in range(t_start + changed, t_end):
            found.append(f"missing (row {position + 1} of the truth): {_row(truth.columns, truth.rows[position])}")
    return found


def _cells(columns: tuple[str, ...], row: tuple[Value, ...], expected: tuple[Value, ...]) -> str:
    return "; ".join(
        f"{column} is {value!r}, expected {wanted!r}"
        for column, value, wanted in zip(columns, row, expected, strict=True)
        if repr(value) != repr(wanted)
    )


def _row(columns: tuple[str, ...], row: tuple[Value, ...]) -> str:
    return ", ".join(f"{column}={value!r}" for column, value in zip(columns, row, strict=True))
