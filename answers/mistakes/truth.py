# SPDX-License-Identifier: Apache-2.0
"""The answer `mistakes` from a ledger."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from edgepixel.console.table import Table, Value
from edgepixel.truth.events import Event, Facts, amount, nulls_last, time_text
from edgepixel.truth.local_time import clock

NAMES: dict[str, str] = {
    **dict.fromkeys(("views", "viewed", "pageview", "pageviews", "pageviewed", "viewpage"), "view"),
    **dict.fromkeys(
        ("products", "viewitem", "itemview", "viewproduct", "productview", "productviewed", "viewcontent"), "product"
    ),
    **dict.fromkeys(
        ("carts", "addtocart", "addedtocart", "addcart", "cartadd", "productadded", "basket", "addtobasket"), "cart"
    ),
    **dict.fromkeys(
        (
            "checkouts", "chekout", "begincheckout", "startcheckout", "initiatecheckout", "initiatedcheckout",
            "checkoutstarted", "checkoutstart",
        ),
        "checkout",
    ),
    **dict.fromkeys(
        (
            "purchases", "purchased", "purchace", "purchse", "buy", "bought", "order", "ordered", "ordercompleted",
            "ordercomplete", "orderplaced", "completepurchase", "transaction", "sale",
        ),
        "purchase",
    ),
    **dict.fromkeys(("refunds", "refunded", "orderrefunded"), "refund"),
    **{name: name for name in ("view", "product", "cart", "checkout", "purchase", "refund")},
}  # fmt: skip
"""Names of events in small letters, without what stands between words, and what answers call the event."""
UNFILLED = ("{order:}", "${order.id}", "{{ order.number }}", "%%ORDER%%", "ORDER_ID", "0")
"""What the simulation's templates leave in place of an order's id."""
_MOST_ROWS = 200
type _Mistake = tuple[str, str | None, str | None]  # mistake, what was sent, what is meant


def expected(facts: Facts) -> Table:
    """Mistakes with the number of their events, and the newest of them."""
    found: dict[_Mistake, list[Event]] = defaultdict(list)
    for event in facts.events:
        for mistake in _mistakes(event):
            found[mistake].append(event)
    found |= _spellings("event_name", _by(facts, "event"))
    found |= _spellings("site_name", _by(facts, "site"))
    lines = sorted(found.items(), key=lambda line: (-len(line[1]), *map(nulls_last, line[0])))
    columns = ("mistake", "sent", "meant", "events", "last_seen", "page", "example")
    return Table(columns, tuple(_row(mistake, events, facts) for mistake, events in lines[:_MOST_ROWS]))


def _mistakes(event: Event) -> Iterator[_Mistake]:
    """What one event is enough to tell."""
    truth = event.truth
    odd = truth.malformed_value or ""
    if truth.value is None and odd.startswith("v="):
        yield "unreadable_amount", truth.event, None
    if truth.currency is None and "c=" in odd:
        yield "unknown_currency", truth.event, None
    if amount(event) != Decimal(0) and truth.currency is None and "c=" not in odd:
        yield "amount_without_currency", truth.event, None
    if truth.event in ("purchase", "refund"):
        if truth.value is None and not odd.startswith("v="):
            yield "purchase_without_amount", truth.event, None
        if truth.order_id is None:
            yield "purchase_without_order", truth.event, None
        elif truth.order_id in UNFILLED:
            yield "unfilled_order", truth.event, None
        if truth.traffic not in ("human", "server"):
            yield "sent_by_program", truth.traffic_reason, None
    if truth.malformed:
        yield "malformed_query", None, None
    for pair in (truth.misnamed or "").split():
        sent, _, meant = pair.partition(">")
        yield "parameter_name", sent, meant


def _by(facts: Facts, column: str) -> dict[str, list[Event]]:
    groups: dict[str, list[Event]] = defaultdict(list)
    for event in facts.events:
        if (name := getattr(event.truth, column)) is not None:
            groups[name].append(event)
    return groups


def _spellings(mistake: str, named: dict[str, list[Event]]) -> dict[_Mistake, list[Event]]:
    """Names that differ from a well-known one, or from one that is sent more often, in spelling only."""
    alike: dict[str, list[str]] = defaultdict(list)
    for name in named:
        alike[_spelling(mistake, name)].append(name)
    found: dict[_Mistake, list[Event]] = {}
    for spelling, names in alike.items():
        usual = max(names, key=lambda name: (len(named[name]), name))
        meant = NAMES.get(spelling, usual) if mistake == "event_name" else usual
        found |= {(mistake, name, meant): named[name] for name in names if name != meant}
    return found


def _spelling(mistake: str, name: str) -> str:
    return name.lower().translate(dict.fromkeys(map(ord, " ._-"))) if mistake == "event_name" else name.lower()


def _row(mistake: _Mistake, events: list[Event], facts: Facts) -> tuple[Value, ...]:
    newest = max(events, key=_example)
    time_ms, page, malformed_value, order_id = _example(newest)
    example = {
        **dict.fromkeys(("unreadable_amount", "unknown_currency", "amount_without_currency"), malformed_value),
        **dict.fromkeys(("purchase_without_amount", "sent_by_program", "unfilled_order"), order_id),
    }.get(mistake[0])
    return *mistake, len(events), time_text(clock(time_ms, facts.time_zone)), page or None, example or None


def _example(event: Event) -> tuple[int, str, str, str]:
    """The greatest of these tells of the newest event, and of one of those of the same time."""
    truth = event.truth
    return truth.time_ms, truth.page or "", truth.malformed_value or "", truth.order_id or ""
