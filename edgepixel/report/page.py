# SPDX-License-Identifier: Apache-2.0
"""The report's page: page.html.j2, with the panels of panels.html.j2, filled with what was gathered. Pure."""

from dataclasses import dataclass
from itertools import groupby

import jinja2

from edgepixel.answers.registry import answer, answers, known_answer
from edgepixel.answers.shown import shown_table
from edgepixel.answers.subject.approximate import REMARK
from edgepixel.answers.subject.filters import left_out_of_sales
from edgepixel.answers.subject.periods import described, remarks
from edgepixel.console.table import is_number
from edgepixel.report.ask_command import ask_command
from edgepixel.report.gather import Gathered
from edgepixel.report.headline import Figure
from edgepixel.report.panels import (
    OverTime,
    Panel,
    Ranking,
    Rows,
    cell,
    figures_of,
    in_headline,
    in_report,
    is_drawn,
    panels_of,
)

_MONEY = frozenset(one.name for one in answers() if one.counts == "sales" and one.amounts)
_ENVIRONMENT = jinja2.Environment(
    loader=jinja2.PackageLoader("edgepixel.report", "."),
    autoescape=True,  # viewers sent what stands in the tables
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)


def render(gathered: Gathered) -> str:
    """The whole page. It loads nothing and runs no script."""
    return _ENVIRONMENT.get_template("page.html.j2").render(
        gathered=gathered,
        figures=headline(gathered),
        # Rankings that follow each other stand side by side.
        sections=[(kind.__name__, list(found)) for kind, found in groupby(_panels(gathered), lambda one: type(one[1]))],
        style=_ENVIRONMENT.loader.get_source(_ENVIRONMENT, "style.css")[0] if _ENVIRONMENT.loader else "",
        cell=cell,
        link_of=lambda _ranking, _place: "",
        actions=lambda _name: "",
        shown=lambda table, name: shown_table(table, known_answer(name)),
        ending=lambda panel, name: ending(panel, name, gathered),
        is_number=is_number,
        period=gathered.period,
        earlier=gathered.earlier,
        described=described,
        moment=lambda time: f"{gathered.period.local(time):%Y-%m-%d %H:%M} {gathered.time_zone}",
        remarks=_remarks(gathered),
    )


def _remarks(gathered: Gathered) -> list[str]:
    """What a reader should know of the whole page."""
    approximate = [REMARK] if gathered.subject.approximate else []
    mixed = [gathered.mixed_rules] if gathered.mixed_rules else []
    missing = [gathered.no_such_value] if gathered.no_such_value else []
    sells = any(table.rows for name, table in gathered.answers.items() if name in _MONEY)
    left_out = [words] if sells and (words := left_out_of_sales(gathered.subject.filters)) else []
    return [*missing, *remarks(gathered.period), *left_out, *approximate, *mixed]


def _panels(gathered: Gathered) -> list[tuple[str, Panel]]:
    """Every panel in order, each with the name of its answer."""
    period, over_time = gathered.period, OverTime(gathered.by, gathered.annotations)
    shown = [one for one in in_report() if is_drawn(one, period, gathered.by)]
    return [(one.name, panel) for one in shown for panel in panels_of(one, gathered.answers, period, over_time)]


@dataclass(frozen=True)
class Ending:
    """What stands below rows that are not all: how many more there are, and the command that prints them."""

    words: str
    command: str


def ending(panel: Ranking | Rows, name: str, gathered: Gathered) -> Ending | None:
    """Nothing if all rows are shown. An answer that has reached its LIMIT cannot tell how many more there would be."""
    limit = panel.limit if isinstance(panel, Ranking) else None
    most = answer(name).most_rows
    if limit is None and most is not None and len(gathered.answers[name].rows) >= most:
        limit = most
    if limit is None and not panel.more:
        return None
    if limit is None:
        words = f"and {panel.more:,} more"
    else:
        more = f"at least {panel.more:,}" if panel.more else "perhaps"
        words = f"and {more} more; the answer lists the first {limit:,}"
    return Ending(words, ask_command(name, gathered.subject, gathered.stack))


def headline(gathered: Gathered) -> list[Figure]:
    """The figures of every answer that has some."""
    return [
        figure
        for one in in_headline()
        for figure in figures_of(
            one, gathered.answers[one.name], gathered.before[one.name] if gathered.had_events_before else None
        )
    ]
