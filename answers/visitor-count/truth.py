# SPDX-License-Identifier: Apache-2.0
"""The answer `visitor-count` from a ledger."""

from edgepixel.console.table import Table
from edgepixel.truth.events import Facts, grouped, visitors
from edgepixel.truth.local_time import day_of


def expected(facts: Facts) -> Table:
    """Visitors of the whole period (day None) and of each day."""
    days = sorted(grouped(facts.counted, lambda event: day_of(event.truth.time_ms, facts.time_zone)).items())
    table = [(f"{day}", visitors(group), len(group)) for day, group in days]
    return Table(("day", "visitors", "events"), ((None, visitors(facts.counted), len(facts.counted)), *table))
