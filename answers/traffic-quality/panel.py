# SPDX-License-Identifier: Apache-2.0
"""Classes of traffic, and in the headline how much of it is not of people."""

from edgepixel.answers.shown import in_words
from edgepixel.console.table import Table
from edgepixel.report import charts
from edgepixel.report.headline import Figure
from edgepixel.report.panels import Answers, Panel, Period, chart, sum_by


def panels(answers: Answers, _period: Period) -> list[Panel]:
    """One chart."""
    table = answers["traffic-quality"]
    classes = [(in_words(name), events) for name, events in sum_by(table, "traffic", "events")]
    return [
        chart(
            "Classes of traffic",
            "Nothing is thrown away: programs are named and kept apart.",
            dict(classes).values(),
            lambda width: charts.bars(classes, "events", width),
            table,
        )
    ]


def figures(now: Table, before: Table | None) -> list[Figure]:
    """The share of events that are not of people; nothing without events."""
    share = _not_people_percent(now)
    if share is None:
        return []
    return [Figure("Not people", f"{share:.1f} %", share, _not_people_percent(before) if before else None)]


def _not_people_percent(table: Table) -> float | None:
    events = dict(sum_by(table, "traffic", "events"))
    everything = sum(events.values())
    return 100 * (everything - events.get("human", 0)) / everything if everything else None
