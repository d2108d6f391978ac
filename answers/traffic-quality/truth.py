# SPDX-License-Identifier: Apache-2.0
"""The answer `traffic-quality` from a ledger."""

from collections import Counter

from edgepixel.console.table import Table
from edgepixel.truth.events import Facts, grouped, percent, visitors


def expected(facts: Facts) -> Table:
    """Every class of traffic with the reasons for it, and the network that most of it comes from."""
    table = []
    for key, group in grouped(facts.events, lambda event: (event.truth.traffic, event.truth.traffic_reason)).items():
        networks = Counter(event.truth.asn for event in group)
        top = min(networks, key=lambda asn: (-networks[asn], asn or 0))
        share = percent(len(group), len(facts.events))
        table.append((*key, len(group), share, visitors(group), top, percent(networks[top], len(group))))
    table.sort(key=lambda line: (-line[2], line[0], line[1]))
    columns = (
        "traffic",
        "traffic_reason",
        "events",
        "events_percent",
        "visitors",
        "top_network",
        "top_network_percent",
    )
    return Table(columns, tuple(table))
