# SPDX-License-Identifier: Apache-2.0
"""The answer `abandoned-carts` from a ledger."""

from collections import defaultdict
from collections.abc import Hashable
from decimal import Decimal

from edgepixel.console.table import Table
from edgepixel.truth.events import HOUR_MS, NOTHING, Event, Facts, amount, money_text, percent
from edgepixel.truth.sales import of_all_buyers


def expected(facts: Facts) -> Table:
    """Items that visitors put into their carts, and how many of them were not bought afterwards."""
    carts: dict[tuple[Hashable, str, str], Event] = {}
    bought: dict[Hashable, int] = {}
    for event in of_all_buyers(facts.with_sales):  # in order of time
        truth = event.truth
        if event.visitor is None:
            continue
        if truth.event == "cart":
            key = event.visitor, truth.item or NOTHING, truth.currency or NOTHING
            carts[key] = max(carts.get(key, event), event, key=_last)
        elif truth.event == "purchase":
            bought[event.visitor] = truth.time_ms
    lines: dict[tuple[str, str], list[Decimal | None]] = defaultdict(list)  # None: bought
    for (visitor, item, currency), event in carts.items():
        if visitor in bought and bought[visitor] >= event.truth.time_ms:
            lines[item, currency].append(None)
        elif event.truth.time_ms < facts.now_ms - HOUR_MS:
            lines[item, currency].append(amount(event))
    rows = []
    for (item, currency), values in lines.items():
        left = [value for value in values if value is not None]
        rows.append(
            (item, currency, len(values), len(left), percent(len(left), len(values)), money_text(sum(left, Decimal(0))))
        )
    rows.sort(key=lambda row: (-row[3], row[0], row[1]))
    columns = ("item", "currency", "carts", "abandoned", "abandoned_percent", "abandoned_value")
    return Table(columns, tuple(rows[:100]))


def _last(event: Event) -> tuple[int, Decimal]:
    """Of two carts of the same time the dearer one is the last."""
    return event.truth.time_ms, amount(event)
