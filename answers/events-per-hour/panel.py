# SPDX-License-Identifier: Apache-2.0
"""Events per hour, with abnormal hours marked, or per day or week."""

from collections import Counter
from datetime import date
from typing import Literal

from edgepixel.answers.subject.steps import spans_of, step_of, summed
from edgepixel.console.table import Table
from edgepixel.report import charts
from edgepixel.report.panels import Answers, OverTime, Panel, Period, by_hour, chart, day, moments, told_apart, whole


def panels(answers: Answers, period: Period, over_time: OverTime) -> list[Panel]:
    """One chart."""
    step = step_of(period, over_time.by)
    if step != "hour":
        return [_per_span(answers["events-per-hour"], "day" if step == "day" else "week", period, over_time)]
    return [_per_hour(answers["events-per-hour"], answers["abnormal-events"], period, over_time)]


def _per_hour(table: Table, found: Table, period: Period, over_time: OverTime) -> Panel:
    hours = by_hour(table, "events", period)
    newest_first = [record["event_time"] for record in found.records() if record["kind"] == "hour"]
    annotated = over_time.moments(period)
    marked = [(hour, hours.get(hour, 0)) for hour in moments(reversed(newest_first), period)]
    return chart(
        "Events per hour",
        f"{sum(hours.values()):,} events{_dots(len(marked))}.",
        hours.values(),
        lambda width: charts.per_hour(hours, marked, "events", period, width, annotated),
        told_apart(table, "hour", period),
        over_time.annotations,
    )


def _dots(number: int) -> str:
    return {0: "", 1: "; 1 abnormal hour, marked by a dot"}.get(number, f"; {number} abnormal hours, marked by dots")


def _per_span(table: Table, step: Literal["day", "week"], period: Period, over_time: OverTime) -> Panel:
    """Events add up: the date of an hour is in its name."""
    days: Counter[date] = Counter()
    for record in table.records():
        days[day(str(record["hour"])[:10])] += whole(record, "events")
    sums, spans = summed(days, step), spans_of(period, step)
    annotated = over_time.moments(period)
    return chart(
        f"Events per {step}",
        f"{sum(sums.values()):,} events." + charts.dashed(step, spans),
        sums.values(),
        lambda width: charts.per_span(sums, spans, "events", period, width, annotated),
        Table((step, "events"), tuple((f"{first}", number) for first, number in sums.items())),
        over_time.annotations,
    )
