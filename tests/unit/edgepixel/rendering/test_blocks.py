# SPDX-License-Identifier: Apache-2.0
"""A command writes its own block of a file, and nothing else."""

from pathlib import Path

import pytest

from edgepixel.errors import StaleBlockError
from edgepixel.rendering.blocks import YAML, Block, markdown, marks, rewritten, stale, write

BEGIN, END = marks("make it")


def test_what_stands_between_the_marks_is_replaced_and_nothing_else() -> None:
    page = f"before\n{BEGIN}old\n{END}after\n"
    assert rewritten(page, "make it", "new\n") == f"before\n{BEGIN}\nnew\n\n{END}after\n"
    assert rewritten(rewritten(page, "make it", "new\n"), "make it", "new\n") == rewritten(page, "make it", "new\n")


def test_marks_may_be_indented_comments_of_yaml() -> None:
    begin, end = marks("make it", YAML)
    page = f"a:\n  {begin}  b: 1\n  {end}c: 2\n"
    assert rewritten(page, "make it", "  b: 3\n", YAML) == f"a:\n  {begin}  b: 3\n  {end}c: 2\n"


@pytest.mark.parametrize("page", ["no marks", BEGIN, END, END + BEGIN, "".join(marks("make another"))])
def test_a_page_without_the_marks_is_left_alone(page: str) -> None:
    with pytest.raises(StaleBlockError, match="marks around what make it writes are missing"):
        rewritten(page, "make it", "new")


def test_blocks_of_one_file_are_written_together_and_stale_ones_are_named(tmp_path: Path) -> None:
    page, other = tmp_path / "page.md", tmp_path / "other.md"
    page.write_text("".join((*marks("one"), *marks("two"))))
    other.write_text("".join(marks("one")))
    blocks = [Block(page, "one", "1\n"), Block(page, "two", "2\n"), Block(other, "one", "3\n")]
    assert stale(blocks) == blocks
    assert write(blocks) == [page, other]
    assert "\n1\n" in page.read_text()
    assert "\n2\n" in page.read_text()
    assert stale(blocks) == []
    assert write(blocks) == []
    page.write_text(page.read_text().replace("\n2\n", "\n3\n"))
    assert stale(blocks) == [blocks[1]]


def test_a_file_that_lost_its_marks_is_named(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("no marks")
    with pytest.raises(StaleBlockError, match=r"page\.md"):
        write([Block(page, "one", "1\n")])


def test_a_table_is_markdown() -> None:
    assert markdown(["a", "b"], [["1", "2"]]) == "| a | b |\n| --- | --- |\n| 1 | 2 |\n"
    assert markdown(["a"], [["1"]], numbers=True) == "| a |\n| ---: |\n| 1 |\n"
