# SPDX-License-Identifier: Apache-2.0
"""Answers for whoever writes: what is read where and on what, and who the readers are."""

from collections.abc import Callable

from edgepixel.table import Table
from edgepixel.truth.events import NOTHING, UNKNOWN, Event, Facts, grouped, percent, visitors

_MOST_VALUES = 50
_DIMENSIONS: dict[str, Callable[[Event], str]] = {
    "browser": lambda event: event.truth.browser,
    "campaign": lambda event: event.truth.utm_campaign or NOTHING,
    "country": lambda event: event.truth.country or UNKNOWN,
    "device": lambda event: event.truth.device,
    "os": lambda event: event.truth.os,
    "source": lambda event: event.truth.utm_source or NOTHING,
}


def topics(facts: Facts) -> Table:
    """Views of each section of the site, by country and device."""

    def labels(event: Event) -> tuple[str, str, str]:
        section = UNKNOWN if event.truth.section is None else event.truth.section or "(front page)"
        return section, event.truth.country or UNKNOWN, event.truth.device

    views = [event for event in facts.counted if event.truth.event == "view"]
    table = [(*key, len(group), visitors(group)) for key, group in grouped(views, labels).items()]
    table.sort(key=lambda line: (-line[3], line[:3]))
    return Table(("section", "country", "device", "events", "visitors"), tuple(table[:1000]))


def audience(facts: Facts) -> Table:
    """Visitors by each of several properties, one list after the other."""
    everyone = visitors(facts.counted)
    table = []
    for dimension, value_of in _DIMENSIONS.items():
        lines = [(value, visitors(group), len(group)) for value, group in grouped(facts.counted, value_of).items()]
        lines.sort(key=lambda line: (-line[1], -line[2], line[0]))
        table += [(dimension, value, n, percent(n, everyone), events) for value, n, events in lines[:_MOST_VALUES]]
    return Table(("dimension", "value", "visitors", "visitors_percent", "events"), tuple(table))
