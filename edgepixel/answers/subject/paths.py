# SPDX-License-Identifier: Apache-2.0
"""Paths of pages, decoded: `/k%C3%A4se`, `/k%c3%a4se` and `/käse` are one page, whichever a browser sent. Pure.

The dimension `path` of answers/dimensions.toml is the same in SQL.
"""

import re
from urllib.parse import unquote

_DIGIT = "(?:[0-9a-fA-F]|%(?:3[0-9]|[46][1-6]))"
# Decoded, these would make another path of it, or one that looks like another: control characters, what separates parts
# of a URL (/ ? # & = + ;), a percent sign before two hexadecimal digits, and what cannot be seen: blanks other than a
# space, soft hyphens, joiners, marks of direction.
_KEPT = (
    (re.compile(f"%([01][0-9a-fA-F]|2[36BbFf]|25{_DIGIT}{{2}}|3[BbDdFf]|7[Ff])"), r"%25\1"),
    (re.compile("%([cC]2)%([89][0-9a-fA-F]|[aA][0dD])"), r"%25\1%25\2"),
    (re.compile("%([eE]2)%(80)%(8[0-9a-fA-F]|[aA][89a-fA-F])"), r"%25\1%25\2%25\3"),
    (re.compile("%([eE]2)%(81)%(9[fF]|[aA][0-9a-fA-F])"), r"%25\1%25\2%25\3"),
    (re.compile("%([eE]3)%(80)%(80)"), r"%25\1%25\2%25\3"),
)
_NO_ESCAPE = re.compile("%(?![0-9a-fA-F]{2})")
_NO_UTF8 = "\ufffd"


def decoded_path(path: str) -> str:
    """The path with its escapes decoded; unchanged if one is no escape, or if what they stand for is not UTF-8."""
    if "%" not in path or _NO_ESCAPE.search(path):
        return path
    kept = path
    for escapes, as_text in _KEPT:
        kept = escapes.sub(as_text, kept)
    decoded = unquote(kept, errors="replace")
    return path if _NO_UTF8 in decoded else decoded


def decoded_page(page: str) -> str:
    """A page's host and path, the path decoded. No host has a `/`, and every path begins with one."""
    host, slash, path = page.partition("/")
    return host + decoded_path(slash + path)


def encoded_step(path: str) -> str:
    """A path so that it can stand between commas, and is read as it was: `decoded_path` gives it again."""
    text = _NO_ESCAPE.sub("%25", path).replace(",", "%2C")
    ending = len(text) - len(text.rstrip(" "))
    return text.rstrip(" ") + "%20" * ending
