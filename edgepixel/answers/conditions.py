# SPDX-License-Identifier: Apache-2.0
"""What all answers ask of the view: what counts, the period, the site, whose events count. Put in here, changed here.

`make template` puts answers/conditions.sql into each query.sql: `query` replaces the blanks `{{ conditions }}`,
`{{ begin }}`, `{{ got_image }}` and
`{{ exact_value }}`. The result runs as it stands. Its comments mark what `answer_sql` may replace when
somebody asks, as text and nothing else:

| mark              | stands after                                   | may become                                     |
| ----------------- | ---------------------------------------------- | ---------------------------------------------- |
| `/* days */`      | the number of days that it looks back          | another number; it is there several times      |
| `/* traffic */`   | `traffic = 'human'`, or `true` if all counts   | `true`: programs count too                     |
| `/* site */`      | `true`                                         | `site = 'blog'`                                |

`current_timestamp` is when the period ends. It may become another moment, so that several answers are about one.

Where a period comes from: a command's options (`subject_options` of `edgepixel.options`) make a `Subject`, which the
command hands on as it is, and `answer_sql` writes it into the SQL. So another kind of period is a field here and an
option there.
"""

import re
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from edgepixel.answers.currencies import exact_sql
from edgepixel.answers.registry import FOLDER, Answer, Counts
from edgepixel.errors import AnswerFolderError, NoSuchConditionError, UnknownAnswerError
from edgepixel.suggestion import did_you_mean

DOCTOR_EVENT = "edgepixel-doctor"
"""The event of the hits that `edgepixel doctor` sends. The view shows them, and no answer counts or lists them."""
IMAGE_STATUSES = (200, 206, 304)
"""Of a response that gave a viewer the image: all of it, a part, or leave to use the copy that the viewer has.

A redirect did not: the request by https that follows it has an id of its own, and counts. Nor did a refusal.
"""
GOT_IMAGE = f"status IN ({', '.join(map(str, IMAGE_STATUSES))})"
GOT_IMAGE_OR_REFUSED = f"({GOT_IMAGE} OR status >= 400)"
DAYS = 7
"""How far an answer looks back by itself."""
BEGIN = f"date_add('day', -{DAYS} /* days */, current_timestamp)"
TRAFFIC: dict[Counts, str] = {"people": "traffic = 'human'", "everyone": "true"}

_BLANK = re.compile(r"\{\{ *(\w+) *\}\}")
# The number before this comment is how many days an answer looks back.
_PERIOD = re.compile(r"-\s*\d+(?=\s*/\*\s*days\s*\*/)")
_TRAFFIC = re.compile(r"(?:traffic = 'human'|true)(?=\s*/\*\s*traffic\s*\*/)")
_SITE = re.compile(r"true(?=\s*/\*\s*site\s*\*/)")
_NOW = re.compile(r"\bcurrent_timestamp\b")


@dataclass(frozen=True)
class Subject:
    """What an answer is asked about: each condition as in `answer_sql`."""

    days: int | None = None
    site: str | None = None
    include_bots: bool = False

    def begin(self, end: datetime) -> datetime:
        """When the period begins that ends then."""
        return end - timedelta(days=DAYS if self.days is None else self.days)


def query(answer: Answer) -> str:
    """The whole SQL, ready to run. Raises AnswerFolderError for a blank that nothing fills."""
    values = {
        "begin": BEGIN,
        "conditions": conditions(answer.counts, answer.lists_refusals),
        "exact_value": exact_sql(),
        "got_image": GOT_IMAGE,
    }
    file = f"answers/{answer.name}/query.sql"
    lines = (fill(line, values, file) for line in answer.text("query.sql").splitlines())
    return "\n".join(lines) + "\n"


def conditions(counts: Counts, lists_refusals: bool = False) -> str:
    """What counts, whose events, of which site and period: what every answer asks of the view, and what it reads."""
    file = FOLDER / "conditions.sql"
    values = {
        "begin": BEGIN,
        "doctor_event": DOCTOR_EVENT,
        "statuses": GOT_IMAGE_OR_REFUSED if lists_refusals else GOT_IMAGE,
        "traffic": TRAFFIC[counts],
    }
    return fill(file.read_text(encoding="utf-8").rstrip("\n"), values, f"answers/{file.name}")


def fill(text: str, values: dict[str, str], file: str) -> str:
    """The text with its blanks filled. Further lines of a value are indented as the text is."""
    indent = " " * (len(text) - len(text.lstrip(" ")))

    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise AnswerFolderError(f"{file}: {match[0]} is not one of the blanks: {', '.join(values)}")
        return values[match[1]].replace("\n", f"\n{indent}")

    return _BLANK.sub(value, text)


def subject_sql(answers: dict[str, str], name: str, subject: Subject, now_ms: int | None = None) -> str:
    """The SQL of one answer about a subject: see `answer_sql`."""
    return answer_sql(answers, name, **asdict(subject), now_ms=now_ms)


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

    Raises UnknownAnswerError with the names there are, and NoSuchConditionError if the answer lacks the mark for it.
    """
    if name not in answers:
        known = ", ".join(sorted(answers)) or "none"
        raise UnknownAnswerError(
            f"there is no answer {name!r} in this stack.{did_you_mean(name, answers)} Answers of this stack: {known}"
        )
    sql = answers[name]
    if days is not None:
        problem = f"{name!r} has no period (no `/* days */` in its SQL)"
        sql = _replaced(_PERIOD, f"-{days}", sql, problem, "days")
    if site is not None:
        problem = f"{name!r} is about all sites (no `/* site */` in its SQL)"
        literal = site.replace("'", "''")
        sql = _replaced(_SITE, f"site = '{literal}'", sql, problem, "site")
    if include_bots:
        problem = f"{name!r} chooses its own traffic (no `/* traffic */` in its SQL)"
        sql = _replaced(_TRAFFIC, "true", sql, problem, "include_bots")
    if now_ms is not None:
        problem = f"{name!r} does not end at `current_timestamp`, so its period cannot be moved"
        sql = _replaced(_NOW, f"from_unixtime({now_ms // 1000}.{now_ms % 1000:03d})", sql, problem, "now_ms")
    return sql


def _replaced(mark: re.Pattern[str], text: str, sql: str, problem: str, condition: str) -> str:
    replaced, number = mark.subn(lambda _match: text, sql)
    if not number:
        raise NoSuchConditionError(f"the answer {problem}", condition)
    return replaced
