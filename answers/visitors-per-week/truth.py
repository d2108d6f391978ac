# SPDX-License-Identifier: Apache-2.0
"""The answer `visitors-per-week` from a ledger."""

from datetime import date

from edgepixel.console.table import Table
from edgepixel.truth.events import Event, Facts, grouped, visitors
from edgepixel.truth.local_time import day_of


def expected(facts: Facts) -> Table:
    """Visitors of each week, by the Monday with which it begins."""

    def monday(event: Event) -> date:
        year, week, _ = day_of(event.truth.time_ms, facts.time_zone).isocalendar()
        return date.fromisocalendar(year, week, 1)

    weeks = sorted(grouped(facts.counted, monday).items())
    return Table(
        ("week", "visitors", "events"), tuple((f"{week}", visitors(group), len(group)) for week, group in weeks)
    )
