# SPDX-License-Identifier: Apache-2.0
"""The answer `aggregate-event-count` from a ledger."""

from edgepixel.console.table import Table
from edgepixel.truth.events import Facts, grouped, visitors


def expected(facts: Facts) -> Table:
    """How many events of each name, by class of traffic."""
    groups = grouped(facts.events, lambda event: (event.truth.event, event.truth.traffic))
    table = [(name, traffic, len(group), visitors(group)) for (name, traffic), group in groups.items()]
    table.sort(key=lambda line: (-line[2], line[0], line[1]))
    return Table(("event", "traffic", "events", "visitors"), tuple(table[:1000]))
