# SPDX-License-Identifier: Apache-2.0
"""What a report consists of. Each answer with a place in it has a `panel.py` in its folder, with

- `panels(answers, period)`: its panels, from its own answer and others of the report, by name; of an answer that is
  drawn over time (`over_time`), `panels(answers, period, over_time)`, with what was chosen for its charts,
- and `figures(now, before)`, if it has a part in the headline: its numbers, with those of the period before. `before`
  is None if nothing was recorded then.

Both are pure. Columns are read by name.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal

from edgepixel.answers.registry import Answer, answers
from edgepixel.answers.subject.periods import Period as Period  # for the panels
from edgepixel.answers.subject.periods import hours_of
from edgepixel.answers.subject.steps import Step, step_of
from edgepixel.console.table import Record, Table, Value, shown
from edgepixel.report.annotations import Annotation, within
from edgepixel.report.headline import Figure

MOST_ROWS = 15
"""Rows of a ranking that are shown; the answer has more."""
_NOTHING_KNOWN = frozenset({"(none)", "(unknown)"})

WIDE, NARROW = 860, 340
"""Widths of a chart in pixels: of a page on a desk or on paper, and on a phone."""

type Draw = Callable[[int], str]
"""Draws a chart in a width."""


@dataclass(frozen=True)
class OverTime:
    """How charts over time are drawn: `by` which step, if one was chosen, and what is marked in them."""

    by: Step | None = None
    annotations: Sequence[Annotation] = ()

    def moments(self, period: Period) -> list[datetime]:
        """When what is marked was, in the annotations' order."""
        return [one.moment(period) for one in self.annotations]


@dataclass(frozen=True)
class Chart:
    """A chart in its two widths, and its numbers. Without numbers there is no chart.

    `annotations`: the words of what is marked in it, in the order of their numbers.
    """

    title: str
    description: str
    wide: str
    narrow: str
    table: Table
    annotations: Sequence[str] = ()


@dataclass(frozen=True)
class Ranking:
    """What was counted most. `share` is in percent of the first row's number.

    `more`: how many rows follow. `limit`: of how many the answer lists the first ones only, if it has reached that.
    `dimension` is what the rows can be filtered by, and `values` what it is of each, empty for none: see
    `edgepixel.answers.subject.filters`. `beside` are further columns, the text of each row by their heading.
    """

    title: str
    name: str
    unit: str
    rows: list[tuple[str, int, float]]
    more: int = 0
    limit: int | None = None
    dimension: str = ""
    values: Sequence[str] = ()
    beside: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Rows:
    """The first rows of an answer as they are."""

    title: str
    description: str
    table: Table
    most: int = MOST_ROWS

    @property
    def more(self) -> int:
        return max(0, len(self.table.rows) - self.most)


type Panel = Chart | Ranking | Rows
type Answers = Mapping[str, Table]


def in_report() -> list[Answer]:
    """The answers that have panels, in the report's order."""
    placed = [(answer.report_place, answer) for answer in answers() if answer.report_place is not None]
    return [answer for _, answer in sorted(placed, key=lambda pair: pair[0])]


def is_drawn(answer: Answer, period: Period, by: Step | None) -> bool:
    """Whether an answer of the report has something to show of a period: one that is only for weeks may not."""
    return answer.only_by in (None, step_of(period, by))


def in_headline() -> list[Answer]:
    """The answers that have figures, in their own order. They are asked about the period before, too."""
    return [answer for answer in answers() if answer.in_headline]


def panels_of(answer: Answer, given: Answers, period: Period, over_time: OverTime = OverTime()) -> list[Panel]:
    """An answer's panels, without those that have nothing to say."""
    panels = answer.module("panel").panels
    if answer.over_time:
        over_time = replace(over_time, annotations=within(over_time.annotations, period))
    found: list[Panel] = panels(given, period, over_time) if answer.over_time else panels(given, period)
    return [panel for panel in found if _says_something(panel)]


def _says_something(panel: Panel) -> bool:
    if isinstance(panel, Chart):
        return bool(panel.wide)
    if isinstance(panel, Ranking):
        return any(text not in _NOTHING_KNOWN for text, _, _ in panel.rows)
    return bool(panel.table.rows)


def figures_of(answer: Answer, now: Table, before: Table | None) -> list[Figure]:
    """An answer's figures in the headline."""
    found: list[Figure] = answer.module("panel").figures(now, before)
    return found


