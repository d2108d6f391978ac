# SPDX-License-Identifier: Apache-2.0
"""Paths of pages, decoded: `/k%C3%A4se`, `/k%c3%a4se` and `/käse` are one page, whichever a browser sent. Pure.

The dimension `path` of answers/dimensions.toml is the same in SQL.
"""

import re
from urllib.parse import unquote

# Decoded, these would make another path of it: control characters, what separates parts of a URL (/ ? # & = + ;), and a
# percent sign with which an escape would begin.
_KEPT = re.compile("%([01][0-9a-fA-F]|2[36BbFf]|25[0-9a-fA-F]{2}|3[BbDdFf]|7[Ff])")
_NO_ESCAPE = re.compile("%(?![0-9a-fA-F]{2})")
_NO_UTF8 = "\ufffd"


def decoded_path(path: str) -> str:
    """The path with its escapes decoded; unchanged if one is no escape, or if what they stand for is not UTF-8."""
    if _NO_ESCAPE.search(path):
        return path
    decoded = unquote(_KEPT.sub(r"%25\1", path), errors="replace")
    return path if _NO_UTF8 in decoded else decoded
