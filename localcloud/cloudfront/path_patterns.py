# SPDX-License-Identifier: Apache-2.0
"""The path that the edge compares with the path patterns of cache behaviours. Pure.

CloudFront normalizes it consistent with RFC 3986, and multiple slashes are one; the origin gets the path as it was sent
(CloudFront Developer Guide, "Cache behavior settings", path pattern).
"""

import re

_ESCAPE = re.compile("%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile("[A-Za-z0-9._~-]")  # RFC 3986, section 2.3: escaped or not, they mean the same


def matched_path(uri: str) -> str:
    """The path of a request, normalized: `//a/./%70ixel.gif` is `/a/pixel.gif`. Other escapes stay, in upper case."""
    parts: list[str] = []
    *folders, last = _ESCAPE.sub(_unescaped, uri).split("/")
    for part in [*folders, last if last not in (".", "..") else f"{last}/"]:
        if part in ("..", "../"):
            parts = parts[:-1]
        elif part not in ("", ".", "./"):
            parts.append(part)
    folder = last in ("", ".", "..") and parts
    return f"/{'/'.join(parts)}{'/' if folder else ''}"


def _unescaped(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if _UNRESERVED.fullmatch(character) else escape[0].upper()
