# SPDX-License-Identifier: Apache-2.0
"""Visitors per day, and visitors and events in the headline."""

from edgepixel.console.table import Table
from edgepixel.report import charts
from edgepixel.report.headline import Figure
from edgepixel.report.panels import Answers, Panel, Period, chart, day, whole


def panels(answers: Answers, period: Period) -> list[Panel]:
    """One chart."""
    table = answers["visitor-count"]
    days = {day(record["day"]): whole(record, "visitors") for record in table.records() if record["day"] is not None}
    return [
        chart(
            "Visitors per day",
            "Who comes on two days counts on both, so days do not add up to the period."
            + (" Days with a dashed outline are not whole." if period.partial_days() else ""),
            days.values(),
            lambda width: charts.per_day(days, period, width),
            table,
        )
    ]


def figures(now: Table, before: Table | None) -> list[Figure]:
    """Visitors and events of the whole period."""
    visitors, events = _whole_period(now)
    visitors_before, events_before = _whole_period(before) if before else (None, None)
    return [
        Figure("Visitors", f"{visitors:,}", visitors, visitors_before),
        Figure("Events", f"{events:,}", events, events_before),
    ]


def _whole_period(table: Table) -> tuple[int, int]:
    """The row without a day."""
    for record in table.records():
        if record["day"] is None:
            return whole(record, "visitors"), whole(record, "events")
    return 0, 0
