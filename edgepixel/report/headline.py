# SPDX-License-Identifier: Apache-2.0
"""The report's first numbers, and how they changed against the period before. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from edgepixel.console.table import Table, Value

PEOPLE = "human"


@dataclass(frozen=True)
class Figure:
    """A number with its name. `before` is the same of the period before, None if it is not known."""

    name: str
    text: str
    now: float
    before: float | None

    @property
    def change(self) -> str:
        """In words: `+12.3 %`, `no change`, or that there is nothing to compare with."""
        if self.before is None:
            return "no data before"
        if self.now == self.before:
            return "no change"
        if self.before == 0:
            return "none before"
        percent = 100 * (self.now - self.before) / abs(self.before)
        return f"{percent:+,.1f} %".replace("-", "\N{MINUS SIGN}")


def figures(answers: Mapping[str, Table], before: Mapping[str, Table]) -> list[Figure]:
    """Visitors, events, orders and revenue by currency if there are any, and what is not of people."""
    visitors, events = _whole(answers["visitor-count"])
    visitors_before, events_before = _whole(before["visitor-count"])
    had_data = bool(before["traffic-quality"].rows)
    result = [
        Figure("Visitors", f"{visitors:,}", visitors, visitors_before if had_data else None),
        Figure("Events", f"{events:,}", events, events_before if had_data else None),
    ]
    sales, sales_before = _sales(answers["campaign-revenue"]), _sales(before["campaign-revenue"])
    if sales:
        orders = sum(number for number, _ in sales.values())
        orders_before = sum(number for number, _ in sales_before.values())
        result.append(Figure("Orders", f"{orders:,}", orders, orders_before if had_data else None))
    for currency, (_, revenue) in sales.items():
        earlier = sales_before.get(currency, (0, Decimal(0)))[1]
        result.append(
            Figure(f"Revenue, {currency}", f"{revenue:,.2f}", float(revenue), float(earlier) if had_data else None)
        )
    share = _not_people_percent(answers["traffic-quality"])
    if share is not None:
        result.append(Figure("Not people", f"{share:.1f} %", share, _not_people_percent(before["traffic-quality"])))
    return result


def _whole(visitor_count: Table) -> tuple[int, int]:
    """Visitors and events of the whole period: the row without a day."""
    for day, visitors, events in visitor_count.rows:
        if day is None:
            return int(visitors or 0), int(events or 0)
    return 0, 0


def _sales(campaign_revenue: Table) -> dict[str, tuple[int, Decimal]]:
    """Orders and revenue by currency. Every order has one last touch, so these add up."""
    sums: dict[str, tuple[int, Decimal]] = {}
    for row in campaign_revenue.rows:
        values = dict(zip(campaign_revenue.columns, row, strict=True))
        currency = str(values["currency"])
        orders, revenue = sums.get(currency, (0, Decimal(0)))
        sums[currency] = (
            orders + int(values["last_touch_orders"] or 0),
            revenue + _decimal(values["last_touch_revenue"]),
        )
    return sums


def _not_people_percent(traffic_quality: Table) -> float | None:
    """Percent of the events that are of no people; None without events."""
    events = [(traffic, int(number or 0)) for traffic, _, number, *_ in traffic_quality.rows]
    everything = sum(number for _, number in events)
    if not everything:
        return None
    return 100 * sum(number for traffic, number in events if traffic != PEOPLE) / everything


def _decimal(value: Value) -> Decimal:
    return Decimal(str(value or 0))
