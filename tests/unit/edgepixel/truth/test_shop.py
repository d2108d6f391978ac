# SPDX-License-Identifier: Apache-2.0
"""The truth about funnels, carts, campaigns, topics, audiences, beacons and the quality of traffic."""

from typing import Any

from edgepixel.traffic.ledger import Row
from tests.unit.edgepixel.truth.ledgers import answer, row

SPRING = {"utm_source": "mail", "utm_medium": "email", "utm_campaign": "spring"}
AUTUMN = {"utm_source": "google", "utm_medium": "cpc", "utm_campaign": "autumn"}
NO_CAMPAIGN = ("(none)", "(none)", "(none)")


def visit(name: str, *events: str, minute: int = 0, **changes: Any) -> list[Row]:
    """A visitor with an agent of this name, one event a minute; `event:item` names the item as well."""
    rows = []
    for number, event in enumerate(events, start=minute):
        time = f"2026-11-23T09:{number:02}:00.000"
        told = {"event": event.partition(":")[0], "item": event.partition(":")[2] or None}
        rows.append(row(f"{name}-{number:02}", time, user_agent=name, **{**told, **changes}))
    return rows


def order(name: str, time: str, order_id: str | None = "1", value: str = "10.00", **changes: Any) -> Row:
    values = {"event": "purchase", "currency": "EUR", "user_agent": "buyer", **changes}
    return row(name, f"2026-11-23T{time}:00.000", order_id=order_id, value=value, **values)


def test_a_funnel_counts_visitors_who_took_each_step_after_the_ones_before() -> None:
    rows = [
        *visit("a", "view", "product", "cart", "checkout", "purchase"),
        *visit("b", "product", "view", "product", "cart"),
        *visit("c", "product", "cart", "checkout", "purchase", "view"),
        *visit("d", "view", "view", "checkout"),
        *visit("bot", "view", traffic="bot"),
        *visit("hidden", "view", "product", private=True),
    ]
    assert answer("funnel", *rows) == [
        (1, "view", 4, None, None, 100.0),
        (2, "product", 2, 2, 50.0, 50.0),
        (3, "cart", 2, 0, 0.0, 50.0),
        (4, "checkout", 1, 1, 50.0, 25.0),
        (5, "purchase", 1, 0, 0.0, 25.0),
    ]


def test_steps_in_the_same_millisecond_are_in_order() -> None:
    rows = [row(event, event=event) for event in ("purchase", "checkout", "cart", "product", "view")]
    assert [line[2] for line in answer("funnel", *rows)] == [1] * 5


def test_percentages_have_one_decimal_half_up() -> None:
    rows = [line for name in "abcdefgh" for line in visit(name, "view")]
    found = answer("funnel", *rows, *visit("a", "product", minute=1))
    assert found[1] == (2, "product", 1, 7, 87.5, 12.5)
    found = answer("funnel", *rows[:3], *visit("a", "product", minute=1))
    assert found[1] == (2, "product", 1, 2, 66.7, 33.3)


def test_a_cart_is_abandoned_unless_a_purchase_follows_its_last_change() -> None:
    money = {"currency": "EUR", "value": "20.00"}
    rows = [
        *visit("bought", "cart:lamp", "purchase", **money),
        *visit("left", "cart:lamp", "cart:lamp", "cart:bulb", **money),
        *visit("again", "cart:lamp", "purchase", "cart:lamp", currency="EUR", value="5.00"),
        *visit("hidden", "cart:lamp", private=True, **money),
        *visit("bot", "cart:lamp", traffic="bot", **money),
        *visit("nothing", "cart"),
    ]
    assert answer("abandoned-carts", *rows) == [
        ("lamp", "EUR", 3, 2, 66.7, "25.0000"),
        ("(none)", "(none)", 1, 1, 100.0, "0.0000"),
        ("bulb", "EUR", 1, 1, 100.0, "20.0000"),
    ]


def test_a_cart_is_open_for_an_hour() -> None:
    rows = visit("left", "cart:lamp")
    assert answer("abandoned-carts", *rows, now="2026-11-23T10:00:00.000") == []
    assert len(answer("abandoned-carts", *rows, now="2026-11-23T10:00:00.001")) == 1


def test_an_order_counts_once_for_the_first_and_for_the_last_campaign_before_it() -> None:
    rows = [
        row("1", "2026-11-23T08:00:00.000", user_agent="buyer", **SPRING),
        row("2", "2026-11-23T08:10:00.000", user_agent="buyer"),
        row("3", "2026-11-23T08:20:00.000", user_agent="buyer", **AUTUMN),
        order("4", "08:30"),
        order("5", "08:31"),
        row("6", "2026-11-23T08:40:00.000", user_agent="buyer", utm_source="too late"),
    ]
    assert answer("campaign-revenue", *rows) == [
        ("google", "cpc", "autumn", "EUR", 0, "0.0000", 1, "10.0000"),
        ("mail", "email", "spring", "EUR", 1, "10.0000", 0, "0.0000"),
    ]


