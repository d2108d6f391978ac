# SPDX-License-Identifier: Apache-2.0
"""The answer `audience` from a ledger."""

from collections.abc import Callable

from edgepixel.console.table import Table
from edgepixel.truth.events import NOTHING, UNKNOWN, Event, Facts, grouped, percent, visitors

_MOST_VALUES = 50
_DIMENSIONS: dict[str, Callable[[Event], str]] = {
    "browser": lambda event: event.truth.browser,
    "campaign": lambda event: event.truth.utm_campaign or NOTHING,
    "channel": lambda event: event.truth.channel,
    "country": lambda event: event.truth.country or UNKNOWN,
    "device": lambda event: event.truth.device,
    "language": lambda event: event.truth.language or UNKNOWN,
    "os": lambda event: event.truth.os,
    "source": lambda event: event.truth.utm_source or NOTHING,
}


def expected(facts: Facts) -> Table:
    """Visitors by each of several properties, one list after the other."""
    everyone = visitors(facts.counted)
    table = []
    for dimension, value_of in _DIMENSIONS.items():
        lines = [(value, visitors(group), len(group)) for value, group in grouped(facts.counted, value_of).items()]
        lines.sort(key=lambda line: (-line[1], -line[2], line[0]))
        table += [(dimension, value, n, percent(n, everyone), events) for value, n, events in lines[:_MOST_VALUES]]
    return Table(("dimension", "value", "visitors", "visitors_percent", "events"), tuple(table))
