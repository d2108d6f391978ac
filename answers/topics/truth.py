# SPDX-License-Identifier: Apache-2.0
"""The answer `topics` from a ledger."""

from edgepixel.console.table import Table
from edgepixel.truth.events import UNKNOWN, Event, Facts, grouped, visitors


def expected(facts: Facts) -> Table:
    """Views of each section of the site, by country and device."""

    def labels(event: Event) -> tuple[str, str, str]:
        section = UNKNOWN if event.truth.section is None else event.truth.section or "(front page)"
        return section, event.truth.country or UNKNOWN, event.truth.device

    views = [event for event in facts.counted if event.truth.event == "view"]
    table = [(*key, len(group), visitors(group)) for key, group in grouped(views, labels).items()]
    table.sort(key=lambda line: (-line[3], line[:3]))
    return Table(("section", "country", "device", "events", "visitors"), tuple(table[:1000]))
