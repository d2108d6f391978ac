# SPDX-License-Identifier: Apache-2.0
"""The traffic generator."""

import re
from collections import Counter
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from statistics import median
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

import pytest

from edgepixel.answers.subject.conditions import DOCTOR_EVENT
from edgepixel.answers.view.traffic import classes, reasons
from edgepixel.traffic.generator import generate
from edgepixel.traffic.hit import Hit, Truth
from edgepixel.traffic.simulation.query_and_headers import (
    ClientHints,
    encode_component,
    encode_form,
    query_string,
    sent_by,
)
from edgepixel.traffic.simulation.robots import ai_crawlers, bots, mail_proxies
from edgepixel.traffic.simulation.unusual.unusual_hits import ODD_ITEM

NOW_MS = 1_795_426_200_123
HOUR_MS = 3_600_000
RESERVED = [
    ip_network(text) for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "198.18.0.0/15", "2001:db8::/32")
]


@pytest.fixture(scope="module")
def hits() -> list[Hit]:
    return list(generate(7, 6000, NOW_MS))


def test_the_same_seed_gives_the_same_hits(hits: list[Hit]) -> None:
    assert list(generate(7, 6000, NOW_MS)) == hits


def test_another_seed_gives_other_hits(hits: list[Hit]) -> None:
    assert list(generate(8, 6000, NOW_MS)) != hits


@pytest.mark.parametrize("number", [0, 1, 2, 13, 500])
def test_as_many_hits_as_asked_for(number: int) -> None:
    assert len(list(generate(1, number, NOW_MS))) == number


@pytest.mark.parametrize("hours", [0.25, 1, 48, 200])
def test_hits_are_in_order_and_within_the_hours_before_now(hours: float) -> None:
    for seed in range(50):
        times = [hit.truth.time_ms for hit in generate(seed, 400, NOW_MS, hours)]
        assert times == sorted(times)
        assert times[0] >= NOW_MS - hours * HOUR_MS
        assert times[-1] < NOW_MS, f"seed {seed}"


def test_every_kind_of_traffic_and_step_of_a_purchase_is_there(hits: list[Hit]) -> None:
    traffic = Counter(hit.truth.traffic for hit in hits)
    assert set(traffic) == set(classes())  # what nobody simulates, no answer is held to
    assert traffic["human"] > len(hits) / 2
    events = Counter(hit.truth.event for hit in hits if hit.truth.traffic == "human")
    assert events["product"] > events["cart"] > events["checkout"] > events["purchase"] > 0
    assert events["open"] > 0


def test_every_hit_is_of_the_class_to_which_its_reason_leads(hits: list[Hit]) -> None:
    simulated = {(hit.truth.traffic_reason, hit.truth.traffic) for hit in hits}
    assert simulated <= {(reason.name, reason.traffic) for reason in reasons()}
    assert len(simulated) > 10


def _sales(hits: list[Hit], event: str, traffic: str = "human") -> list[Truth]:
    truths = [hit.truth for hit in hits if hit.truth.event == event and hit.truth.traffic == traffic]
    return [truth for truth in truths if truth.item != ODD_ITEM]


def test_purchases_carry_an_order_that_a_reload_sends_again(hits: list[Hit]) -> None:
    purchases = _sales(hits, "purchase")
    assert all(truth.order_id and float(truth.value or 0) > 0 for truth in purchases)
    copies = Counter(truth.order_id for truth in purchases)
    assert 0.05 < sum(number > 1 for number in copies.values()) / len(copies) < 0.35
    amounts = {order: {(one.value, one.currency) for one in purchases if one.order_id == order} for order in copies}
    assert {len(sent) for sent in amounts.values()} == {1, 2}, "of few orders the amount is changed"
    assert 0 < sum(len(sent) > 1 for sent in amounts.values()) / len(amounts) < 0.1
    for order in copies:
        sent = [truth for truth in purchases if truth.order_id == order]
        assert len({(truth.item, truth.address) for truth in sent}) == 1
    assert {truth.currency for truth in purchases} >= {"EUR", "USD", "GBP", "JPY", "KWD"}


def test_refunds_come_after_their_order_and_are_negative(hits: list[Hit]) -> None:
    bought: dict[str | None, Hit] = {}
    for hit in hits:
        if hit.truth.event == "purchase":
            bought.setdefault(hit.truth.order_id, hit)
    refunds = [*_sales(hits, "refund"), *_sales(hits, "refund", "server")]
    assert len({truth.order_id for truth in refunds}) >= 3
    for truth in refunds:
        order = bought[truth.order_id].truth
        assert order.time_ms <= truth.time_ms
        assert 0 < -float(truth.value or 0) <= float(order.value or 0)
        assert truth.currency == order.currency