def test_orders_of_other_sites_and_orders_without_an_id_are_their_own() -> None:
    rows = [
        order("1", "08:30", site="a"),
        order("2", "08:31", site="b"),
        order("3", "08:32", None),
        order("4", "08:33", None),
    ]
    assert answer("campaign-revenue", *rows) == [(*NO_CAMPAIGN, "EUR", 4, "40.0000", 4, "40.0000")]


def test_refunds_go_to_the_campaign_of_their_order_once_each() -> None:
    rows = [
        row("1", "2026-11-23T08:00:00.000", user_agent="buyer", **SPRING),
        order("2", "08:30", value="10.00"),
        order("3", "08:40", event="refund", value="-4.00", user_agent="office"),
        order("4", "08:41", event="refund", value="-4.00", user_agent="office"),
        order("5", "08:42", event="refund", value="1.00", user_agent="office"),
        order("6", "08:43", value="-0.50"),
    ]
    assert answer("campaign-revenue", *rows) == [("mail", "email", "spring", "EUR", 1, "4.5000", 1, "4.5000")]


def test_revenue_is_by_currency_and_rounded_as_the_view_rounds() -> None:
    rows = [
        order("1", "08:30", "a", "10.00005"),
        order("2", "08:31", "b", "7", currency="JPY"),
        order("3", "08:32", "c", "2", currency=None),
        row("4", event="purchase", order_id="d", currency="EUR"),
    ]
    assert [line[3:] for line in answer("campaign-revenue", *rows)] == [
        ("(none)", 1, "2.0000", 1, "2.0000"),
        ("EUR", 2, "10.0001", 2, "10.0001"),
        ("JPY", 1, "7.0000", 1, "7.0000"),
    ]


def test_an_order_by_someone_unknown_has_revenue_and_its_own_campaign_only() -> None:
    rows = [
        row("1", "2026-11-23T08:00:00.000", private=True, user_agent="buyer", **SPRING),
        order("2", "08:30", private=True),
        order("3", "08:31", "2", private=True, **AUTUMN),
    ]
    assert answer("campaign-revenue", *rows) == [
        (*NO_CAMPAIGN, "EUR", 1, "10.0000", 1, "10.0000"),
        ("google", "cpc", "autumn", "EUR", 1, "10.0000", 1, "10.0000"),
    ]


def test_topics_are_views_of_sections_by_country_and_device() -> None:
    rows = [
        row("1", section="privacy"),
        row("2", section="privacy", private=True),
        row("3", section="", country=None),
        row("4", section=None, device="mobile"),
        row("5", section="privacy", event="purchase"),
        row("6", section="privacy", traffic="bot"),
    ]
    assert answer("topics", *rows) == [
        ("privacy", "DE", "desktop", 2, 1),
        ("(front page)", "(unknown)", "desktop", 1, 1),
        ("(unknown)", "DE", "mobile", 1, 1),
    ]


def test_an_audience_is_lists_by_visitors_of_at_most_fifty() -> None:
    rows = [
        row("1", language="de-AT", **SPRING),
        row("2", user_agent="b", browser="Safari", country=None),
        row("3", user_agent="b", browser="Safari"),
    ]
    found = answer("audience", *rows)
    assert [line[0] for line in found] == sorted(line[0] for line in found)
    assert [line[1:] for line in found if line[0] == "browser"] == [("Safari", 1, 50.0, 2), ("Chrome", 1, 50.0, 1)]
    assert [line[1:] for line in found if line[0] == "country"] == [("DE", 2, 100.0, 2), ("(unknown)", 1, 50.0, 1)]
    assert [line[1:] for line in found if line[0] == "language"] == [("(unknown)", 1, 50.0, 2), ("de-AT", 1, 50.0, 1)]
    assert [line[1:] for line in found if line[0] == "source"] == [("(none)", 1, 50.0, 2), ("mail", 1, 50.0, 1)]
    many = [row(f"{n:02}", utm_campaign=f"campaign {n:02}") for n in range(60)]
    assert sum(line[0] == "campaign" for line in answer("audience", *many)) == 50


def test_billable_beacons_are_images_that_people_got() -> None:
    banner = {"event": "impression", "site": "exchange", "item": "banner"}
    rows = [
        row("1", **banner),
        row("2", **banner, private=True),
        row("3", **banner, traffic="bot"),
        row("4", **banner, method="HEAD"),
        row("5", **banner, method="POST", status=403),
        row("6", **{**banner, "event": "click"}),
        row("7"),
    ]
    assert answer("billable-beacons", *rows) == [
        ("exchange", "banner", "impression", 2, 1),
        ("(none)", "(none)", "view", 1, 1),
        ("exchange", "banner", "click", 1, 1),
    ]


def test_traffic_quality_names_the_reason_and_the_main_network_of_each_class() -> None:
    bot = {"traffic": "bot", "traffic_reason": "declared_bot", "user_agent": "bot"}
    rows = [
        row("1"),
        row("2", asn=20),
        row("3", asn=10),
        row("4", asn=10),
        row("5", asn=20),
        row("6", **bot, asn=None),
    ]
    assert answer("traffic-quality", *rows) == [
        ("human", "browser", 5, 83.3, 1, 10, 40.0),
        ("bot", "declared_bot", 1, 16.7, 1, None, 100.0),
    ]
