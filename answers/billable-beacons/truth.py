# SPDX-License-Identifier: Apache-2.0
"""The answer `billable-beacons` from a ledger."""

from edgepixel.console.table import Table
from edgepixel.truth.events import NOTHING, Facts, grouped, visitors


def expected(facts: Facts) -> Table:
    """Beacons whose image was delivered, by site, item and event."""
    delivered = [event for event in facts.counted if event.truth.method == "GET"]
    groups = grouped(
        delivered, lambda event: (event.truth.site or NOTHING, event.truth.item or NOTHING, event.truth.event)
    )
    table = [(*key, len(group), visitors(group)) for key, group in groups.items()]
    table.sort(key=lambda line: (-line[3], line[:3]))
    return Table(("site", "item", "event", "beacons", "visitors"), tuple(table))
