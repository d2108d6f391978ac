# SPDX-License-Identifier: Apache-2.0
"""URLs and paths for people: what is percent-encoded in them is shown as the characters that it stands for."""

import re

URL_COLUMNS = frozenset(("page", "page_path", "referrer"))
"""Columns of answers that hold them, as they were sent (of `pages` decoded already): so are they in CSV and JSON."""

_ESCAPES = re.compile("(?:%[0-9a-fA-F]{2})+")
_ESCAPE = re.compile("%[0-9a-fA-F]{2}")
# Decoded, these would make another path of it.
_DELIMITERS = frozenset("/?#&=+;")


def readable_url(text: str) -> str:
    """The URL or path with its escapes decoded, where that shows the same address and nothing that cannot be seen.

    Escapes stay for delimiters, control characters, what changes the direction of text, bytes that are not UTF-8, and
    a percent sign that would look like an escape itself.
    """
    return _ESCAPES.sub(lambda match: _decoded(match[0], text[match.end() :]), text)


def _decoded(escapes: str, following: str) -> str:
    """The characters of a row of escapes, before the text that follows them."""
    raw = bytes.fromhex(escapes.replace("%", ""))
    shown = ""
    position = len(raw)
    # From the end, because a percent sign is shown if no escape would begin with it.
    while position:
        width = next(
            (width for width in (1, 2, 3, 4) if _character(raw[max(position - width, 0) : position], width)), 1
        )
        character = _character(raw[position - width : position], width)
        position -= width
        escape = escapes[3 * position : 3 * (position + width)]
        hides = character == "%" and _ESCAPE.match(f"%{shown}{following}")
        readable = character and character.isprintable() and character not in _DELIMITERS and not hides
        shown = (character if readable else escape) + shown
    return shown


def _character(raw: bytes, width: int) -> str:
    """The one character that these bytes are, or nothing."""
    if len(raw) != width:
        return ""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return ""
    return text if len(text) == 1 else ""
