# SPDX-License-Identifier: Apache-2.0
"""The truth about hits that will not count as their sender thinks."""

from typing import Any

from edgepixel.traffic.ledger import Row
from tests.unit.edgepixel.truth.ledgers import answer, row

PAGE = "https://blog.example/"


def order(request_id: str, *time: str, **changes: Any) -> Row:
    return row(
        request_id, *time, **{"event": "purchase", "order_id": "7", "value": "19.90", "currency": "EUR", **changes}
    )


def told(*rows: Row) -> list[tuple[Any, ...]]:
    """Mistake, what was sent, what is meant, how often, and an example."""
    found = answer("mistakes", *rows)
    assert {line[5] for line in found} <= {PAGE}
    return [(*line[:4], line[6]) for line in found]


def test_a_right_order_is_no_mistake() -> None:
    assert told(order("a"), order("b", event="refund", value="-19.90"), row("c", event="sign-up", site="shop")) == []


def test_one_event_can_have_several_mistakes() -> None:
    lines = told(
        order("a", value=None, currency=None, malformed_value="v=19,90 c=EURO", order_id=None, malformed=True),
        order("b", value=None, currency=None, traffic="bot", traffic_reason="http_library"),
        order("c", currency=None, malformed_value="v=19.90", misnamed="orderid>o cur>c"),
    )
    assert lines == [
        ("amount_without_currency", "purchase", None, 1, "v=19.90"),
        ("malformed_query", None, None, 1, None),
        ("parameter_name", "cur", "c", 1, None),
        ("parameter_name", "orderid", "o", 1, None),
        ("purchase_without_amount", "purchase", None, 1, "7"),
        ("purchase_without_order", "purchase", None, 1, None),
        ("sent_by_program", "http_library", None, 1, "7"),
        ("unknown_currency", "purchase", None, 1, "v=19,90 c=EURO"),
        ("unreadable_amount", "purchase", None, 1, "v=19,90 c=EURO"),
    ]


def test_names_are_compared_by_how_often_they_are_sent_and_with_well_known_ones() -> None:
    rows = [row(f"s{n}", event="sign_up", site="Shop") for n in range(3)]
    rows += [row("a", event="Sign-Up", site="shop"), row("b", event="SignUp"), row("c", event="Add to Cart")]
    assert told(*rows, row("d", event="Add to Cart")) == [
        ("event_name", "Add to Cart", "cart", 2, None),
        ("event_name", "Sign-Up", "sign_up", 1, None),
        ("event_name", "SignUp", "sign_up", 1, None),
        ("site_name", "shop", "Shop", 1, None),
    ]


def test_the_example_is_the_newest() -> None:
    rows = [
        order("a", "2026-11-23T09:00:02.000", value=None, malformed_value="v=2,00 c=EUR"),
        order("b", "2026-11-23T09:00:03.000", value=None, malformed_value="v=1,00 c=EUR"),
        order("c", "2026-11-23T09:00:01.000", value=None, malformed_value="v=3,00 c=EUR"),
    ]
    assert answer("mistakes", *rows) == [
        ("unreadable_amount", "purchase", None, 3, "2026-11-23 09:00:03.000", PAGE, "v=1,00 c=EUR")
    ]
