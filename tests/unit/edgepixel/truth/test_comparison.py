# SPDX-License-Identifier: Apache-2.0
"""Comparing answers with the truth."""

import pytest

from edgepixel.console.table import Table, Value
from edgepixel.truth.comparison import differences

TRUTH = Table(("page", "events"), (("/a", 3), ("/b", 2), (None, 1)))


def test_equal_tables_have_no_differences() -> None:
    assert differences(Table(("page", "events"), (("/a", 3), ("/b", 2), (None, 1))), TRUTH) == []


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ((("/a", 3), ("/b", 5), (None, 1)), "row 2: events is 5, expected 2"),
        ((("/a", 3), ("/b", 2), ("", 1)), "row 3: page is '', expected None"),
        ((("/a", 3), ("/b", "2"), (None, 1)), "row 2: events is '2', expected 2"),
        ((("/a", 3.0), ("/b", 2), (None, 1)), "row 1: events is 3.0, expected 3"),
        ((("/a", 3), (None, 1)), "missing (row 2 of the truth): page='/b', events=2"),
        ((("/a", 3), ("/b", 2), (None, 1), ("/c", 1)), "row 4: not expected: page='/c', events=1"),
    ],
)
def test_a_difference_is_named(rows: tuple[tuple[Value, ...], ...], expected: str) -> None:
    assert differences(Table(TRUTH.columns, rows), TRUTH)[1:] == [expected]


def test_another_order_is_a_difference() -> None:
    assert differences(Table(TRUTH.columns, (("/b", 2), ("/a", 3), (None, 1))), TRUTH)


def test_other_columns_are_a_difference() -> None:
    found = differences(Table(("page", "views"), TRUTH.rows), TRUTH)
    assert found == ["columns are page, views, expected page, events"]


def test_many_differences_are_cut_and_counted() -> None:
    many = Table(("n",), tuple((number,) for number in range(40)))
    found = differences(Table(("n",), tuple((-1 - number,) for number in range(40))), many)
    assert found[0] == "40 rows, expected 40"
    assert found[-1] == "and 30 more"
    assert len(found) == 12
