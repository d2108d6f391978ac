# SPDX-License-Identifier: Apache-2.0
"""The answer `conversions` from a ledger."""

from edgepixel.console.table import Table
from edgepixel.truth.events import Facts, grouped, percent, visitors


def expected(facts: Facts) -> Table:
    """Events and visitors of each name, and the share of all visitors."""
    everybody = visitors(facts.counted)
    table = []
    for name, group in grouped(facts.counted, lambda event: event.truth.event).items():
        table.append((name, len(group), visitors(group), percent(visitors(group), everybody)))
    table.sort(key=lambda line: (-line[1], line[0]))
    return Table(("event", "events", "visitors", "visitors_percent"), tuple(table[:1000]))
