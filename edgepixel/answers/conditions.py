# SPDX-License-Identifier: Apache-2.0
"""What may be changed in an answer when somebody asks: its period, its site, whose events count.

An answer is SQL that runs as it stands. Comments mark what may be replaced in it, as text and nothing else:

| mark              | stands after                                   | may become                                     |
| ----------------- | ---------------------------------------------- | ---------------------------------------------- |
| `/* days */`      | the number of days that it looks back          | another number; it is there several times      |
| `/* traffic */`   | `traffic = 'human'`, or `true` if all counts   | `true`: programs count too                     |
| `/* site */`      | `true`                                         | `site = 'blog'`                                |

`current_timestamp` is when the period ends. It may become another moment, so that several answers are about one.
"""

import re

from edgepixel.errors import EdgePixelError, UnknownAnswerError
from edgepixel.suggestion import did_you_mean

# The number before this comment is how many days an answer looks back.
_PERIOD = re.compile(r"-\s*\d+(?=\s*/\*\s*days\s*\*/)")
_TRAFFIC = re.compile(r"(?:traffic = 'human'|true)(?=\s*/\*\s*traffic\s*\*/)")
_SITE = re.compile(r"true(?=\s*/\*\s*site\s*\*/)")
_NOW = re.compile(r"\bcurrent_timestamp\b")


def answer_sql(
    answers: dict[str, str],
    name: str,
    days: int | None = None,
    *,
    site: str | None = None,
    include_bots: bool = False,
    now_ms: int | None = None,
) -> str:
    """The SQL of one answer, as it stands unless something else is asked for.

    `days`: how far it looks back. `site`: whose events count, instead of every site's. `include_bots`: programs count
    as people do. `now_ms`: when the period ends, in milliseconds since the epoch, instead of when Athena begins.

    Raises UnknownAnswerError with the names there are, and EdgePixelError if the answer lacks the mark for it.
    """
    if name not in answers:
        known = ", ".join(sorted(answers)) or "none"
        raise UnknownAnswerError(
            f"there is no answer {name!r} in this stack.{did_you_mean(name, answers)} Answers of this stack: {known}"
        )
    sql = answers[name]
    if days is not None:
        problem = f"{name!r} has no period (no `/* days */` in its SQL): leave out --days"
        sql = _replaced(_PERIOD, f"-{days}", sql, problem)
    if site is not None:
        problem = f"{name!r} is about all sites (no `/* site */` in its SQL): leave out --site"
        literal = site.replace("'", "''")
        sql = _replaced(_SITE, f"site = '{literal}'", sql, problem)
    if include_bots:
        problem = f"{name!r} chooses its own traffic (no `/* traffic */` in its SQL): leave out --include-bots"
        sql = _replaced(_TRAFFIC, "true", sql, problem)
    if now_ms is not None:
        problem = f"{name!r} does not end at `current_timestamp`, so its period cannot be moved"
        sql = _replaced(_NOW, f"from_unixtime({now_ms // 1000}.{now_ms % 1000:03d})", sql, problem)
    return sql


def _replaced(mark: re.Pattern[str], text: str, sql: str, problem: str) -> str:
    replaced, number = mark.subn(lambda _match: text, sql)
    if not number:
        raise EdgePixelError(f"the answer {problem}")
    return replaced
