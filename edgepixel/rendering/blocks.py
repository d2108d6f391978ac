# SPDX-License-Identifier: Apache-2.0
"""Pages of docs/ of which a command writes a part, between two marks."""

from collections.abc import Iterable


def marks(command: str) -> tuple[str, str]:
    """The lines around what a command writes."""
    begin = f"<!-- Written by {command}: do not edit by hand. -->\n"
    return begin, f"<!-- End of what is written by {command}. -->\n"


def rewritten(page: str, command: str, text: str) -> str:
    """The page with the command's part written anew. Raises ValueError if the page lacks the marks around it."""
    begin, end = marks(command)
    before, found_begin, rest = page.partition(begin)
    _, found_end, after = rest.partition(end)
    if not found_begin or not found_end:
        raise ValueError(f"the page lacks the marks around what {command} writes")
    return f"{before}{begin}\n{text}\n{end}{after}"


def markdown(heads: Iterable[str], rows: Iterable[Iterable[str]], numbers: bool = False) -> str:
    """A table; of numbers, if all columns are to be aligned on the right."""
    heads = list(heads)
    rule = ["---:" if numbers else "---"] * len(heads)
    return "".join(f"| {' | '.join(row)} |\n" for row in (heads, rule, *rows))
