# SPDX-License-Identifier: Apache-2.0
"""Answers for a shop: how far visitors come, what they leave in their carts, and which campaign earns what."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from edgepixel.console.table import Table
from edgepixel.truth.events import HOUR_MS, NOTHING, Event, Facts, grouped, percent

_STEPS = ("view", "product", "cart", "checkout", "purchase")
_NO_CAMPAIGN = (NOTHING, NOTHING, NOTHING)

type _Campaign = tuple[str, str, str]  # source, medium, name
type _Touches = tuple[_Campaign, _Campaign]  # the first and the last one before an order


def funnel(facts: Facts) -> Table:
    """Visitors who took each step after the ones before it."""
    reached = [0] * len(_STEPS)
    for visitor, events in grouped(facts.counted, lambda event: event.visitor).items():
        for step in range(_steps_taken(events) if visitor is not None else 0):
            reached[step] += 1
    rows = []
    for step, (name, number) in enumerate(zip(_STEPS, reached, strict=True)):
        lost = reached[step - 1] - number if step else None
        share = None if lost is None else percent(lost, reached[step - 1])
        rows.append((step + 1, name, number, lost, share, percent(number, reached[0])))
    return Table(("step", "event", "visitors", "lost", "lost_percent", "reached_percent"), tuple(rows))


def _steps_taken(events: Iterable[Event]) -> int:
    times = defaultdict(list)
    for event in events:
        times[event.truth.event].append(event.truth.time_ms)
    earliest = 0
    for taken, step in enumerate(_STEPS):
        later = [time_ms for time_ms in times[step] if time_ms >= earliest]
        if not later:
            return taken
        earliest = min(later)
    return len(_STEPS)


def abandoned_carts(facts: Facts) -> Table:
    """Items that visitors put into their carts, and how many of them were not bought afterwards."""
    carts: dict[tuple[Hashable, str, str], Event] = {}
    bought: dict[Hashable, int] = {}
    for event in facts.counted:  # in order of time: later ones replace
        truth = event.truth
        if event.visitor is None:
            continue
        if truth.event == "cart":
            carts[event.visitor, truth.item or NOTHING, truth.currency or NOTHING] = event
        elif truth.event == "purchase":
            bought[event.visitor] = truth.time_ms
    lines: dict[tuple[str, str], list[Decimal | None]] = defaultdict(list)  # None: bought
    for (visitor, item, currency), event in carts.items():
        if visitor in bought and bought[visitor] >= event.truth.time_ms:
            lines[item, currency].append(None)
        elif event.truth.time_ms < facts.now_ms - HOUR_MS:
            lines[item, currency].append(_amount(event))
    rows = []
    for (item, currency), values in lines.items():
        left = [value for value in values if value is not None]
        rows.append((item, currency, len(values), len(left), percent(len(left), len(values)), f"{sum(left):.2f}"))
    rows.sort(key=lambda row: (-row[3], row[0], row[1]))
    columns = ("item", "currency", "carts", "abandoned", "abandoned_percent", "abandoned_value")
    return Table(columns, tuple(rows[:100]))


@dataclass
class _Earned:
    """By campaign and currency, for the first touch and for the last one."""

    orders: list[int]
    revenue: list[Decimal]


def campaign_revenue(facts: Facts) -> Table:
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
                line.revenue[which] += -abs(_amount(event)) if _is_refund(event) else _amount(event)
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
        (*campaign, currency, line.orders[0], f"{line.revenue[0]:.2f}", line.orders[1], f"{line.revenue[1]:.2f}")
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
            refunds.setdefault((event.truth.item, abs(_amount(event))), event)
    return [*purchases[:1], *refunds.values()]


def _is_refund(event: Event) -> bool:
    return event.truth.event == "refund" or _amount(event) < 0


def _amount(event: Event) -> Decimal:
    return Decimal(event.truth.value or "0").quantize(Decimal("0.01"), ROUND_HALF_UP)
