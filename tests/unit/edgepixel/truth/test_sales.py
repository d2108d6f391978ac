# SPDX-License-Identifier: Apache-2.0
"""The truth about what a shop's own server sends. What the SQL says of the same is in tests/unit/view."""

from typing import Any

from edgepixel.traffic.ledger import Row
from tests.unit.edgepixel.truth.ledgers import answer, row

SPRING = {"utm_source": "mail", "utm_medium": "email", "utm_campaign": "spring"}
NO_CAMPAIGN = ("(none)", "(none)", "(none)")


def at(minute: int, event: str, agent: str = "buyer", **changes: Any) -> Row:
    return row(f"{minute:02}-{agent}", f"2026-11-23T09:{minute:02}:00.000", event=event, user_agent=agent, **changes)


def server(minute: int, event: str = "purchase", order_id: str | None = "A", value: str = "10.00") -> Row:
    money = {"order_id": order_id, "value": value, "currency": "EUR"}
    return at(minute, event, "curl", traffic="server", traffic_reason="sent_by_server", address="203.0.113.7", **money)


def test_a_sale_by_a_server_is_revenue_and_nobody() -> None:
    rows = [server(1), server(2), server(3, "refund", value="-4.00"), server(4, "view")]
    assert answer("campaign-revenue", *rows) == [(*NO_CAMPAIGN, "EUR", 1, "6.0000", 1, "6.0000")]
    assert [line[2] for line in answer("funnel", *rows)] == [0] * 5
    assert answer("visitor-count", *rows, at(5, "view")) == answer("visitor-count", at(5, "view"))


def test_it_is_of_the_first_visitor_who_named_the_order() -> None:
    rows = [
        at(1, "view", **SPRING),
        at(2, "checkout", order_id="A"),
        at(3, "checkout", "other", order_id="A", utm_source="late"),
        server(4),
    ]
    assert answer("campaign-revenue", *rows) == [("mail", "email", "spring", "EUR", 1, "10.0000", 1, "10.0000")]


def test_a_purchase_that_knows_a_campaign_gives_it_to_the_server_s_that_knows_none() -> None:
    rows = [server(1), at(2, "purchase", order_id="A", value="12.00", currency="EUR", private=True, **SPRING)]
    assert answer("campaign-revenue", *rows) == [("mail", "email", "spring", "EUR", 1, "10.0000", 1, "10.0000")]


def test_every_visitor_who_named_the_order_bought() -> None:
    steps = ("view", "product", "cart", "checkout")
    rows = [
        *(at(n, event, order_id="A" if event == "checkout" else None, item="x") for n, event in enumerate(steps)),
        *(at(n, event, "two", order_id="A" if event == "cart" else None, item="x") for n, event in enumerate(steps)),
        *(at(n, event, "three", order_id="B" if event == "cart" else None, item="x") for n, event in enumerate(steps)),
    ]
    assert [line[2] for line in answer("funnel", *rows)] == [3, 3, 3, 3, 0]
    assert [line[2] for line in answer("funnel", *rows, server(9))] == [3, 3, 3, 3, 2]
    assert [line[2] for line in answer("funnel", *rows, server(2))] == [3, 3, 3, 3, 0]
    assert answer("abandoned-carts", *rows, server(9))[0][2:4] == (3, 1)
    assert answer("abandoned-carts", *rows, server(9, "refund"))[0][2:4] == (3, 3)


def test_many_orders_by_a_server_are_no_storm_and_one_is() -> None:
    def reasons(rows: list[Row]) -> list[Any]:
        return [line[2] for line in answer("abnormal-events", *rows)]

    def sales(order_ids: list[str]) -> list[Row]:
        return [
            row(str(n), event="purchase", traffic="server", user_agent=None, order_id=order_id)
            for n, order_id in enumerate(order_ids)
        ]

    assert reasons(sales([str(number) for number in range(40)])) == []
    assert reasons(sales(["A"] * 40)) == ["replay_storm"]
