# SPDX-License-Identifier: Apache-2.0
"""The answer `campaign-revenue` from a ledger."""

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass
from decimal import Decimal

from edgepixel.console.table import Table
from edgepixel.truth.events import NOTHING, Event, Facts, amount, grouped, money_text

_NO_CAMPAIGN = (NOTHING, NOTHING, NOTHING)
type _Campaign = tuple[str, str, str]  # source, medium, name
type _Touches = tuple[_Campaign, _Campaign]  # the first and the last one before an order


@dataclass
class _Earned:
    """By campaign and currency, for the first touch and for the last one."""

    orders: list[int]
    revenue: list[Decimal]


def expected(facts: Facts) -> Table:
    """What orders brought, refunds taken off, by the campaigns that came first and last before each order."""
    earned: dict[tuple[_Campaign, str], _Earned] = defaultdict(lambda: _Earned([0, 0], [Decimal(0), Decimal(0)]))
    touches = _touches(facts)
    sales = [event for event in facts.counted if event.truth.event in ("purchase", "refund")]
    for events in grouped(sales, lambda event: (event.truth.site, event.truth.order_id or event.request_id)).values():
        counted = _once(events)
        for which, campaign in enumerate(touches[counted[0].request_id]):
            for event in counted:
                line = earned[campaign, event.truth.currency or NOTHING]
                line.orders[which] += not _is_refund(event)
                line.revenue[which] += -abs(amount(event)) if _is_refund(event) else amount(event)
    rows = sorted(earned.items(), key=lambda entry: (entry[0][1], -entry[1].revenue[1], entry[0][0]))
    columns = (
        "source",
        "medium",
        "campaign",
        "currency",
        "first_touch_orders",
        "first_touch_revenue",
        "last_touch_orders",
        "last_touch_revenue",
    )
    table = [
        (*campaign, currency, line.orders[0], money_text(line.revenue[0]), line.orders[1], money_text(line.revenue[1]))
        for (campaign, currency), line in rows[:500]
    ]
    return Table(columns, tuple(table))


def _touches(facts: Facts) -> dict[str, _Touches]:
    """The first and the last campaign of its visitor up to each event, by request id."""
    found: dict[str, _Touches] = {}
    so_far: dict[Hashable, _Touches] = {}
    for event in facts.counted:
        truth = event.truth
        campaign = (truth.utm_source or NOTHING, truth.utm_medium or NOTHING, truth.utm_campaign or NOTHING)
        known = so_far.get(event.visitor) if event.visitor is not None else None
        now = known or (_NO_CAMPAIGN, _NO_CAMPAIGN)
        if campaign != _NO_CAMPAIGN:
            now = (known[0] if known else campaign, campaign)
            so_far[event.visitor] = now
        found[event.request_id] = now
    return found


def _once(events: list[Event]) -> list[Event]:
    """Of one order: the earliest purchase, then each refund once, whatever was sent again."""
    purchases = [event for event in events if not _is_refund(event)]
    refunds: dict[tuple[str | None, Decimal], Event] = {}
    for event in events:
        if _is_refund(event):
            refunds.setdefault((event.truth.item, abs(amount(event))), event)
    return [*purchases[:1], *refunds.values()]


def _is_refund(event: Event) -> bool:
    return event.truth.event == "refund" or amount(event) < 0
