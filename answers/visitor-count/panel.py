# SPDX-License-Identifier: Apache-2.0
"""Visitors per day or hour, and visitors and events in the headline."""

from edgepixel.answers.subject.steps import spans_of, step_of
from edgepixel.console.table import Table
from edgepixel.report import charts
from edgepixel.report.headline import Figure
from edgepixel.report.panels import Answers, OverTime, Panel, Period, by_hour, chart, day, told_apart, whole

_HOURLY_DAYS = 2  # an hour has few visitors, so longer periods are shown by day


def panels(answers: Answers, period: Period, over_time: OverTime) -> list[Panel]:
    """One chart; of weeks, the answer `visitors-per-week` has it, because visitors of days cannot be added up."""
    step = step_of(period, over_time.by, _HOURLY_DAYS)
    if step == "hour":
        return [_per_hour(answers["events-per-hour"], period, over_time)]
    return [_per_day(answers["visitor-count"], period, over_time)] if step == "day" else []


def _per_hour(table: Table, period: Period, over_time: OverTime) -> Panel:
    hours = by_hour(table, "visitors", period)
    annotated = over_time.moments(period)
    return chart(
        "Visitors per hour",
        "Who comes in two hours counts in both, so hours do not add up to the period.",
        hours.values(),
        lambda width: charts.per_hour(hours, [], "visitors", period, width, annotated),
        told_apart(table, "hour", period),
        over_time.annotations,
    )


def _per_day(table: Table, period: Period, over_time: OverTime) -> Panel:
    days = {day(record["day"]): whole(record, "visitors") for record in table.records() if record["day"] is not None}
    spans = spans_of(period, "day")
    annotated = over_time.moments(period)
    return chart(
        "Visitors per day",
        "Who comes on two days counts on both, so days do not add up to the period." + charts.dashed("day", spans),
        days.values(),
        lambda width: charts.per_span(days, spans, "visitors", period, width, annotated),
        table,
        over_time.annotations,
    )


def figures(now: Table, before: Table | None) -> list[Figure]:
    """Visitors and events of the whole period."""
    visitors, events = _whole_period(now)
    visitors_before, events_before = _whole_period(before) if before else (None, None)
    return [_visitors(visitors, visitors_before, events), Figure("Events", f"{events:,}", events, events_before)]


def _visitors(visitors: int, before: int | None, events: int) -> Figure:
    """Events without a visitor are those of which no address is stored: `IpAddresses=removed`, for one."""
    if events and not visitors:
        return Figure("Visitors", "not counted", 0, None, "no visitor is known")
    return Figure("Visitors", f"{visitors:,}", visitors, before)


def _whole_period(table: Table) -> tuple[int, int]:
    """The row without a day."""
    for record in table.records():
        if record["day"] is None:
            return whole(record, "visitors"), whole(record, "events")
    return 0, 0
