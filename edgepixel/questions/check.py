# SPDX-License-Identifier: Apache-2.0
"""What SQL of a user's own may do: one query, over the view `events` alone. Pure.

The view has everything that is to be asked, with the rules that make a hit a person's; other tables of the catalog
change from version to version. And a saved question is shown to whoever opens the dashboard, so it must not be able to
write anything, or to read what else the account has.

sqlglot has the grammar (`tree_check`). Where its rules of comments and quotes may differ from Trino's, it gets a text
in which they cannot (`edgepixel.questions.text`), and characters that only other dialects know are refused before.
"""

import re
from functools import lru_cache

from edgepixel.errors import QuestionError
from edgepixel.questions.text import as_parsed, error_at, pieces

_FOREIGN = re.compile(r"[^\sA-Za-z0-9_.,()\[\]*+\-/%<>=!|:&^$]")
_LEADING = re.compile(r"\s*(?:\(\s*)*(\w+)")
_TABLE = re.compile(r"\btable\b", re.IGNORECASE)
_ONE_QUERY = "a question is one query, and begins with SELECT or WITH"


def check(sql: str) -> None:
    """Raise QuestionError, with the place, unless it is one query that reads nothing but the view.

    `sql` is ready to run: no blanks are left in it.
    """
    for piece in pieces(sql):
        if piece.kind == "code":
            _check_code(sql, piece.text, piece.start)
    code = as_parsed(sql)
    first = _LEADING.match(code)
    if first is None or first[1].lower() not in ("select", "with"):
        index = first.start(1) if first else 0
        raise error_at(sql, index, _ONE_QUERY)
    from edgepixel.questions.tree_check import check_tree  # sqlglot takes a second to load, and few commands need it

    check_tree(code)


@lru_cache(maxsize=256)
def may_be_asked(sql: str) -> bool:
    """Whether `check` lets it through."""
    try:
        check(sql)
    except QuestionError:
        return False
    return True


def _check_code(sql: str, code: str, start: int) -> None:
    if found := _FOREIGN.search(code):
        reason = {
            ";": "a question is one statement: nothing may come after a semicolon",
            "?": "a question has no parameters: write the value instead of the ?",
            "`": 'names are quoted by ", not by `',
        }.get(found[0], f"the character {found[0]!r} has no place here: in Trino's SQL it can only be in a text")
        raise error_at(sql, start + found.start(), reason)
    if found := _TABLE.search(code):
        raise error_at(
            sql, start + found.start(), "TABLE and table functions cannot be used: a question reads `events`"
        )
