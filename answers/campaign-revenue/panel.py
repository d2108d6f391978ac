# SPDX-License-Identifier: Apache-2.0
"""Revenue by campaign, and orders and revenue in the headline."""

from dataclasses import replace
from decimal import Decimal

from edgepixel.answers.currencies import minor_units, written
from edgepixel.console.table import Table
from edgepixel.report.headline import Figure
from edgepixel.report.panels import Answers, Panel, Period, Rows, money, whole

_NO_CURRENCY = "(none)"
_USUAL_UNITS = 2


def panels(answers: Answers, _period: Period) -> list[Panel]:
    """The first rows, one currency after the other."""
    description = "Each order counts once, for the first campaign that brought its visitor and for the last one."
    table = answers["campaign-revenue"]
    place, currency = list(_sales(table)), table.columns.index("currency")
    rows = sorted(table.rows, key=lambda row: place.index(str(row[currency])))
    return [Rows("Revenue by campaign", description, replace(table, rows=tuple(rows)))]


def figures(now: Table, before: Table | None) -> list[Figure]:
    """Orders, and revenue by currency; nothing without orders."""
    sales, sales_before = _sales(now), _sales(before) if before else None
    if not sales:
        return []
    orders = _orders(sales)
    found = [Figure("Orders", f"{orders:,}", orders, None if sales_before is None else _orders(sales_before))]
    for currency, (_, revenue) in sales.items():
        if not revenue and currency == _NO_CURRENCY:
            continue  # amounts that could not be read
        earlier = None if sales_before is None else float(sales_before.get(currency, (0, Decimal(0)))[1])
        found.append(Figure(f"Revenue, {currency}", written(revenue, currency), float(revenue), earlier))
    return found


def _sales(table: Table) -> dict[str, tuple[int, Decimal]]:
    """Orders and revenue by currency, most revenue first. Every order has one last touch, so these add up.

    Without exchange rates only minor units can be compared: a cent, a yen and a fils are closer than a euro and a yen.
    """
    sums: dict[str, tuple[int, Decimal]] = {}
    for record in table.records():
        currency = str(record["currency"])
        orders, revenue = sums.get(currency, (0, Decimal(0)))
        sums[currency] = orders + whole(record, "last_touch_orders"), revenue + money(record, "last_touch_revenue")
    return dict(sorted(sums.items(), key=lambda entry: (_minor(*entry), entry[0])))


def _minor(currency: str, sales: tuple[int, Decimal]) -> Decimal:
    return -sales[1].scaleb(minor_units().get(currency, _USUAL_UNITS))


def _orders(sales: dict[str, tuple[int, Decimal]]) -> int:
    return sum(number for number, _ in sales.values())
