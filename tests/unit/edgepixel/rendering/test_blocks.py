# SPDX-License-Identifier: Apache-2.0
"""A command writes its own part of a page, and nothing else."""

import pytest

from edgepixel.rendering.blocks import markdown, marks, rewritten

BEGIN, END = marks("make it")


def test_what_stands_between_the_marks_is_replaced_and_nothing_else() -> None:
    page = f"before\n{BEGIN}old\n{END}after\n"
    assert rewritten(page, "make it", "new\n") == f"before\n{BEGIN}\nnew\n\n{END}after\n"
    assert rewritten(rewritten(page, "make it", "new\n"), "make it", "new\n") == rewritten(page, "make it", "new\n")


@pytest.mark.parametrize("page", ["no marks", BEGIN, END, "".join(marks("make another"))])
def test_a_page_without_the_marks_is_left_alone(page: str) -> None:
    with pytest.raises(ValueError, match="lacks the marks"):
        rewritten(page, "make it", "new")


def test_a_table_is_markdown() -> None:
    assert markdown(["a", "b"], [["1", "2"]]) == "| a | b |\n| --- | --- |\n| 1 | 2 |\n"
    assert markdown(["a"], [["1"]], numbers=True) == "| a |\n| ---: |\n| 1 |\n"
