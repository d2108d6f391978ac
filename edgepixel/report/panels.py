# SPDX-License-Identifier: Apache-2.0
"""What a report consists of. Each answer with a place in it has a `panel.py` in its folder, with

- `panels(answers, period)`: its panels, from its own answer and others of the report, by name,
- and `figures(now, before)`, if it has a part in the headline: its numbers, with those of the period before. `before`
  is None if nothing was recorded then.

Both are pure. Columns are read by name.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from edgepixel.answers.registry import Answer, answers
from edgepixel.console.table import Record, Table, Value, shown
from edgepixel.report.headline import Figure

MOST_ROWS = 15
"""Rows of a ranking that are shown; the answer has more."""


WIDE, NARROW = 860, 340
"""Widths of a chart in pixels: of a page on a desk or on paper, and on a phone."""

type Draw = Callable[[int], str]
"""Draws a chart in a width."""


@dataclass(frozen=True)
class Period:
    """From when to when a report is, in UTC. `begin` is in it, `end` is not."""

    begin: datetime
    end: datetime


@dataclass(frozen=True)
class Chart:
    """A chart in its two widths, and its numbers. Without numbers there is no chart."""

    title: str
    description: str
    wide: str
    narrow: str
    table: Table


@dataclass(frozen=True)
class Ranking:
    """What was counted most. `share` is in percent of the first row's number."""

    title: str
    name: str
    unit: str
    rows: list[tuple[str, int, float]]


@dataclass(frozen=True)
class Rows:
    """The first rows of an answer as they are."""

    title: str
    description: str
    table: Table
    most: int = MOST_ROWS


type Panel = Chart | Ranking | Rows
type Answers = Mapping[str, Table]


def in_report() -> list[Answer]:
    """The answers that have panels, in the report's order."""
    placed = [(answer.report_place, answer) for answer in answers() if answer.report_place is not None]
    return [answer for _, answer in sorted(placed, key=lambda pair: pair[0])]


def in_headline() -> list[Answer]:
    """The answers that have figures, in their own order. They are asked about the period before, too."""
    return [answer for answer in answers() if answer.in_headline]


def panels_of(answer: Answer, given: Answers, period: Period) -> list[Panel]:
    """An answer's panels."""
    found: list[Panel] = answer.module("panel").panels(given, period)
    return found


def figures_of(answer: Answer, now: Table, before: Table | None) -> list[Figure]:
    """An answer's figures in the headline."""
    found: list[Figure] = answer.module("panel").figures(now, before)
    return found


def chart(title: str, description: str, numbers: Iterable[int], draw: Draw, table: Table) -> Chart:
    """A chart, drawn if any of the numbers is not 0."""
    if not any(numbers):
        return Chart(title, description, "", "", table)
    return Chart(title, description, draw(WIDE), draw(NARROW), table)


def ranking(title: str, name: str, unit: str, counted: Iterable[tuple[str, int]]) -> Ranking:
    """The first rows, with their share of the first one's number."""
    first = list(counted)[:MOST_ROWS]
    most = max((number for _, number in first), default=0)
    return Ranking(title, name, unit, [(text, number, 100 * number / most) for text, number in first if most])


def sum_by(table: Table, column: str, number: str) -> list[tuple[str, int]]:
    """Sums of a number by a column's values, the largest first."""
    sums: Counter[str] = Counter()
    for record in table.records():
        sums[cell(record[column])] += whole(record, number)
    return sums.most_common()


def whole(record: Record, column: str) -> int:
    """A whole number of a row; NULL is 0."""
    return int(record[column] or 0)


def money(record: Record, column: str) -> Decimal:
    """An amount of a row, exactly; NULL is 0."""
    return Decimal(str(record[column] or 0))


def moment(value: Value) -> datetime:
    """Athena's text of a date or a time, which is UTC."""
    return datetime.fromisoformat(str(value).removesuffix(" UTC")).replace(tzinfo=UTC)


def cell(value: Value, column: str = "") -> str:
    """A value for people: thousands separated, nothing as a dash, no character that could reorder a line."""
    if value is None:
        return "–"  # noqa: RUF001 (an en dash is meant)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int | float) else shown(value, column)
