# SPDX-License-Identifier: Apache-2.0
"""Visitors by one property after the other."""

from edgepixel.answers.registry import answer
from edgepixel.answers.shown import shown_table
from edgepixel.report.panels import Answers, Panel, Period, cell, ranking, whole

_MOST = 50  # of each property, in query.sql
_TITLES = {
    "channel": "Channels",
    "country": "Countries",
    "language": "Languages",
    "source": "Campaign sources",
    "campaign": "Campaigns",
    "device": "Devices",
    "browser": "Browsers",
    "os": "Systems",
}


def panels(answers: Answers, _period: Period) -> list[Panel]:
    """A ranking for each property."""
    counted: dict[str, list[tuple[str, int]]] = {dimension: [] for dimension in _TITLES}
    for record in shown_table(answers["audience"], answer("audience")).records():
        counted.setdefault(str(record["dimension"]), []).append((cell(record["value"]), whole(record, "visitors")))
    return [ranking(title, dimension, "visitors", counted[dimension], _MOST) for dimension, title in _TITLES.items()]
