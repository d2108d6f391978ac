# SPDX-License-Identifier: Apache-2.0
"""How far visitors come."""

from edgepixel.report import charts
from edgepixel.report.panels import Answers, Panel, Period, cell, chart, whole


def panels(answers: Answers, _period: Period) -> list[Panel]:
    """One chart, if anybody took a second step: a site without a shop has views only."""
    table = answers["funnel"]
    steps = [(cell(record["event"]), whole(record, "visitors")) for record in table.records()]
    return [
        chart(
            "Funnel",
            "Visitors who took each step after the steps before it.",
            dict(steps[1:]).values(),
            lambda width: charts.bars(steps, "visitors", width),
            table,
        )
    ]