def test_a_server_tells_of_orders_that_a_browser_named_or_bought_too_or_did_not() -> None:
    hits = list(generate(7, 20_000, NOW_MS))
    sales = _sales(hits, "purchase", "server")
    assert all("by=server" in hit.query for hit in hits if hit.truth.traffic == "server")
    told = {truth.order_id for truth in sales if truth.order_id}
    bought = {truth.order_id for truth in _sales(hits, "purchase")}
    named = {hit.truth.order_id for hit in hits if hit.truth.event == "checkout" and hit.truth.order_id}
    assert told & bought
    assert (told & named) - bought
    assert told - named - bought
    earliest = {order: min(one.time_ms for one in sales if one.order_id == order) for order in told}
    own = {one.order_id: one.time_ms for one in reversed(_sales(hits, "purchase"))}
    assert {earliest[order] < own[order] for order in told & bought} == {True, False}
    assert len([truth for truth in sales if truth.order_id]) > len(told), "some are sent again"
    assert any(truth.order_id is None for truth in sales)
    assert {truth.utm_source for truth in sales} >= {None, "newsletter", "google"}
    assert {truth.user_agent for truth in sales} >= {None, "curl/8.14.1", "shop.ai/2.1"}
    refunded = {truth.order_id for truth in _sales(hits, "refund", "server")}
    assert refunded
    assert refunded <= told
    assert _sales(hits, "view", "server"), "a program that wants to be a reader"
    assert _sales(hits, "purchase", "bot"), "and one that sells without the mark"


def test_sites_items_and_campaigns_of_every_kind_are_there(hits: list[Hit]) -> None:
    truths = [hit.truth for hit in hits]
    misspelt = {truth.site for truth in truths} - {"blog", "shop", "newsletter", "exchange", None}
    assert misspelt
    assert misspelt <= {"Blog", "Shop", "SHOP"}
    assert {truth.site for truth in truths} > {"blog", "shop", "newsletter", "exchange", None}
    assert {truth.item for truth in truths if truth.site == "exchange"} >= {"banner-728x90", "video-15s"}
    assert len({truth.utm_campaign for truth in truths if truth.utm_campaign}) >= 4
    seen_by = {truth.traffic for truth in truths if truth.event == "impression"}
    assert seen_by == {"human"} | {bot.traffic for bot in bots()}


def test_sections_are_the_first_folder_of_the_page(hits: list[Hit]) -> None:
    for truth in (hit.truth for hit in hits if hit.truth.page):
        parts = urlsplit(truth.page or "")
        fragment, _, _ = parts.fragment.partition("?")
        route = f"#{fragment}" if fragment.startswith(("/", "!/")) else ""
        assert truth.page_path == (parts.path or "/") + route
        folders = (route or parts.path or "/").split("/")
        assert (truth.page_host, truth.section) == ((parts.hostname or "").rstrip("."), unquote(folders[1]))


