# SPDX-License-Identifier: Apache-2.0
"""What the edge function said of a hit, read from its stored line: docs/edge-function.md has the format."""

from collections.abc import Callable, Sequence
from urllib.parse import unquote

_FIELD = "viewer-request-log-data"


def edge_function_text(fields: Sequence[str]) -> Callable[[bytes], str | None]:
    """A function from a stored line, without its end, to the function's text; None if it said nothing.

    CloudFront encodes some or all special characters, perhaps twice. No value has a %, so it may be decoded twice, too.
    Raises ValueError if `fields` lack the function's.
    """
    place = fields.index(_FIELD)

    def text(line: bytes) -> str | None:
        values = line.split(b"\t", place + 1)
        if len(values) <= place or values[place] in (b"", b"-", b"\\N"):
            return None
        return unquote(unquote(values[place].decode()))

    return text
