# SPDX-License-Identifier: Apache-2.0
"""The answer `events-per-hour` from a ledger."""

from edgepixel.console.table import Table
from edgepixel.truth.events import Facts, grouped, time_text, visitors
from edgepixel.truth.local_time import hour_of


def expected(facts: Facts) -> Table:
    """Events and visitors in each hour of the clock, in order of time."""
    hours = sorted(grouped(facts.counted, lambda event: hour_of(event.truth.time_ms, facts.time_zone)).items())
    table = [(time_text(hour.shown), len(group), visitors(group)) for hour, group in hours]
    return Table(("hour", "events", "visitors"), tuple(table))
