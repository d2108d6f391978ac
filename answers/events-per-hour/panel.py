# SPDX-License-Identifier: Apache-2.0
"""Events per hour, with abnormal hours marked."""

from edgepixel.report import charts
from edgepixel.report.panels import Answers, Panel, Period, chart, moments, told_apart, whole


def panels(answers: Answers, period: Period) -> list[Panel]:
    """One chart."""
    table = answers["events-per-hour"]
    records = table.records()
    begins = moments((record["hour"] for record in records), period)
    hours = {begin: whole(record, "events") for begin, record in zip(begins, records, strict=True)}
    found = reversed(answers["abnormal-events"].records())  # newest first
    abnormal = moments((record["event_time"] for record in found if record["kind"] == "hour"), period)
    marked = [(hour, hours.get(hour, 0)) for hour in abnormal]
    return [
        chart(
            "Events per hour",
            f"{sum(hours.values()):,} events; {len(marked)} abnormal hours, marked by dots.",
            hours.values(),
            lambda width: charts.per_hour(hours, marked, period.begin, period.end, width, period.time_zone),
            told_apart(table, "hour", period),
        )
    ]
