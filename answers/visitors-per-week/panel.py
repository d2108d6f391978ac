# SPDX-License-Identifier: Apache-2.0
"""Visitors per week."""

from edgepixel.answers.subject.steps import spans_of
from edgepixel.report import charts
from edgepixel.report.panels import Answers, OverTime, Panel, Period, chart, day, whole


def panels(answers: Answers, period: Period, over_time: OverTime) -> list[Panel]:
    """One chart."""
    table = answers["visitors-per-week"]
    weeks = {day(record["week"]): whole(record, "visitors") for record in table.records()}
    spans = spans_of(period, "week")
    annotated = over_time.moments(period)
    return [
        chart(
            "Visitors per week",
            "Who comes in two weeks counts in both, so weeks do not add up to the period. Weeks begin on Monday."
            + charts.dashed("week", spans),
            weeks.values(),
            lambda width: charts.per_span(weeks, spans, "visitors", period, width, annotated),
            table,
            over_time.annotations,
        )
    ]
