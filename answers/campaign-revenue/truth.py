# SPDX-License-Identifier: Apache-2.0
"""The answer `campaign-revenue` from a ledger."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from edgepixel.console.table import Table
from edgepixel.truth.events import NOTHING, Event, Facts, amount, grouped, money_text
from edgepixel.truth.sales import is_by_server, of_first_buyers

_NO_CAMPAIGN = (NOTHING, NOTHING, NOTHING)
type _Campaign = tuple[str, str, str]  # source, medium, name
type _Touches = tuple[_Campaign, _Campaign]  # the first and the last one before an order
_NO_TOUCHES = (_NO_CAMPAIGN, _NO_CAMPAIGN)


@dataclass
class _Earned:
    """By campaign and currency, for the first touch and for the last one."""

    orders: list[int]
    revenue: list[Decimal]


def expected(facts: Facts) -> Table:
    """What orders brought, refunds taken off, by the campaigns that came first and last before each order."""
    earned: dict[tuple[_Campaign, str], _Earned] = defaultdict(lambda: _Earned([0, 0], [Decimal(0), Decimal(0)]))
    told = of_first_buyers(facts.with_sales)
    touches = _touches(told)
    sales = [event for event in told if event.truth.event in ("purchase", "refund")]
    for events in grouped(sales, lambda event: (event.truth.site, event.truth.order_id or event.request_id)).values():
        for which, campaign in enumerate(touches[_crediting(events, touches).request_id]):
            for event in _once(events):
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


def _touches(events: Sequence[Event]) -> dict[str, _Touches]:
    """The first and the last campaign of its visitor up to each event, by request id."""
    found: dict[str, _Touches] = {}
    so_far: dict[Hashable, _Touches] = {}
    for event in events:
        truth = event.truth
        campaign = (truth.utm_source or NOTHING, truth.utm_medium or NOTHING, truth.utm_campaign or NOTHING)
        known = so_far.get(event.visitor) if event.visitor is not None else None
        now = known or _NO_TOUCHES
        if campaign != _NO_CAMPAIGN:
            now = (known[0] if known else campaign, campaign)
            so_far[event.visitor] = now
        found[event.request_id] = now
    return found


def _crediting(events: list[Event], touches: Mapping[str, _Touches]) -> Event:
    """The event of an order whose campaigns earn it: its purchase, but none by a server that knows no campaign."""
    return min(
        events,
        key=lambda event: (
            _is_refund(event),
            is_by_server(event) and touches[event.request_id] == _NO_TOUCHES,
            event.truth.time_ms,
            event.request_id,
        ),
    )


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
