# SPDX-License-Identifier: Apache-2.0
"""Answers for an advertising exchange: what can be billed, and what the rest of the traffic is."""

from collections import Counter

from edgepixel.console.table import Table
from edgepixel.truth.events import NOTHING, Facts, grouped, percent, visitors


def billable_beacons(facts: Facts) -> Table:
    """Beacons whose image was delivered, by site, item and event."""
    delivered = [event for event in facts.counted if event.truth.method == "GET" and event.status < 400]
    groups = grouped(
        delivered, lambda event: (event.truth.site or NOTHING, event.truth.item or NOTHING, event.truth.event)
    )
    table = [(*key, len(group), visitors(group)) for key, group in groups.items()]
    table.sort(key=lambda line: (-line[3], line[:3]))
    return Table(("site", "item", "event", "beacons", "visitors"), tuple(table))


def traffic_quality(facts: Facts) -> Table:
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
