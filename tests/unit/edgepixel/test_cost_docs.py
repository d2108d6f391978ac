# SPDX-License-Identifier: Apache-2.0
"""docs/cost.md holds what the model computes today."""

import pytest

from edgepixel.cost_docs import BEGIN, END, PAGE, with_tables


def test_the_page_is_up_to_date() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert with_tables(page) == page, "run: python -m edgepixel.cost_docs"


def test_what_stands_between_the_marks_is_replaced_and_nothing_else() -> None:
    page = with_tables(f"before\n{BEGIN}old{END}after\n")
    assert page.startswith(f"before\n{BEGIN}")
    assert page.endswith(f"{END}after\n")
    assert "old" not in page
    assert "| 1,000,000,000 |" in page


@pytest.mark.parametrize("page", ["no marks", BEGIN, END])
def test_a_page_without_marks_is_left_alone(page: str) -> None:
    with pytest.raises(ValueError, match="lacks the marks"):
        with_tables(page)
