# SPDX-License-Identifier: Apache-2.0
"""What all answers ask of the view: what counts, the period, the site, whose events count. Put in here, changed here.

`make template` puts answers/conditions.sql into each query.sql: `query` replaces the blanks `{{ conditions }}`,
`{{ begin }}`, `{{ end }}`, `{{ time_zone }}`, `{{ pixel_path }}`, `{{ got_image }}` and `{{ exact_value }}`, and the
name of a dimension by its SQL: what an answer counts by is what it can be filtered by. The result runs as it stands.
An answer that is not about events has `{{ period }}` only, from answers/period.sql, which is part of the conditions.
Its comments mark what `answer_sql` may replace when somebody asks, as text and nothing else:

| mark              | stands after                                   | may become                                     |
| ----------------- | ---------------------------------------------- | ---------------------------------------------- |
| `/* days */`      | the number of days that it looks back          | another number; it is there several times      |
| `/* time zone */` | `'UTC'`, or what the stack's `TimeZone` says   | `'Europe/Berlin'`                              |
| `/* traffic */`   | one of `TRAFFIC`, such as `traffic = 'human'`  | `true`: programs count too                     |
| `/* site */`      | `true`                                         | `site = 'blog'`                                |
| `/* filters */`   | `true`: see `filters` beside this module       | `country = 'DE'`                               |
| `/* funnel */`    | the steps: see `funnels` beside this module    | `ARRAY['view', '/pricing', 'signup']`          |

`{{ begin }}` is `date_add('day', -7 /* days */, current_timestamp)`, and the whole of it may become another moment.
`{{ end }}` is `current_timestamp`, and may become another moment, so that several answers are about one.

Where a period comes from: a command's options (`subject_options` of `edgepixel.options`) make a `Subject`, which the
command hands on as it is. `Subject.period` makes it two moments, and `subject_sql` writes it into the SQL.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from edgepixel.answers.currencies import exact_sql
from edgepixel.answers.once import twofold
from edgepixel.answers.registry import FOLDER, Answer, Counts
from edgepixel.answers.subject.approximate import estimating
from edgepixel.answers.subject.filters import Filter, counts_programs, dimensions, filter_sql
from edgepixel.answers.subject.funnels import funnel_blanks, with_funnel
from edgepixel.answers.subject.periods import Dates, Period
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
END = "current_timestamp"
BEGIN = f"date_add('day', -{DAYS} /* days */, {END})"
LATEST_DAYS = 7
"""How long after the end of a period events of it are looked for in the lake.

The streams and the delivery hold a line for 24 hours each at the most, and retry no longer. What `edgepixel replay`
brings later than that counts in periods only that end later.
"""
DEFAULT_TIME_ZONE = "UTC"
DEFAULT_PIXEL_PATH = "/pixel.gif"
SERVER = "server"
"""The class of traffic of what the site's own server sends: docs/pixel.md, "From your server"."""
SALES = ("purchase", "refund")
"""The events of a server that count where money does."""
TRAFFIC: dict[Counts, str] = {
    "people": "traffic = 'human'",
    "sales": f"(traffic = 'human' OR (traffic = '{SERVER}' AND event IN ({', '.join(map(repr, SALES))})))",
    "everyone": "true",
}

_BLANK = re.compile(r"\{\{ *(\w+) *\}\}")
# The number before this comment is how many days an answer looks back.
_PERIOD = re.compile(r"-\s*\d+(?=\s*/\*\s*days\s*\*/)")
_TRAFFIC = re.compile(rf"(?:{'|'.join(map(re.escape, TRAFFIC.values()))})(?=\s*/\*\s*traffic\s*\*/)")
_SITE = re.compile(r"true(?=\s*/\*\s*site\s*\*/)")
_FILTERS = re.compile(r"true(?=\s*/\*\s*filters\s*\*/)")
_BEGIN = re.compile(r"date_add\('day',\s*-\s*\d+\s*/\*\s*days\s*\*/,\s*current_timestamp\)")
_TIME_ZONE = re.compile(r"'([^']*)'(?=\s*/\*\s*time zone\s*\*/)")
_NOW = re.compile(r"\bcurrent_timestamp\b")
_MARKS = {
    "days": _PERIOD,
    "begin": _BEGIN,
    "traffic": _TRAFFIC,
    "site": _SITE,
    "filters": _FILTERS,
    "time zone": _TIME_ZONE,
}


