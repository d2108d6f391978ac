# SPDX-License-Identifier: Apache-2.0
"""Visitors by one property after the other."""

from edgepixel.answers.registry import answer
from edgepixel.answers.shown import in_words, shown_table
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
    """A ranking for each property: by visitors, or by events if no visitor is known, as with `IpAddresses=removed`."""
    unit = "visitors" if any(record["visitors"] for record in answers["audience"].records()) else "events"
    counted: dict[str, list[tuple[str, int]]] = {dimension: [] for dimension in _TITLES}
    values: dict[str, list[str]] = {dimension: [] for dimension in _TITLES}
    table = answers["audience"]
    for stored, record in zip(table.records(), shown_table(table, answer("audience")).records(), strict=True):
        dimension = str(record["dimension"])
        counted.setdefault(dimension, []).append((_shown(dimension, cell(record["value"])), whole(record, unit)))
        values.setdefault(dimension, []).append(str(stored["value"] or ""))
    return [
        ranking(title, name, unit, counted[name], _MOST, dimension=name, values=values[name])
        for name, title in _TITLES.items()
    ]


def _shown(dimension: str, value: str) -> str:
    return in_words(value) if dimension == "channel" else value
