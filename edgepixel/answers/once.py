# SPDX-License-Identifier: Apache-2.0
"""Counting exactly once, at the least cost: the WITH query `once` of an answer, written for both halves of the view.

An answer makes one event of each request id, with the least value of every column:

    once AS (
      SELECT
        min(event) AS event
      FROM events
      WHERE …
      GROUP BY request_id
    )

Of typed days each request id is there once, so there is nothing to group: `twofold` writes the same for each half, the
first without a group and without `min`. That is most of what an answer costs. What stands in WHERE behind the line
`-- Of typed days only:` is not written for raw lines.
"""

import re

from edgepixel.errors import AnswerFolderError

_ONCE = re.compile(
    r"^WITH once AS \(\n(?P<select>  SELECT\b.*?)^  FROM events\n  WHERE (?P<where>.*?)^  GROUP BY request_id\n\)",
    re.MULTILINE | re.DOTALL,
)
_TYPED_ONLY = "    -- Of typed days only:\n"
_FORM = "`once` must be the first WITH query: SELECT, FROM events, WHERE and GROUP BY request_id on lines of their own"
_LEAST = re.compile(r"\bmin\(")
_SAME_NAME = re.compile(r"\b(\w+) AS \1\b")


def twofold(sql: str, file: str) -> str:
    """The SQL of an answer with `once` made of typed days and raw lines. Without a `once` it is as it was.

    Raises AnswerFolderError if `once` is not written in the form above.
    """
    found = _ONCE.search(sql)
    if found is None:
        if "WITH once AS" in sql:
            raise AnswerFolderError(f"{file}: {_FORM}")
        return sql
    select, (where, _, of_typed) = found["select"], found["where"].partition(_TYPED_ONLY)
    typed = f"{_without_min(select, file)}  FROM events\n  WHERE typed\n    AND {where}{of_typed}"
    raw = f"{select}  FROM events\n  WHERE NOT typed\n    AND {where}  GROUP BY request_id\n"
    written = f"WITH once AS (\n{typed}  UNION ALL\n{raw})"
    return sql[: found.start()] + written + sql[found.end() :]


def _without_min(text: str, file: str) -> str:
    """The text with each `min(x)` made `x`."""
    while found := _LEAST.search(text):
        depth, end = 1, found.end()
        while depth:
            if end == len(text):
                raise AnswerFolderError(f"{file}: a parenthesis of `once` is not closed")
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        text = text[: found.start()] + text[found.end() : end - 1] + text[end:]
    return _SAME_NAME.sub(r"\1", text)
