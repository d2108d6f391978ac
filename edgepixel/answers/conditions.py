# SPDX-License-Identifier: Apache-2.0
"""What all answers ask of the view: the period, the site, whose events count. Put in here, and changed here.

`make template` puts answers/conditions.sql into each query.sql: `query` replaces the blanks `{{ conditions }}` and
`{{ begin }}`. The result runs as it stands. Its comments mark what `answer_sql` may replace when somebody asks, as
text and nothing else:

| mark              | stands after                                   | may become                                     |
| ----------------- | ---------------------------------------------- | ---------------------------------------------- |
| `/* days */`      | the number of days that it looks back          | another number; it is there several times      |
| `/* traffic */`   | `traffic = 'human'`, or `true` if all counts   | `true`: programs count too                     |
| `/* site */`      | `true`                                         | `site = 'blog'`                                |

`current_timestamp` is when the period ends. It may become another moment, so that several answers are about one.
"""

import re

from edgepixel.answers.registry import FOLDER, Answer, Counts
from edgepixel.errors import AnswerFolderError, EdgePixelError, UnknownAnswerError
from edgepixel.suggestion import did_you_mean

DOCTOR_EVENT = "edgepixel-doctor"
"""The event name of the hits that `edgepixel doctor` sends. No answer counts them."""

BEGIN = "date_add('day', -7 /* days */, current_timestamp)"
TRAFFIC: dict[Counts, str] = {"people": "traffic = 'human'", "everyone": "true"}

_BLANK = re.compile(r"\{\{ *(\w+) *\}\}")
# The number before this comment is how many days an answer looks back.
_PERIOD = re.compile(r"-\s*\d+(?=\s*/\*\s*days\s*\*/)")
_TRAFFIC = re.compile(r"(?:traffic = 'human'|true)(?=\s*/\*\s*traffic\s*\*/)")
_SITE = re.compile(r"true(?=\s*/\*\s*site\s*\*/)")
_NOW = re.compile(r"\bcurrent_timestamp\b")


def query(answer: Answer) -> str:
    """The whole SQL, ready to run. Raises AnswerFolderError for a blank that nothing fills."""
    values = {"begin": BEGIN, "conditions": conditions(answer.counts)}
    file = f"answers/{answer.name}/query.sql"
    lines = (fill(line, values, file) for line in answer.text("query.sql").splitlines())
    return "\n".join(lines) + "\n"


def conditions(counts: Counts) -> str:
    """Whose events, of which site and which period: what every answer asks of the view, and the partitions to read."""
    file = FOLDER / "conditions.sql"
    values = {"begin": BEGIN, "traffic": TRAFFIC[counts]}
    return fill(file.read_text(encoding="utf-8").rstrip("\n"), values, f"answers/{file.name}")


def fill(text: str, values: dict[str, str], file: str) -> str:
    """The text with its blanks filled. Further lines of a value are indented as the text is."""
    indent = " " * (len(text) - len(text.lstrip(" ")))

    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise AnswerFolderError(f"{file}: {match[0]} is not one of the blanks: {', '.join(values)}")
        return values[match[1]].replace("\n", f"\n{indent}")

    return _BLANK.sub(value, text)


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
