# SPDX-License-Identifier: Apache-2.0
"""The answer `events-per-hour` from a ledger."""

from edgepixel.console.table import Table
from edgepixel.truth.events import HOUR_MS, Facts, grouped, time_text, visitors


def expected(facts: Facts) -> Table:
    """Events and visitors in each hour."""
    hours = sorted(grouped(facts.counted, lambda event: event.truth.time_ms // HOUR_MS).items())
    table = [(time_text(hour * HOUR_MS), len(group), visitors(group)) for hour, group in hours]
    return Table(("hour", "events", "visitors"), tuple(table))
