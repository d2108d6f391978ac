# SPDX-License-Identifier: Apache-2.0
"""The answer `recent-events` from a ledger."""

from edgepixel.console.table import Table, Value
from edgepixel.truth.events import Event, Facts, amount, money_text, time_text
from edgepixel.truth.local_time import clock


def expected(facts: Facts) -> Table:
    """The fifty newest events."""
    newest = sorted(facts.events, key=lambda event: (-event.truth.time_ms, event.request_id))[:50]
    columns = (
        "event_time", "event", "site", "page", "referrer_host", "channel", "item", "order_id", "value", "currency",
        "malformed_value", "country", "device", "browser", "traffic", "traffic_reason", "request_id",
    )  # fmt: skip
    return Table(columns, tuple(_row(event, facts) for event in newest))


def _row(event: Event, facts: Facts) -> tuple[Value, ...]:
    truth = event.truth
    return (
        time_text(clock(truth.time_ms, facts.time_zone)),
        truth.event,
        truth.site,
        truth.page,
        truth.referrer_host,
        truth.channel,
        truth.item,
        truth.order_id,
        None if truth.value is None else money_text(amount(event)),
        truth.currency,
        truth.malformed_value,
        truth.country,
        truth.device,
        truth.browser,
        truth.traffic,
        truth.traffic_reason,
        event.request_id,
    )
