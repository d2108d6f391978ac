# SPDX-License-Identifier: Apache-2.0
"""The traffic generator."""

import re
from collections import Counter
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from statistics import median
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

import pytest

from edgepixel.traffic.generator import generate
from edgepixel.traffic.hit import View
from edgepixel.traffic.simulation.request_encoding import component, form, query
from edgepixel.traffic.simulation.robots import ai_crawlers, bots, mail_proxies

NOW_MS = 1_795_426_200_123
HOUR_MS = 3_600_000
RESERVED = [
    ip_network(text) for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "198.18.0.0/15", "2001:db8::/32")
]


@pytest.fixture(scope="module")
def views() -> list[View]:
    return list(generate(7, 6000, NOW_MS))


def test_the_same_seed_gives_the_same_views(views: list[View]) -> None:
    assert list(generate(7, 6000, NOW_MS)) == views


def test_another_seed_gives_other_views(views: list[View]) -> None:
    assert list(generate(8, 6000, NOW_MS)) != views


@pytest.mark.parametrize("number", [0, 1, 2, 13, 500])
def test_as_many_views_as_asked_for(number: int) -> None:
    assert len(list(generate(1, number, NOW_MS))) == number


@pytest.mark.parametrize("hours", [0.25, 1, 48, 200])
def test_views_are_in_order_and_within_the_hours_before_now(hours: float) -> None:
    times = [view.truth.time_ms for view in generate(3, 400, NOW_MS, hours)]
    assert times == sorted(times)
    assert times[0] >= NOW_MS - hours * HOUR_MS
    assert times[-1] < NOW_MS


def test_every_kind_of_traffic_and_step_of_a_purchase_is_there(views: list[View]) -> None:
    traffic = Counter(view.truth.traffic for view in views)
    assert set(traffic) == {"human", "bot", "ai_crawler", "mail_proxy", "prefetch", "datacenter"}
    assert traffic["human"] > len(views) / 2
    events = Counter(view.truth.event for view in views)
    assert events["product"] > events["cart"] > events["checkout"] > events["purchase"] > 0
    assert events["open"] > 0


def test_purchases_carry_an_order_that_a_reload_sends_again(views: list[View]) -> None:
    purchases = [view.truth for view in views if view.truth.event == "purchase"]
    assert all(truth.order_id and float(truth.value or 0) > 0 for truth in purchases)
    copies = Counter(truth.order_id for truth in purchases)
    assert 0.05 < sum(number > 1 for number in copies.values()) / len(copies) < 0.35
    for order in copies:
        sent = [truth for truth in purchases if truth.order_id == order]
        assert len({(truth.value, truth.currency, truth.item, truth.address) for truth in sent}) == 1
    assert {truth.currency for truth in purchases} >= {"EUR", "USD", "GBP"}


def test_refunds_come_after_their_order_and_are_negative(views: list[View]) -> None:
    bought: dict[str | None, View] = {}
    for view in views:
        if view.truth.event == "purchase":
            bought.setdefault(view.truth.order_id, view)
    refunds = [view.truth for view in views if view.truth.event == "refund"]
    assert len({truth.order_id for truth in refunds}) >= 3
    for truth in refunds:
        order = bought[truth.order_id].truth
        assert order.time_ms <= truth.time_ms
        assert 0 < -float(truth.value or 0) <= float(order.value or 0)
        assert truth.currency == order.currency


def test_sites_items_and_campaigns_of_every_kind_are_there(views: list[View]) -> None:
    truths = [view.truth for view in views]
    assert {truth.site for truth in truths} == {"blog", "shop", "newsletter", "exchange", None}
    assert {truth.item for truth in truths if truth.site == "exchange"} >= {"banner-728x90", "video-15s"}
    assert len({truth.utm_campaign for truth in truths if truth.utm_campaign}) >= 4
    assert {truth.traffic for truth in truths if truth.event == "impression"} == {"human", "bot"}


def test_sections_are_the_first_folder_of_the_page(views: list[View]) -> None:
    for truth in (view.truth for view in views if view.truth.page):
        parts = urlsplit(truth.page or "")
        assert (truth.page_host, truth.section) == (parts.hostname, unquote(parts.path.split("/")[1]))
        assert truth.page_path == (parts.path or "/")


