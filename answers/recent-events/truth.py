# SPDX-License-Identifier: Apache-2.0
"""The answer `recent-events` from a ledger."""

from edgepixel.console.table import Table
from edgepixel.truth.events import Facts, time_text
from edgepixel.truth.local_time import clock


def expected(facts: Facts) -> Table:
    """The fifty newest events."""
    newest = sorted(facts.events, key=lambda event: (-event.truth.time_ms, event.request_id))[:50]
    table = [
        (
            time_text(clock(event.truth.time_ms, facts.time_zone)),
            event.truth.event,
            event.truth.page,
            event.truth.referrer_host,
            event.truth.country,
            event.truth.device,
            event.truth.browser,
            event.truth.traffic,
            event.request_id,
        )
        for event in newest
    ]
    columns = ("event_time", "event", "page", "referrer_host", "country", "device", "browser", "traffic", "request_id")
    return Table(columns, tuple(table))