@dataclass(frozen=True)
class Subject:
    """What an answer is asked about: each condition as in `answer_sql`.

    `approximate`: visitors are estimated. `filters` that are about traffic count programs, too. `funnel`: its steps, if
    they are not the usual ones.
    """

    days: int | None = None
    site: str | None = None
    include_bots: bool = False
    time_zone: str | None = None
    dates: Dates | None = None
    approximate: bool = False
    filters: Sequence[Filter] = ()
    funnel: Sequence[str] = ()

    def period(self, now: datetime, time_zone: str) -> Period:
        """From when to when that is, asked at a moment: dates of the time zone, or days of 24 hours up to now.

        Raises PeriodError for dates that are not over and have not begun.
        """
        if self.dates is not None:
            return self.dates.period(now, time_zone)
        return Period(now - timedelta(days=DAYS if self.days is None else self.days), now, time_zone)


def query(answer: Answer, time_zone: str = DEFAULT_TIME_ZONE, pixel_path: str = DEFAULT_PIXEL_PATH) -> str:
    """The whole SQL, ready to run. Raises AnswerFolderError for a blank that nothing fills."""
    values = {
        **{dimension.name: dimension.sql for dimension in dimensions().values()},
        **question_blanks(time_zone),
        **funnel_blanks(),
        "conditions": conditions(answer.counts, answer.lists_refusals),
        "exact_value": exact_sql(),
        "pixel_path": f"'{pixel_path}'",
    }
    file = f"answers/{answer.name}/query.sql"
    lines = (fill(line, values, file) for line in twofold(answer.text("query.sql"), file).splitlines())
    return "\n".join(lines) + "\n"


def question_blanks(time_zone: str = DEFAULT_TIME_ZONE) -> dict[str, str]:
    """What the blanks of users' own questions become, which the answers have, too. People count."""
    return {
        "conditions": conditions("people"),
        "period": period_conditions(),
        "begin": BEGIN,
        "end": END,
        "time_zone": f"'{time_zone}' /* time zone */",
        "got_image": GOT_IMAGE,
    }


def has_mark(sql: str, mark: str) -> bool:
    """Whether an SQL text has a mark: `days`, `begin` (of a period that dates may replace), `traffic`, `site`,
    `filters` or `time zone`."""
    return _MARKS[mark].search(sql) is not None


def conditions(counts: Counts, lists_refusals: bool = False) -> str:
    """What counts, whose events, of which site and period: what every answer asks of the view, and what it reads."""
    values = {
        "doctor_event": DOCTOR_EVENT,
        "period": period_conditions(),
        "statuses": GOT_IMAGE_OR_REFUSED if lists_refusals else GOT_IMAGE,
        "traffic": TRAFFIC[counts],
    }
    return _filled("conditions.sql", values)


def period_conditions() -> str:
    """The period, and the partitions in which its events can be."""
    return _filled("period.sql", {"begin": BEGIN, "end": END, "latest_days": str(LATEST_DAYS)})


def _filled(name: str, values: dict[str, str]) -> str:
    return fill((FOLDER / name).read_text(encoding="utf-8").rstrip("\n"), values, f"answers/{name}")


def fill(text: str, values: dict[str, str], file: str) -> str:
    """The text with its blanks filled. Further lines of a value are indented as the text is."""
    indent = " " * (len(text) - len(text.lstrip(" ")))

    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise AnswerFolderError(f"{file}: {match[0]} is not one of the blanks: {', '.join(sorted(values))}")
        return values[match[1]].replace("\n", f"\n{indent}")

    return _BLANK.sub(value, text)