def test_someone_replays_a_view_within_a_minute_and_someone_private_too(views: list[View]) -> None:
    same = Counter(
        (view.truth.time_ms // 60_000, view.truth.page, view.truth.address, view.truth.private) for view in views
    )
    storms = [(key, number) for key, number in same.items() if number > 30]
    assert sorted(key[3] for key, _ in storms) == [False, True]


def test_devices_of_every_kind_are_there(views: list[View]) -> None:
    people = [view.truth for view in views if view.truth.traffic == "human"]
    assert {truth.device for truth in people} == {"desktop", "mobile", "tablet", "other"}
    assert {truth.os for truth in people} >= {"Windows", "macOS", "iOS", "Android", "Linux", "ChromeOS"}
    assert {truth.browser for truth in people} >= {"Chrome", "Safari", "Firefox", "Edge", "Opera", "Samsung Internet"}
    assert len({truth.user_agent for truth in people}) >= 25


def test_addresses_belong_to_nobody(views: list[View]) -> None:
    addresses = [ip_address(view.truth.address or "") for view in views]
    assert all(
        any(address in network for network in RESERVED if network.version == address.version) for address in addresses
    )
    assert {address.version for address in addresses} == {4, 6}


def test_one_hour_is_far_out_of_line_and_the_day_has_a_rhythm(views: list[View]) -> None:
    counts = Counter(view.truth.time_ms // HOUR_MS for view in views)
    usual = median(counts.values())
    assert [number > 5 * usual for number in counts.values()].count(True) == 1
    afternoon = sum(number for hour, number in counts.items() if hour % 24 in (13, 14, 15))
    night = sum(number for hour, number in counts.items() if hour % 24 in (2, 3, 4))
    assert afternoon > 1.3 * night


def test_a_thirtieth_of_the_hours_is_silent_in_one_stretch(views: list[View]) -> None:
    hours = sorted({view.truth.time_ms // HOUR_MS for view in views})
    missing = sorted(set(range(hours[0], hours[-1])) - set(hours))
    assert missing == list(range(missing[0], missing[0] + 5))


def test_a_weekend_has_less_than_working_days() -> None:
    weekdays = Counter(
        datetime.fromtimestamp(view.truth.time_ms / 1000, UTC).weekday() for view in generate(3, 9000, NOW_MS, 28 * 24)
    )
    assert 0.5 < (weekdays[5] + weekdays[6]) / 2 / (weekdays[0] + weekdays[3]) * 2 < 0.75


def test_private_visitors_send_the_signal_and_nobody_else_does(views: list[View]) -> None:
    assert any(view.truth.private for view in views)
    for view in views:
        assert (("Sec-GPC", "1") in view.headers) == view.truth.private


def test_only_prefetches_say_that_they_are(views: list[View]) -> None:
    for view in views:
        purposes = [value for name, value in view.headers if name in ("Sec-Purpose", "Purpose", "X-Moz")]
        assert bool(purposes) == (view.truth.traffic == "prefetch")


def test_what_is_sent_says_what_is_true(views: list[View]) -> None:
    """The query, decoded by another implementation than made it, holds the truth."""
    names = {
        "e": "event", "u": "page", "r": "referrer", "t": "title", "s": "site", "i": "item", "o": "order_id",
        "v": "value", "c": "currency", "utm_source": "utm_source", "utm_medium": "utm_medium",
        "utm_campaign": "utm_campaign",
    }  # fmt: skip
    for view in views:
        if view.truth.malformed or not view.truth.logged:
            continue
        told = parse_qs(view.query, strict_parsing=False)
        for name, field in names.items():
            if name in told:
                assert told[name] == [getattr(view.truth, field)]
        headers = dict(view.headers)
        assert (headers.get("User-Agent") or None) == view.truth.user_agent
        if "u" not in told:
            assert view.truth.page == headers.get("Referer")
        if "e" not in told:
            assert view.truth.event == "view"


def test_requests_are_plain_ascii_without_spaces(views: list[View]) -> None:
    for view in views:
        assert view.query.isascii()
        assert " " not in view.query
        assert all(value.isascii() and "\n" not in value for _, value in view.headers)


def test_oddities_of_every_kind_are_there(views: list[View]) -> None:
    assert any(not view.truth.logged and view.path for view in views)
    methods = {view.truth.method for view in views}
    assert methods > {"GET", "HEAD"}
    assert methods <= {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"}
    malformed = [view for view in views if view.truth.malformed]
    assert len(malformed) > 5
    assert all(re.search("%(?![0-9a-fA-F]{2})", view.query) for view in malformed)
    assert any(view.truth.event == "<script>alert(1)</script>" for view in views)
    silent = [view for view in views if view.truth.user_agent is None]
    assert {dict(view.headers).get("User-Agent") for view in silent} == {None, ""}
    assert {view.truth.traffic for view in silent} == {"bot"}
    hidden = [view for view in views if view.truth.user_agent == "Amazon CloudFront"]
    assert {(view.truth.traffic, view.truth.browser, view.truth.asn) for view in hidden} == {("human", "other", 16509)}


def test_robots_are_real_agents_with_their_class() -> None:
    assert {robot.traffic for robot in ai_crawlers()} == {"ai_crawler"}
    assert any("GPTBot" in robot.text for robot in ai_crawlers())
    assert any("GoogleImageProxy" in robot.text for robot in mail_proxies())
    assert any(robot.text == "Mozilla/5.0" for robot in mail_proxies())
    assert len(bots()) >= 30
    assert all(robot.text.strip() for robot in bots())


@pytest.mark.parametrize("encode", [component, form])
def test_a_query_comes_back_as_it_went_in(encode: object) -> None:
    told = {"u": "https://x.example/ü?a=1&r=2#c", "t": "50% \"off\" + 'more' ~ 京都 🌸", "v": "1.50", "o": None}
    raw = query(told, encode)  # type: ignore[arg-type]
    assert dict(parse_qsl(raw)) == {name: value for name, value in told.items() if value is not None}
    assert raw.count("&") == 2
    assert "'" not in raw


def test_the_script_tells_nothing_of_visitors_who_ask_for_privacy(views: list[View]) -> None:
    assert any(view.truth.referrer for view in views), "only the script tells referrers"
    assert not [view for view in views if view.truth.private and view.truth.referrer]
