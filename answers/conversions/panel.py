# SPDX-License-Identifier: Apache-2.0
"""Events by name, with the share of visitors who had one."""

from edgepixel.console.table import Value
from edgepixel.report.panels import Answers, Panel, Period, cell, ranking, whole


def panels(answers: Answers, _period: Period) -> list[Panel]:
    """One ranking, if there is anything but views."""
    records = answers["conversions"].records()
    if {record["event"] for record in records} <= {"view"}:
        return []
    counted = [(cell(record["event"]), whole(record, "events")) for record in records]
    beside = {
        "visitors": [cell(record["visitors"]) for record in records],
        "of all visitors": [_percent(record["visitors_percent"]) for record in records],
    }
    values = [str(record["event"]) for record in records]
    return [ranking("Events by name", "event", "events", counted, dimension="event", values=values, beside=beside)]


def _percent(value: Value) -> str:
    """Nothing can be said where no visitors are known."""
    return cell(value) if value is None else f"{value:.1f} %"