def chart(
    title: str,
    description: str,
    numbers: Iterable[int],
    draw: Draw,
    table: Table,
    annotations: Sequence[Annotation] = (),
) -> Chart:
    """A chart, drawn if any of the numbers is not 0. `annotations`: those that are marked in it."""
    if not any(numbers):
        return Chart(title, description, "", "", table)
    return Chart(title, description, draw(WIDE), draw(NARROW), table, [str(one) for one in annotations])


def ranking(
    title: str,
    name: str,
    unit: str,
    counted: Iterable[tuple[str, int]],
    most_listed: int | None = None,
    *,
    dimension: str = "",
    values: Sequence[str] = (),
    beside: Mapping[str, Sequence[str]] = {},
) -> Ranking:
    """The first rows, with their share of the first one's number.

    `most_listed`: how many the answer lists at the most, if that is not the LIMIT of its query. `values`: what to
    filter by, of each of them, if that is not its text. `beside`: further columns, as in `Ranking`.
    """
    listed = list(counted)
    first = listed[:MOST_ROWS]
    most = max((number for _, number in first), default=0)
    rows = [(text, number, 100 * number / most) for text, number in first if most]
    limit = most_listed if most_listed is not None and len(listed) >= most_listed else None
    filtered = ["" if value in _NOTHING_KNOWN else value for value in values or [text for text, _ in first]][
        : len(rows)
    ]
    return Ranking(title, name, unit, rows, len(listed) - len(rows), limit, dimension, filtered, beside)


def sum_by(table: Table, column: str, number: str) -> list[tuple[str, int]]:
    """Sums of a number by a column's values, the largest first."""
    sums: Counter[str] = Counter()
    for record in table.records():
        sums[cell(record[column])] += whole(record, number)
    return sums.most_common()


def with_columns(table: Table, columns: Sequence[str], rows: int) -> Table:
    """The table with those of these columns that it has, if any of the first `rows` rows has a value there."""
    places = [table.columns.index(name) for name in columns if name in table.columns]
    kept = [place for place in places if any(row[place] is not None for row in table.rows[:rows])]
    names = tuple(table.columns[place] for place in kept)
    return Table(names, tuple(tuple(row[place] for place in kept) for row in table.rows), table.scanned_bytes)


def whole(record: Record, column: str) -> int:
    """A whole number of a row; NULL is 0."""
    return int(record[column] or 0)


def money(record: Record, column: str) -> Decimal:
    """An amount of a row, exactly; NULL is 0."""
    return Decimal(str(record[column] or 0))


def day(value: Value) -> date:
    """Athena's text of a date."""
    return date.fromisoformat(str(value))


def moments(values: Iterable[Value], period: Period) -> list[datetime]:
    """When the hours begin that an answer names in order of time: of an hour that comes twice, first the first."""
    times = _begins(period)
    return [times[text].pop(0) if times[text] else _begin(text, period) for text in map(str, values)]


def _begin(text: str, period: Period) -> datetime:
    """When an hour begins that is not in the period, as one that a saved query of somebody's own may have."""
    return datetime.fromisoformat(text).replace(tzinfo=period.zone).astimezone(UTC)


def by_hour(table: Table, number: str, period: Period) -> dict[datetime, int]:
    """A number of each row of `events-per-hour`, by when its hour begins."""
    records = table.records()
    begins = moments((record["hour"] for record in records), period)
    return {begin: whole(record, number) for begin, record in zip(begins, records, strict=True)}


def told_apart(table: Table, column: str, period: Period) -> Table:
    """The answer with the offset from UTC behind each hour that comes twice, or that it is one of the two."""
    place = table.columns.index(column)
    times = _begins(period)
    twice = {text for text, begins in times.items() if len(begins) == 2}
    rows = Counter(str(row[place]) for row in table.rows)

    def told(row: tuple[Value, ...]) -> tuple[Value, ...]:
        text = str(row[place])
        if text not in twice:
            return row
        words = f"UTC{period.local(times[text].pop(0)):%:z}" if rows[text] == 2 else "one of two"
        return (*row[:place], f"{text} ({words})", *row[place + 1 :])

    return Table(table.columns, tuple(told(row) for row in table.rows), table.scanned_bytes)


def _begins(period: Period) -> dict[str, list[datetime]]:
    """When the hours of the period begin, by what the clock shows then, in order of time."""
    begins: dict[str, list[datetime]] = defaultdict(list)
    for hour in hours_of(period):
        begins[hour.text()].append(hour.begin)
    return begins


def cell(value: Value, column: str = "") -> str:
    """A value for people: thousands separated, nothing as a dash, no character that could reorder a line."""
    if value is None:
        return "–"  # noqa: RUF001 (an en dash is meant)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int | float) else shown(value, column)
