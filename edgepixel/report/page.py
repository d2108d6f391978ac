# SPDX-License-Identifier: Apache-2.0
"""The report's page: the template page.html.j2 filled with what was gathered. Pure."""

from itertools import groupby

import jinja2

from edgepixel.answers.periods import described, remarks
from edgepixel.console.table import is_number
from edgepixel.report.gather import Gathered
from edgepixel.report.headline import Figure
from edgepixel.report.panels import Panel, cell, figures_of, in_headline, in_report, panels_of

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
        is_number=is_number,
        period=gathered.period,
        earlier=gathered.earlier,
        described=described,
        moment=lambda time: f"{gathered.period.local(time):%Y-%m-%d %H:%M} {gathered.time_zone}",
        remarks=remarks(gathered.period),
    )


def _panels(gathered: Gathered) -> list[tuple[str, Panel]]:
    """Every panel in order, each with the name of its answer."""
    return [
        (answer.name, panel) for answer in in_report() for panel in panels_of(answer, gathered.answers, gathered.period)
    ]


def headline(gathered: Gathered) -> list[Figure]:
    """The figures of every answer that has some."""
    return [
        figure
        for answer in in_headline()
        for figure in figures_of(
            answer, gathered.answers[answer.name], gathered.before[answer.name] if gathered.had_events_before else None
        )
    ]
