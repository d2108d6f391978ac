# SPDX-License-Identifier: Apache-2.0
"""The answer `visitor-count` from a ledger."""

from edgepixel.console.table import Table
from edgepixel.truth.events import DAY_MS, Facts, grouped, time_text, visitors


def expected(facts: Facts) -> Table:
    """Visitors of the whole period (day None) and of each day."""
    days = sorted(grouped(facts.counted, lambda event: event.truth.time_ms // DAY_MS).items())
    table = [(time_text(day * DAY_MS)[:10], visitors(group), len(group)) for day, group in days]
    return Table(("day", "visitors", "events"), ((None, visitors(facts.counted), len(facts.counted)), *table))
