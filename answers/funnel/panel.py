# SPDX-License-Identifier: Apache-2.0
"""How far visitors come."""

from edgepixel.answers.subject.funnels import DEFAULT as USUAL
from edgepixel.report import charts
from edgepixel.report.panels import Answers, Panel, Period, cell, chart, whole


def panels(answers: Answers, _period: Period) -> list[Panel]:
    """One chart, if anybody took a second step: a site without a shop has views only. Chosen steps are shown anyway."""
    table = answers["funnel"]
    steps = [(cell(record["event"]), whole(record, "visitors")) for record in table.records()]
    is_usual = tuple(record["event"] for record in table.records()) == USUAL
    return [
        chart(
            "Funnel",
            "Visitors who took each step after the steps before it.",
            [number for _, number in (steps[1:] if is_usual else steps)],
            lambda width: charts.bars(steps, "visitors", width),
            table,
        )
    ]
