# SPDX-License-Identifier: Apache-2.0
"""Blocks of a file that a command writes, between two marks that say so. Everything outside of them is by hand."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from edgepixel.errors import StaleBlockError


@dataclass(frozen=True)
class Comment:
    """How a kind of file writes a comment, and what stands between a mark and the block."""

    begin: str
    end: str
    gap: str = ""


MARKDOWN = Comment("<!-- ", " -->", "\n")
YAML = Comment("# ", "")


@dataclass(frozen=True)
class Block:
    """What belongs into a file between the marks of `command`, the words that say how to write it anew."""

    path: Path
    command: str
    text: str

    @property
    def comment(self) -> Comment:
        return YAML if self.path.suffix == ".yaml" else MARKDOWN


def marks(command: str, comment: Comment = MARKDOWN) -> tuple[str, str]:
    """The lines before and after what a command writes."""
    begin, end = f"Written by {command}: do not edit by hand.", f"End of what is written by {command}."
    return f"{comment.begin}{begin}{comment.end}\n", f"{comment.begin}{end}{comment.end}\n"


def rewritten(page: str, command: str, text: str, comment: Comment = MARKDOWN) -> str:
    """The page with the command's block written anew. Raises StaleBlockError if the page lacks the marks around it."""
    begin, end = (rf"^[ ]*{re.escape(mark)}" for mark in marks(command, comment))
    found = re.search(rf"({begin})(.*?)({end})", page, re.MULTILINE | re.DOTALL)
    if found is None:
        raise StaleBlockError(f"the marks around what {command} writes are missing")
    return f"{page[: found.start()]}{found[1]}{comment.gap}{text}{comment.gap}{found[3]}{page[found.end() :]}"


def write(blocks: Iterable[Block]) -> list[Path]:
    """Write every block into its file. Returns the files that changed."""
    changed = [(path, new) for path, old, new in _pages(blocks) if old != new]
    for path, new in changed:
        path.write_text(new, encoding="utf-8")
    return [path for path, _ in changed]


def stale(blocks: Iterable[Block]) -> list[Block]:
    """The blocks that are not what they should be, because somebody edited them or what they are written from."""
    return [block for block in blocks if any(old != new for _, old, new in _pages([block]))]


def markdown(heads: Iterable[str], rows: Iterable[Iterable[str]], numbers: bool = False) -> str:
    """A table; of numbers, if all columns are to be aligned on the right."""
    heads = list(heads)
    rule = ["---:" if numbers else "---"] * len(heads)
    return "".join(f"| {' | '.join(row)} |\n" for row in (heads, rule, *rows))


def _pages(blocks: Iterable[Block]) -> list[tuple[Path, str, str]]:
    """Each file with its content before and after all of its blocks are written."""
    old: dict[Path, str] = {}
    new: dict[Path, str] = {}
    for block in blocks:
        if block.path not in old:
            old[block.path] = new[block.path] = block.path.read_text(encoding="utf-8")
        try:
            new[block.path] = rewritten(new[block.path], block.command, block.text, block.comment)
        except StaleBlockError as error:
            raise StaleBlockError(f"{block.path}: {error}") from error
    return [(path, old[path], new[path]) for path in old]
