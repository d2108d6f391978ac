# SPDX-License-Identifier: Apache-2.0
"""Events per hour, with abnormal hours marked."""

from edgepixel.report import charts
from edgepixel.report.panels import Answers, Panel, Period, chart, moment, whole


def panels(answers: Answers, period: Period) -> list[Panel]:
    """One chart."""
    table = answers["events-per-hour"]
    hours = {moment(record["hour"]): whole(record, "events") for record in table.records()}
    found = answers["abnormal-events"].records()
    abnormal = [moment(record["event_time"]) for record in found if record["kind"] == "hour"]
    marked = [(hour, hours.get(hour, 0)) for hour in abnormal]
    return [
        chart(
            "Events per hour",
            f"{sum(hours.values()):,} events; {len(marked)} abnormal hours, marked by dots.",
            hours.values(),
            lambda width: charts.per_hour(hours, marked, period.begin, period.end, width),
            table,
        )
    ]
