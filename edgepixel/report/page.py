# SPDX-License-Identifier: Apache-2.0
"""The report's page: the template page.html.j2 filled with what was gathered. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import jinja2

from edgepixel.console.table import Table, Value, is_number, printable
from edgepixel.report import charts
from edgepixel.report.gather import Gathered
from edgepixel.report.headline import figures

MOST_ROWS = 15
"""Rows of a ranking that are shown; the answer has more."""

_ENVIRONMENT = jinja2.Environment(
    loader=jinja2.PackageLoader("edgepixel.report", "."),
    autoescape=True,  # viewers sent what stands in the tables
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)


@dataclass(frozen=True)
class Ranking:
    """What was counted most. `share` is in percent of the first row's number."""

    title: str
    name: str
    unit: str
    rows: list[tuple[str, int, float]]


@dataclass(frozen=True)
class Drawing:
    """A chart in its two widths, and its numbers. Without numbers there is no chart."""

    title: str
    description: str
    wide: str
    narrow: str
    table: Table


def render(gathered: Gathered) -> str:
    """The whole page. It loads nothing and runs no script."""
    return _ENVIRONMENT.get_template("page.html.j2").render(
        gathered=gathered,
        figures=figures(gathered.answers, gathered.before),
        drawings=_drawings(gathered),
        rankings=_rankings(gathered.answers["audience"], gathered.answers["referrers"], gathered.answers["pages"]),
        sections=ranking("Sections", "section", "views", _sum_by(gathered.answers["topics"], "section", "events")),
        style=_ENVIRONMENT.loader.get_source(_ENVIRONMENT, "style.css")[0] if _ENVIRONMENT.loader else "",
        cell=cell,
        is_number=is_number,
        moment=lambda time: f"{time:%Y-%m-%d %H:%M} UTC",
    )


def cell(value: Value) -> str:
    """A value for people: thousands separated, nothing as a dash, no character that could reorder a line."""
    if value is None:
        return "–"  # noqa: RUF001 (an en dash is meant)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int | float) else printable(value)


def ranking(title: str, name: str, unit: str, counted: Iterable[tuple[str, int]]) -> Ranking:
    """The first rows, with their share of the first one's number."""
    first = list(counted)[:MOST_ROWS]
    most = max((number for _, number in first), default=0)
    return Ranking(title, name, unit, [(text, number, 100 * number / most) for text, number in first if most])


def _drawings(gathered: Gathered) -> dict[str, Drawing]:
    answers, begin, end = gathered.answers, gathered.begin, gathered.end
    hours = {_moment(hour): int(events or 0) for hour, events, *_ in answers["events-per-hour"].rows}
    odd = Table(
        answers["abnormal-events"].columns, tuple(row for row in answers["abnormal-events"].rows if row[0] == "hour")
    )
    marked = [(_moment(row[1]), hours.get(_moment(row[1]), 0)) for row in odd.rows]
    days = {_moment(day): int(visitors or 0) for day, visitors, _ in answers["visitor-count"].rows if day is not None}
    classes = _sum_by(answers["traffic-quality"], "traffic", "events")
    steps = [(str(row[1]), int(row[2] or 0)) for row in answers["funnel"].rows]
    return {
        "hours": _drawing(
            "Events per hour", f"{sum(hours.values()):,} events; {len(marked)} abnormal hours, marked by dots.",
            hours.values(),
            lambda width: charts.per_hour(hours, marked, begin, end, width), answers["events-per-hour"],
        ),
        "days": _drawing(
            "Visitors per day", "Who comes on two days counts on both, so days do not add up to the period.",
            days.values(),
            lambda width: charts.per_day(days, begin, end, width), answers["visitor-count"],
        ),
        "traffic": _drawing(
            "Classes of traffic", "Nothing is thrown away: programs are named and kept apart.", dict(classes).values(),
            lambda width: charts.bars(classes, "events", width), answers["traffic-quality"],
        ),
        "funnel": _drawing(
            "Funnel", "Visitors who took each step after the steps before it.", dict(steps).values(),
            lambda width: charts.bars(steps, "visitors", width), answers["funnel"],
        ),
    }  # fmt: skip


def _drawing(title: str, description: str, numbers: Iterable[int], draw: charts.Draw, table: Table) -> Drawing:
    if not any(numbers):
        return Drawing(title, description, "", "", table)
    return Drawing(title, description, draw(charts.WIDE), draw(charts.NARROW), table)


def _rankings(audience: Table, referrers: Table, pages: Table) -> list[Ranking]:
    titles = {
        "country": "Countries", "source": "Campaign sources", "campaign": "Campaigns", "device": "Devices",
        "browser": "Browsers", "os": "Systems",
    }  # fmt: skip
    counted: dict[str, list[tuple[str, int]]] = {dimension: [] for dimension in titles}
    for dimension, value, visitors, *_ in audience.rows:
        counted.setdefault(str(dimension), []).append((cell(value), int(visitors or 0)))
    return [
        ranking("Pages", "page", "views", ((_page(host, path), int(n or 0)) for host, path, n, *_ in pages.rows)),
        ranking("Referrers", "referrer", "events", ((cell(host), int(n or 0)) for host, n, *_ in referrers.rows)),
        *(ranking(title, dimension, "visitors", counted[dimension]) for dimension, title in titles.items()),
    ]


def _page(host: Value, path: Value) -> str:
    return printable(f"{host or ''}{path or ''}") or "(unknown)"


def _sum_by(table: Table, column: str, number: str) -> list[tuple[str, int]]:
    """Sums of a number by a column's values, the largest first."""
    sums: Counter[str] = Counter()
    for row in table.rows:
        values = dict(zip(table.columns, row, strict=True))
        sums[cell(values[column])] += int(values[number] or 0)
    return sums.most_common()


def _moment(value: Value) -> datetime:
    """Athena's text of a date or a time, which is UTC."""
    return datetime.fromisoformat(str(value).removesuffix(" UTC")).replace(tzinfo=UTC)
