# SPDX-License-Identifier: Apache-2.0
"""Parts of the view that are there more than once: a query string made clean, a host in Unicode.

Each is a file of answers/, in which a blank such as `{{ query }}` stands for the expression that it is about.
"""

from edgepixel.answers.registry import FOLDER
from edgepixel.answers.subject.conditions import fill

NOTHING = (
    "null", "NULL", "undefined", "NaN", "None", "nil", "(null)", "(none)", "(not set)", "(not provided)",
    "[object Object]",
)  # fmt: skip
"""What a script or a template writes when it has no value: of JavaScript, Python, Ruby, Objective-C, Google Analytics.
Any other `[object ...]` counts, too."""

# As they stand in a query string, in which a form writes a space as +. White_Space of Unicode, and what is as invisible
# at an end: the zero width space and the byte order mark.
_WHITE_SPACE = (
    "[+ ]|%(?:20|09|0[aAbBcCdD]|[cC]2%(?:[aA]0|85)|[eE]1%9[aA]%80|[eE]2%80%(?:8[0-9abAB]|[aA][89fF])|[eE]2%81%9[fF]"
    "|[eE]3%80%80|[eE][fF]%[bB][bB]%[bB][fF])"
)
_BRACKET = "(?:%(?:2[289]|[57][bBdD])|[^a-zA-Z0-9&%=])"
_SPACE = "(?:%20|[+ ])"


def clean_query(query: str) -> str:
    """A query string whose parameters are separated by &, and whose values have no white space around them.

    Values that say that there is none are empty, except those of `v` and `c`.
    """
    return _part("clean_query.sql", {"query": query, "white_space": _WHITE_SPACE, "nothing": _nothing()})


def unicode_hosts(hosts: str) -> str:
    """Hosts whose labels are in Unicode, in lower case. Labels are what stands between dots."""
    return _part("unicode_hosts.sql", {"hosts": hosts})


def _nothing() -> str:
    plain = [word for word in NOTHING if word.isalpha()]
    phrases = [word[1:-1].replace(" ", _SPACE) for word in NOTHING if word.startswith("(")]
    bracketed = "|".join([*phrases, f"object{_SPACE}[A-Za-z]+"])
    return f"(?:{'|'.join(plain)}|{_BRACKET}(?:{bracketed}){_BRACKET})"


def _part(file: str, values: dict[str, str]) -> str:
    """A file's SQL without the comment at its head, which the template need not have twice."""
    text = (FOLDER / file).read_text(encoding="utf-8").rstrip("\n")
    _, _, sql = text.partition("*/\n")
    return "\n".join(fill(line, values, f"answers/{file}") for line in sql.splitlines())
