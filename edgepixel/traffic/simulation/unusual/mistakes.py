# SPDX-License-Identifier: Apache-2.0
"""Hits that will not count as their sender thinks: parameters, events and sites under other names, halves of orders."""

from dataclasses import replace
from random import Random

from edgepixel.traffic.hit import Hit
from edgepixel.traffic.simulation import robots
from edgepixel.traffic.simulation.hits import robot_hit
from edgepixel.traffic.simulation.population import Visitor
from edgepixel.traffic.simulation.query_and_headers import query_string
from edgepixel.traffic.simulation.site import THANKS
from edgepixel.traffic.simulation.unusual.unusual_hits import ODD_ITEM, unusual_hit

_SHOP: dict[str, object] = {
    "site": "shop", "page": THANKS.url, "page_host": THANKS.host, "page_path": THANKS.path, "section": THANKS.section,
}  # fmt: skip
_PAGE = query_string({"u": THANKS.url})
# (the query as it is sent, what is true of it)
_MISNAMED: tuple[tuple[str, dict[str, object]], ...] = (
    (f"e=purchase&s=shop&i={ODD_ITEM}&orderid=A-1&val=49.90&currency=EUR",
     {"event": "purchase", "item": ODD_ITEM, "misnamed": "orderid>o val>v currency>c"}),
    (f"e=purchase&s=shop&i={ODD_ITEM}&transaction-id=A-1&Value=49.90&c=EUR",
     {"event": "purchase", "item": ODD_ITEM, "currency": "EUR", "misnamed": "transaction-id>o Value>v"}),
    ("Event=purchase&s=shop&o=A-1&V=49.90&C=EUR", {"order_id": "A-1", "misnamed": "Event>e V>v C>c"}),
    ("e=cart&site=shop&product_id=LAMP-01&v=49.90&c=EUR",
     {"event": "cart", "site": None, "value": "49.90", "currency": "EUR", "misnamed": "site>s product_id>i"}),
    ("e=cart&s=shop&i=LAMP-01&sku=01&price=1&v=49.90&c=EUR&utm-source=nl&utmMedium=email",
     {"event": "cart", "item": "LAMP-01", "value": "49.90", "currency": "EUR",
      "misnamed": "utm-source>utm_source utmMedium>utm_medium"}),
)  # fmt: skip
_EVENTS = (
    "Purchase", "purchased", "PURCHASE", "order_completed", "add-to-cart", "AddToCart", "Begin Checkout", "page_view",
    "Refund", "newsletter", "Newsletter", "newsletter",
)  # fmt: skip
_SITES = ("Shop", "SHOP", "Blog")
_UNFILLED = ("{order:}", "${order.id}", "{{ order.number }}", "%%ORDER%%", "ORDER_ID", "0")


def misnamed_parameter(random: Random, visitor: Visitor, time_ms: int) -> Hit:
    """Parameters by the names that other services give them, which the pixel does not know."""
    query, truth = random.choice(_MISNAMED)
    return unusual_hit(visitor, time_ms, _SHOP | truth, f"{query}&{_PAGE}")


def misspelt_event(random: Random, visitor: Visitor, time_ms: int) -> Hit:
    """An event under a name that no answer counts."""
    sent = {"e": random.choice(_EVENTS), "s": "shop", "o": "A-2", "v": "49.90", "c": "EUR"}
    truth = {"event": sent["e"], "order_id": "A-2", "value": "49.90", "currency": "EUR"}
    return unusual_hit(visitor, time_ms, _SHOP | truth, f"{query_string(sent)}&{_PAGE}")


def misspelt_site(random: Random, visitor: Visitor, time_ms: int) -> Hit:
    """A site whose name is written as it is nowhere else."""
    site = random.choice(_SITES)
    return unusual_hit(visitor, time_ms, _SHOP | {"site": site}, f"s={site}&{_PAGE}")


def half_an_order(random: Random, visitor: Visitor, time_ms: int) -> Hit:
    """A purchase without its amount, without its order, or without both."""
    whole = {"o": f"half/{random.getrandbits(32):08x}", "v": "49.90", "c": "EUR"}
    left_out = random.choice((("v",), ("o",), ("v", "c"), ("o", "v", "c")))
    sent = {name: value for name, value in whole.items() if name not in left_out}
    truth = {
        "event": "purchase", "item": ODD_ITEM, "order_id": sent.get("o"), "value": sent.get("v"),
        "currency": sent.get("c"),
    }  # fmt: skip
    query = query_string({"e": "purchase", "s": "shop", "i": ODD_ITEM, **sent})
    return unusual_hit(visitor, time_ms, _SHOP | truth, f"{query}&{_PAGE}")


def order_by_program(random: Random, _visitor: Visitor, time_ms: int) -> Hit:
    """A purchase that the shop's server sends by a library for HTTP, which is taken for a bot."""
    robot = random.choice([one for one in robots.bots() if one.reason == "http_library"])
    order_id = f"server/{random.getrandbits(32):08x}"
    sent = {"e": "purchase", "s": "shop", "i": ODD_ITEM, "o": order_id, "v": "49.90", "c": "EUR"}
    hit = robot_hit(random, robot, time_ms, sent, page=THANKS)
    return replace(hit, truth=replace(hit.truth, order_id=order_id, value="49.90", currency="EUR"))


def unfilled_order(random: Random, visitor: Visitor, time_ms: int) -> Hit:
    """A purchase whose template left a place instead of the order's id: the same in all of them."""
    order_id = random.choice(_UNFILLED)
    sent = {"e": "purchase", "s": "shop", "i": ODD_ITEM, "o": order_id, "v": "49.90", "c": "EUR"}
    truth = {"event": "purchase", "item": ODD_ITEM, "order_id": order_id, "value": "49.90", "currency": "EUR"}
    return unusual_hit(visitor, time_ms, _SHOP | truth, f"{query_string(sent)}&{_PAGE}")


MISTAKES = (misnamed_parameter, misspelt_event, misspelt_site, half_an_order, unfilled_order, order_by_program)
