# SPDX-License-Identifier: Apache-2.0
"""Where people came from."""

from edgepixel.report.panels import Answers, Panel, Period, cell, ranking, whole


def panels(answers: Answers, _period: Period) -> list[Panel]:
    """One ranking."""
    records = answers["referrers"].records()
    counted = ((cell(record["referrer_host"]), whole(record, "events")) for record in records)
    return [ranking("Referrers", "referrer", "events", counted, dimension="referrer")]
