# SPDX-License-Identifier: Apache-2.0
"""The answer `referrers` from a ledger."""

from collections import Counter
from collections.abc import Iterable

from edgepixel.console.table import Table
from edgepixel.truth.events import NOTHING, Event, Facts, grouped, visitors


def expected(facts: Facts) -> Table:
    """The hundred hosts that most came from, pages of the same site apart."""
    groups = grouped(facts.counted, _source)
    table = [(host, len(group), visitors(group), _most_common_channel(group)) for host, group in groups.items()]
    table.sort(key=lambda line: (-line[1], line[0]))
    return Table(("referrer_host", "events", "visitors", "channel"), tuple(table[:100]))


def _source(event: Event) -> str:
    host = event.truth.referrer_host
    if host is None:
        return NOTHING
    return "(same site)" if event.truth.same_site else host


def _most_common_channel(group: Iterable[Event]) -> str:
    return min(Counter(event.truth.channel for event in group).items(), key=lambda one: (-one[1], one[0]))[0]
