# SPDX-License-Identifier: Apache-2.0
"""Revenue by campaign, and orders and revenue in the headline."""

from decimal import Decimal

from edgepixel.console.table import Table
from edgepixel.report.headline import Figure
from edgepixel.report.panels import Answers, Panel, Period, Rows, money, whole


def panels(answers: Answers, _period: Period) -> list[Panel]:
    """The first rows."""
    description = "Each order counts once, for the first campaign that brought its visitor and for the last one."
    return [Rows("Revenue by campaign", description, answers["campaign-revenue"])]


def figures(now: Table, before: Table | None) -> list[Figure]:
    """Orders, and revenue by currency; nothing without orders."""
    sales, sales_before = _sales(now), _sales(before) if before else None
    if not sales:
        return []
    orders = _orders(sales)
    found = [Figure("Orders", f"{orders:,}", orders, None if sales_before is None else _orders(sales_before))]
    for currency, (_, revenue) in sales.items():
        earlier = None if sales_before is None else float(sales_before.get(currency, (0, Decimal(0)))[1])
        found.append(Figure(f"Revenue, {currency}", f"{revenue:,.2f}", float(revenue), earlier))
    return found


def _sales(table: Table) -> dict[str, tuple[int, Decimal]]:
    """Orders and revenue by currency. Every order has one last touch, so these add up."""
    sums: dict[str, tuple[int, Decimal]] = {}
    for record in table.records():
        currency = str(record["currency"])
        orders, revenue = sums.get(currency, (0, Decimal(0)))
        sums[currency] = orders + whole(record, "last_touch_orders"), revenue + money(record, "last_touch_revenue")
    return sums


def _orders(sales: dict[str, tuple[int, Decimal]]) -> int:
    return sum(number for number, _ in sales.values())