def test_someone_replays_a_hit_within_a_minute_and_someone_private_too(hits: list[Hit]) -> None:
    same = Counter((hit.truth.time_ms // 60_000, hit.truth.page, hit.truth.address, hit.truth.private) for hit in hits)
    storms = [(key, number) for key, number in same.items() if number > 30]
    assert sorted(key[3] for key, _ in storms) == [False, True]


def test_devices_of_every_kind_are_there(hits: list[Hit]) -> None:
    people = [hit.truth for hit in hits if hit.truth.traffic == "human"]
    assert {truth.device for truth in people} == {"desktop", "mobile", "tablet", "console", "other"}
    assert {truth.os for truth in people} >= {"Windows", "macOS", "iOS", "Android", "Linux", "ChromeOS"}
    assert {truth.browser for truth in people} >= {"Chrome", "Safari", "Firefox", "Edge", "Opera", "Samsung Internet"}
    assert len({truth.user_agent for truth in people}) >= 25


def test_addresses_belong_to_nobody(hits: list[Hit]) -> None:
    addresses = [ip_address(hit.truth.address or "") for hit in hits]
    assert all(
        any(address in network for network in RESERVED if network.version == address.version) for address in addresses
    )
    assert {address.version for address in addresses} == {4, 6}


def test_one_hour_has_far_too_many_and_afternoons_have_more_than_nights(hits: list[Hit]) -> None:
    counts = Counter(hit.truth.time_ms // HOUR_MS for hit in hits)
    usual = median(counts.values())
    assert [number > 5 * usual for number in counts.values()].count(True) == 1
    afternoon = sum(number for hour, number in counts.items() if hour % 24 in (13, 14, 15))
    night = sum(number for hour, number in counts.items() if hour % 24 in (2, 3, 4))
    assert afternoon > 1.3 * night


def test_a_thirtieth_of_the_hours_is_silent_in_one_stretch(hits: list[Hit]) -> None:
    hours = sorted({hit.truth.time_ms // HOUR_MS for hit in hits})
    missing = sorted(set(range(hours[0], hours[-1])) - set(hours))
    assert missing == list(range(missing[0], missing[0] + 5))


def test_a_weekend_has_less_than_working_days() -> None:
    weekdays = Counter(
        datetime.fromtimestamp(hit.truth.time_ms / 1000, UTC).weekday() for hit in generate(3, 9000, NOW_MS, 28 * 24)
    )
    assert 0.5 < (weekdays[5] + weekdays[6]) / 2 / (weekdays[0] + weekdays[3]) * 2 < 0.75


def test_private_visitors_send_the_signal_and_nobody_else_does(hits: list[Hit]) -> None:
    assert any(hit.truth.private for hit in hits)
    for hit in hits:
        assert (("Sec-GPC", "1") in hit.headers) == hit.truth.private


def test_browsers_made_of_chromium_send_client_hints_over_https_and_others_do_not(hits: list[Hit]) -> None:
    made_of_chromium = 0
    for hit in hits:
        headers = dict(hit.headers)
        sent = {name for name in headers if name.startswith("Sec-CH-")} - {"Sec-CH-UA-Model"}
        agent = re.search("Chrome/([0-9]+)", hit.truth.user_agent or "")
        if agent is None or hit.hints is None or hit.protocol == "http":
            assert not sent, "Safari, Firefox, programs, and browsers by http"
            continue
        made_of_chromium += 1
        assert sent == {"Sec-CH-UA", "Sec-CH-UA-Mobile", "Sec-CH-UA-Platform"}
        assert f'"Chromium";v="{agent[1]}"' in headers["Sec-CH-UA"]
        assert (headers["Sec-CH-UA-Mobile"] == "?1") == ("Mobile Safari" in (hit.truth.user_agent or ""))
    assert made_of_chromium > len(hits) / 4


def test_the_model_comes_from_the_pages_that_delegate_it(hits: list[Hit]) -> None:
    models = Counter(hit.truth.site for hit in hits if "Sec-CH-UA-Model" in dict(hit.headers))
    assert set(models) <= {"shop", None}, "a bare image tells no site"
    assert models["shop"] > 50


def test_the_made_up_brand_and_the_order_are_those_of_chromium() -> None:
    """As these versions of Chrome send it."""
    known = {
        112: '"Chromium";v="112", "Google Chrome";v="112", "Not:A-Brand";v="99"',
        125: '"Google Chrome";v="125", "Chromium";v="125", "Not.A/Brand";v="24"',
        141: '"Google Chrome";v="141", "Not?A_Brand";v="8", "Chromium";v="141"',
        142: '"Chromium";v="142", "Google Chrome";v="142", "Not_A Brand";v="99"',
    }
    assert {version: dict(ClientHints("Windows", version).headers(False))["Sec-CH-UA"] for version in known} == known


def test_only_what_the_edge_function_describes_has_a_language(hits: list[Hit]) -> None:
    assert {hit.truth.language for hit in hits} == {None}
    for hit in hits:
        told = hit.described_truth(honors_privacy_control=True)
        assert (told.language is None) == (hit.hints is None or hit.truth.private)
        assert told.language is None or told.language in dict(hit.headers)["Accept-Language"].replace("-Hant", "")
    private = next(hit for hit in hits if hit.truth.private)
    assert private.described_truth(honors_privacy_control=False).language
    changed = {(hit.truth.browser, hit.described_truth(True).browser) for hit in hits}
    assert {pair for pair in changed if pair[0] != pair[1]} == {("Chrome", "Brave"), ("Chrome", "Vivaldi")}


def test_only_prefetches_say_that_they_are(hits: list[Hit]) -> None:
    for hit in hits:
        purposes = [value for name, value in hit.headers if name in ("Sec-Purpose", "Purpose", "X-Moz")]
        assert bool(purposes) == (hit.truth.traffic == "prefetch")


def test_what_is_sent_says_what_is_true(hits: list[Hit]) -> None:
    """The query, decoded by another implementation than made it, holds the truth."""
    names = {
        "e": "event", "u": "page", "r": "referrer", "t": "title", "s": "site", "i": "item", "o": "order_id",
        "v": "value", "c": "currency", "utm_source": "utm_source", "utm_medium": "utm_medium",
        "utm_campaign": "utm_campaign",
    }  # fmt: skip
    for hit in hits:
        if hit.truth.malformed or hit.truth.untidy or not hit.truth.logged:
            continue
        told = parse_qs(hit.query, strict_parsing=False)
        for name, field in names.items():
            if name in told:
                (sent,), true = told[name], getattr(hit.truth, field)
                if hit.truth.item == ODD_ITEM and name in ("v", "c"):
                    assert hit.truth.malformed_value or sent.strip().upper() == true
                else:
                    assert sent == true, hit.query
        headers = dict(hit.headers)
        assert (headers.get("User-Agent") or None) == hit.truth.user_agent
        if "u" not in told:
            assert hit.truth.page == headers.get("Referer")
        if "e" not in told:
            assert hit.truth.event == "view"


def test_requests_are_plain_ascii_without_spaces(hits: list[Hit]) -> None:
    for hit in hits:
        assert hit.query.isascii()
        assert " " not in hit.query
        assert all(value.isascii() and "\n" not in value for _, value in hit.headers)


def test_what_comes_by_http_comes_again_by_https(hits: list[Hit]) -> None:
    redirected = [hit for hit in hits if hit.protocol == "http"]
    assert len(redirected) > 50
    followed = {(hit.query, sent_by("http", hit.headers), hit.truth.address) for hit in hits if hit.protocol == "https"}
    alone = [hit for hit in redirected if (hit.query, hit.headers, hit.truth.address) not in followed]
    assert len(alone) <= 1, "the last one's may be a hit too many"


def test_hits_of_the_doctor_are_there(hits: list[Hit]) -> None:
    marked = [hit for hit in hits if hit.truth.event == DOCTOR_EVENT]
    assert len(marked) > 5
    assert all("e=edgepixel-doctor&" in hit.query and hit.truth.traffic == "human" for hit in marked)
    assert len({hit.truth.item for hit in marked}) == len(marked)


def test_unusual_hits_of_every_kind_are_there(hits: list[Hit]) -> None:
    assert any(not hit.truth.logged and hit.path for hit in hits)
    methods = {hit.truth.method for hit in hits}
    assert methods > {"GET", "HEAD"}
    assert methods <= {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"}
    malformed = [hit for hit in hits if hit.truth.malformed]
    assert len(malformed) > 5
    assert all(re.search("%(?![0-9a-fA-F]{2})", hit.query) for hit in malformed)
    assert any(hit.truth.event == "<script>alert(1)</script>" for hit in hits)
    silent = [hit for hit in hits if hit.truth.user_agent is None and hit.truth.traffic != "server"]
    assert {dict(hit.headers).get("User-Agent") for hit in silent} == {None, ""}
    assert {hit.truth.traffic for hit in silent} == {"bot"}
    hidden = [hit for hit in hits if hit.truth.user_agent == "Amazon CloudFront"]
    assert {(hit.truth.traffic, hit.truth.browser, hit.truth.asn) for hit in hidden} == {("human", "other", 16509)}


def test_robots_are_real_agents_with_their_class() -> None:
    assert {robot.traffic for robot in ai_crawlers()} == {"ai_crawler"}
    assert any("GPTBot" in robot.text for robot in ai_crawlers())
    assert any("GoogleImageProxy" in robot.text for robot in mail_proxies())
    assert any(robot.text == "Mozilla/5.0" for robot in mail_proxies())
    assert len(bots()) >= 30
    assert all(robot.text.strip() for robot in bots())


@pytest.mark.parametrize("encode", [encode_component, encode_form])
def test_a_query_comes_back_as_it_went_in(encode: object) -> None:
    told = {"u": "https://x.example/ü?a=1&r=2#c", "t": "50% \"off\" + 'more' ~ 京都 🌸", "v": "1.50", "o": None}
    raw = query_string(told, encode)  # type: ignore[arg-type]
    assert dict(parse_qsl(raw)) == {name: value for name, value in told.items() if value is not None}
    assert raw.count("&") == 2
    assert "'" not in raw


def test_the_script_tells_nothing_of_visitors_who_ask_for_privacy(hits: list[Hit]) -> None:
    assert any(hit.truth.referrer for hit in hits), "only the script tells referrers"
    assert not [hit for hit in hits if hit.truth.private and hit.truth.referrer and "n" in parse_qs(hit.query)]
