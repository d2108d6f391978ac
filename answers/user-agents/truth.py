# SPDX-License-Identifier: Apache-2.0
"""The answer `user-agents` from a ledger."""

from edgepixel.console.table import Table
from edgepixel.truth.events import Event, Facts, grouped, nulls_last, visitors


def expected(facts: Facts) -> Table:
    """The hundred most frequent agents, with the labels of each."""

    def labels(event: Event) -> tuple[str, str, str, str, str | None]:
        truth = event.truth
        return truth.traffic, truth.browser, truth.os, truth.device, truth.user_agent

    table = [(*key, len(group), visitors(group)) for key, group in grouped(facts.events, labels).items()]
    table.sort(key=lambda line: (-line[5], nulls_last(line[4]), *line[:4]))
    return Table(("traffic", "browser", "os", "device", "user_agent", "events", "visitors"), tuple(table[:100]))