def subject_sql(answers: dict[str, str], name: str, subject: Subject, period: Period | None = None) -> str:
    """The SQL of one answer about a subject: see `answer_sql`. Without a period, it ends when Athena begins."""
    days = timedelta(days=DAYS if subject.days is None else subject.days)
    in_days = period is None or period.end - period.begin == days
    # A filter about traffic lets programs in where there is a mark for it. A query without one counts whom it says.
    chooses = counts_programs(subject.filters) and has_mark(answers.get(name, ""), "traffic")
    sql = answer_sql(
        answers,
        name,
        subject.days if in_days else None,
        site=subject.site,
        include_bots=subject.include_bots or chooses,
        filters=subject.filters,
        funnel=subject.funnel,
        time_zone=subject.time_zone,
        begin_ms=None if period is None or in_days else _milliseconds(period.begin),
        now_ms=None if period is None else _milliseconds(period.end),
    )
    return estimating(name, sql) if subject.approximate else sql


def saved_time_zone(sql: str) -> str | None:
    """The time zone in which the SQL of an answer tells hours and days; None if it tells none."""
    found = _TIME_ZONE.search(sql)
    return found[1] if found else None


def saved_days(sql: str) -> int:
    """How far the SQL of an answer looks back by itself."""
    found = _PERIOD.search(sql)
    return int(found[0].lstrip("- ")) if found else DAYS


def stack_time_zone(answers: Mapping[str, str]) -> str:
    """The time zone of a stack's answers, from their SQL."""
    return next(filter(None, map(saved_time_zone, answers.values())), DEFAULT_TIME_ZONE)


def answer_sql(
    answers: dict[str, str],
    name: str,
    days: int | None = None,
    *,
    site: str | None = None,
    include_bots: bool = False,
    filters: Sequence[Filter] = (),
    funnel: Sequence[str] = (),
    time_zone: str | None = None,
    begin_ms: int | None = None,
    now_ms: int | None = None,
) -> str:
    """The SQL of one answer, as it stands unless something else is asked for.

    `days`: how far it looks back. `site`: whose events count, instead of every site's. `include_bots`: programs count
    as people do. `filters`: which events count. `funnel`: the steps of a funnel, instead of the usual ones.
    `time_zone`: whose hours and days these are, instead of the stack's; an answer without hours and days is the same in
    each. `begin_ms` and `now_ms`: when the period begins, instead of `days` before its end, and when it ends, instead
    of when Athena begins, in milliseconds since the epoch.

    Raises UnknownAnswerError with the names there are, and NoSuchConditionError if the answer lacks the mark for it.
    """
    if name not in answers:
        known = ", ".join(sorted(answers)) or "none"
        raise UnknownAnswerError(
            f"there is no answer {name!r} in this stack.{did_you_mean(name, answers)} Answers of this stack: {known}"
        )
    sql = answers[name]
    if begin_ms is not None:
        problem = f"{name!r} has no period that could begin at another moment"
        sql = _replaced(_BEGIN, _moment(begin_ms), sql, problem, "dates")
    elif days is not None:
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
        sql = _replaced(_NOW, _moment(now_ms), sql, problem, "now_ms")
    if time_zone is not None:
        if not any(map(saved_time_zone, answers.values())):
            problem = "the answers of this stack tell UTC only (no `/* time zone */` in their SQL)"
            raise NoSuchConditionError(f"{problem} until its template is deployed anew", "time_zone")
        sql = _TIME_ZONE.sub(lambda _match: f"'{time_zone}'", sql)
    if funnel:
        sql = with_funnel(name, sql, funnel)
    if filters:  # last, because their values may look like a mark
        if not any(map(_FILTERS.search, answers.values())):
            problem = "the answers of this stack cannot be filtered (no `/* filters */` in their SQL)"
            raise NoSuchConditionError(f"{problem} until its template is deployed anew", "filters")
        problem = f"{name!r} cannot be filtered (no `/* filters */` in its SQL)"
        sql = _replaced(_FILTERS, filter_sql(filters), sql, problem, "filters")
    return sql


def _moment(time_ms: int) -> str:
    return f"from_unixtime({time_ms // 1000}.{time_ms % 1000:03d})"


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _replaced(mark: re.Pattern[str], text: str, sql: str, problem: str, condition: str) -> str:
    replaced, number = mark.subn(lambda _match: text, sql)
    if not number:
        raise NoSuchConditionError(f"the answer {problem}", condition)
    return replaced
