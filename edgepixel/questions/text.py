# SPDX-License-Identifier: Apache-2.0
"""What of an SQL text is code, and what comment, text or quoted name, by Trino's rules. Pure.

Source: Trino's grammar (trinodb/trino, SqlBase.g4): `--` ends with the line, `/*` with the first `*/`, comments are not
nested, a quote inside quotes is written twice, and a backslash means nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from edgepixel.errors import QuestionError

type Kind = Literal["code", "comment", "text", "name"]

_NOT_CODE = re.compile(
    r"""(?P<comment>--[^\r\n]*|/\*.*?\*/)|(?P<text>'(?:[^']|'')*+')|(?P<name>"(?:[^"]|"")*+")|(?P<open>/\*|'|")""",
    re.DOTALL,
)
_OPEN = {"/*": "this comment has no end", "'": "this text has no end", '"': "this quoted name has no end"}


@dataclass(frozen=True)
class Piece:
    """A part of an SQL text, from the index `start` on."""

    kind: Kind
    text: str
    start: int


def pieces(sql: str) -> Iterator[Piece]:
    """All of it, in order. Raises QuestionError for what begins and does not end."""
    end = 0
    for found in _NOT_CODE.finditer(sql):
        if end < found.start():
            yield Piece("code", sql[end : found.start()], end)
        end = found.end()
        match found.lastgroup:
            case "comment" | "text" | "name" as kind:
                yield Piece(kind, found[0], found.start())
            case _:
                raise error_at(sql, found.start(), _OPEN[found[0]])
    if end < len(sql):
        yield Piece("code", sql[end:], end)


def place_of(sql: str, index: int) -> tuple[int, int]:
    """The line and the column of an index, both from 1 on."""
    before = sql[:index]
    return before.count("\n") + 1, index - (before.rfind("\n") + 1) + 1


def error_at(sql: str, index: int, reason: str) -> QuestionError:
    """The error that something stands at an index."""
    return QuestionError(reason, place_of(sql, index))


def as_parsed(sql: str) -> str:
    """The same text for a parser that has other rules: comments are spaces, and no quote or backslash is in a text.

    Every character keeps its place. Raises QuestionError as `pieces` does, and for a quoted name with a quote in it.
    """
    return "".join(_as_parsed(sql, piece) for piece in pieces(sql))


def _as_parsed(sql: str, piece: Piece) -> str:
    match piece.kind:
        case "comment":
            return re.sub(r"[^\r\n]", " ", piece.text)
        case "text":
            return f"'{piece.text[1:-1].replace("''", 'xx').replace('\\', 'x')}'"
        case "name" if '"' in piece.text[1:-1]:
            raise error_at(sql, piece.start, "no name of the view has a quote in it")
    return piece.text
