# SPDX-License-Identifier: Apache-2.0
"""Every reason of `traffic_reason`, what comes before what, and what must not be taken for a machine."""

import pytest

from edgepixel.answers.view.traffic import programs, reasons
from tests.unit.view.event_view import CHROME, Row, events

_WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
_SAFARI = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605"
)
_GPTBOT = "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)"
_GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
_GMAIL_AHEAD = (
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_WEBKIT} Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0"
)
_PREFETCH = "Host:x\nSec-Purpose:prefetch;prerender\n"
_VIA_CLOUDFRONT = "Host:x\nVia:1.1 0a1b.cloudfront.net (CloudFront)\nAccept:*/*\n"

# reason: agents, each a machine's or a person's by itself
AGENTS: dict[str, tuple[str, ...]] = {
    "mail_image_proxy": (
        _GMAIL,
        _GMAIL_AHEAD,
        "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
        "OutlookImageProxy",
        "Example Mail-Proxy/1.0",
        "GoogleImageProxy",
    ),
    "ai_agent": (
        _GPTBOT,
        "ChatGPT-User/1.0",
        "OAI-SearchBot/1.3",
        "ClaudeBot/1.0",
        "Claude-User/1.0",
        "PerplexityBot/1.0",
        "Perplexity-User/1.0",
        "Bytespider",
        "CCBot/2.0 (https://commoncrawl.org/faq/)",
        "meta-externalagent/1.1",
        "Amazonbot/0.1",
        "Applebot-Extended",
        "PetalBot",
        "SomethingNew-User/1.0",
        "Example AI crawler",
        f"{CHROME} (compatible; bot; +https://example.ai)",
    ),
    "no_user_agent": ("", "-"),
    "absurd_user_agent": ("<script>alert(1)</script>", "${jndi:ldap://x}", f"{CHROME} {'x' * 2000}"),
    "declared_bot": (
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "SomeNewCrawler/0.1",
        "Mozilla/5.0 (compatible; Yahoo! Slurp)",
        "Feedfetcher",
        "UptimeThing/2",
        "facebookexternalhit/1.1",
        f"{CHROME} (contact: someone@example.com)",
        f"{CHROME} example.org/policy",
        f"{CHROME} Hardenize",
        "Mozilla/5.0 (compatible; Something)",
        "Google-Read-Aloud",
        "Example Image-Proxy/1.0",
    ),
    "automated_browser": (
        f"Mozilla/5.0 (X11; Linux x86_64) {_WEBKIT} HeadlessChrome/140.0.0.0 Safari/537.36",
        f"{CHROME} Playwright/1.5",
        f"{_SAFARI} PhantomJS/2.1",
    ),
    "http_library": (
        "curl/8.5.0",
        "Wget/1.21",
        "python-requests/2.32",
        "Go-http-client/2.0",
        "okhttp/4.12.0",
        "Java/21",
        "axios/1.7",
    ),
    "impossible_version": (CHROME.replace("130.0.0.0", "130.0.6723.1204"), CHROME.replace("130.0.0.0", "999.0.0.0")),
    "app": (
        "Dalvik/2.1.0 (Linux; U; Android 13)",
        "App/1 CFNetwork/1494 Darwin/23.4.0",
        "Outlook-iOS/709.2226530.prod.iphone (3.24.1)",
    ),
    "not_a_browser": (" ", "Mozilla/5.0", "Mozilla", "x", "undefined", "null", "(", "购物", "Thing/1.0", "' OR 1=1 --"),
    "browser_behind_cloudfront": ("Amazon CloudFront",),
    "browser": (
        CHROME,
        _SAFARI,
        "Mozilla/5.0 (Apple Watch; CPU Watch OS 11_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)",
        f"Mozilla/5.0 (Linux; Android 9; CUBOT_X19) {_WEBKIT} Chrome/120.0.0.0 Mobile Safari/537.36",
        f"{CHROME} Edg/142.0.0.0",
        f"{CHROME} OPR/125.0.0.0 (Edition utorrent)",
        f"{CHROME} Vivaldi/7.0",
        f"Mozilla/5.0 (Linux; Android 14; SM-S911B; wv) {_WEBKIT} Version/4.0 Chrome/130.0.0.0 Mobile Safari/537.36 "
        "[FB_IAB/FB4A;FBAV/480.0.0.0;]",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 "
        "Instagram 330.0.0.0 (iPhone15,2; iOS 17_5; de_DE; de; scale=3.00; 1179x2556; 600000000)",
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Thunderbird/140.5.0",
        "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17328; Pro)",
        "Mozilla/4.0 (compatible; ms-office; MSOffice 16)",
        "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko",
        "Mozilla/4.0 (compatible; MSIE 8.0; Trident/4.0; TheFreeDictionary.com)",
        "Opera/9.80 (Windows NT 6.1) Presto/2.12.388 Version/12.18",
        f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_WEBKIT} Slack/4 Chrome/126.0.0.0 Electron/31.0.1 Safari/537.36",
    ),
}
TRAFFIC = {reason.name: reason.traffic for reason in reasons()}
# What depends on more than the agent: fields of the line, reason.
LINES: dict[str, tuple[dict[str, str], str]] = {
    "Apple's relay": ({"cs_user_agent": "Mozilla/5.0", "asn": "714"}, "mail_privacy_relay"),
    "Apple's relay at Cloudflare": ({"cs_user_agent": "Mozilla/5.0", "asn": "13335"}, "mail_privacy_relay"),
    "that agent from elsewhere": ({"cs_user_agent": "Mozilla/5.0", "asn": "3320"}, "not_a_browser"),
    "that agent from nowhere": ({"cs_user_agent": "Mozilla/5.0", "asn": "-"}, "not_a_browser"),
    "Safari through the same relay": ({"cs_user_agent": _SAFARI, "asn": "36183"}, "browser"),
    "prefetch": ({"cs_headers": _PREFETCH}, "prefetch_header"),
    "prefetch, first header": ({"cs_headers": "sec-purpose:prefetch"}, "prefetch_header"),
    "prefetch with a space": ({"cs_headers": "Host:x\nSec-Purpose: prefetch\n"}, "prefetch_header"),
    "old Chrome": ({"cs_headers": "Host:x\nPurpose:prefetch\n"}, "prefetch_header"),
    "old Firefox": ({"cs_headers": "Host:x\nX-Moz:prefetch\n"}, "prefetch_header"),
    "old Safari": ({"cs_headers": "Host:x\nX-Purpose:preview\n"}, "prefetch_header"),
    "another purpose": ({"cs_headers": "Host:x\nPurpose:research\n"}, "browser"),
    "another header": ({"cs_headers": "Host:x\nX-My-Purpose:prefetch\n"}, "browser"),
    "the word in a value": ({"cs_headers": "Accept:purpose:prefetch\nX:sec-purpose:prefetch\n"}, "browser"),
    "a forged header": ({"cs_headers": "X-A:b%0ASec-Purpose:prefetch\n"}, "browser"),
    "a datacenter": ({"asn": "24940"}, "datacenter_network"),
    "a datacenter, prefetching": ({"asn": "24940", "cs_headers": _PREFETCH}, "prefetch_header"),
    "a bot in a datacenter, prefetching": (
        {"asn": "24940", "cs_headers": _PREFETCH, "cs_user_agent": "Googlebot"},
        "declared_bot",
    ),
    "an AI crawler that calls itself a bot": ({"cs_user_agent": _GPTBOT, "asn": "8075"}, "ai_agent"),
    "a mail proxy of Google's network": ({"cs_user_agent": _GMAIL, "asn": "15169"}, "mail_image_proxy"),
    "behind another distribution": (
        {"cs_user_agent": "Amazon CloudFront", "asn": "16509"},
        "browser_behind_cloudfront",
    ),
    "behind a distribution that keeps the agent": ({"asn": "16509", "cs_headers": _VIA_CLOUDFRONT}, "browser"),
    "a bot behind a distribution": ({"cs_user_agent": "curl/8", "cs_headers": _VIA_CLOUDFRONT}, "http_library"),
    "a server": ({"cs_uri_query": "by=server&e=purchase", "cs_user_agent": "curl/8"}, "sent_by_server"),
    "a server without an agent": ({"cs_uri_query": "e=refund&by=server", "cs_user_agent": "-"}, "sent_by_server"),
    "a server in a datacenter": ({"cs_uri_query": "e=purchase&by=server&n=1", "asn": "24940"}, "sent_by_server"),
    "a server with an AI's name": ({"cs_uri_query": "by=server", "cs_user_agent": "shop.ai/2"}, "sent_by_server"),
    "a bot that says to be a server": ({"cs_uri_query": "by=server", "cs_user_agent": "Googlebot"}, "sent_by_server"),
    "a browser that says to be a server": ({"cs_uri_query": "by=server"}, "sent_by_server"),
    "a server with white space": ({"cs_uri_query": "by=+server%20&e=purchase"}, "sent_by_server"),
    "a server in HTML": ({"cs_uri_query": "e=purchase&amp;by=server"}, "sent_by_server"),
    "another letter": ({"cs_uri_query": "by=Server", "cs_user_agent": "curl/8"}, "http_library"),
    "more than that": ({"cs_uri_query": "by=servers", "cs_user_agent": "curl/8"}, "http_library"),
    "the end of another name": ({"cs_uri_query": "standby=server", "cs_user_agent": "curl/8"}, "http_library"),
    "the mark in a value": ({"cs_uri_query": "t=x%26by=server", "cs_user_agent": "curl/8"}, "http_library"),
    "the mark of a page's own": (
        {"cs_uri_query": "u=https://a.example/?by=server", "asn": "24940"},
        "datacenter_network",
    ),
    "the mark in second place": ({"cs_uri_query": "by=page&by=server", "cs_user_agent": "curl/8"}, "http_library"),
    "another proxy": ({"asn": "16509", "cs_headers": "Via:1.1 squid\nX:(CloudFront)\n"}, "datacenter_network"),
}


@pytest.fixture(scope="module")
def found() -> dict[str, Row]:
    lines = {f"agent {agent}": {"cs_user_agent": agent} for agents in AGENTS.values() for agent in agents}
    return events(lines | {f"line {name}": fields for name, (fields, _) in LINES.items()})


@pytest.mark.parametrize("reason", AGENTS)
def test_agents(reason: str, found: dict[str, Row]) -> None:
    given = {agent: found[f"agent {agent}"]["traffic_reason"] for agent in AGENTS[reason]}
    assert given == dict.fromkeys(AGENTS[reason], reason)


@pytest.mark.parametrize("name", LINES)
def test_lines(name: str, found: dict[str, Row]) -> None:
    assert found[f"line {name}"]["traffic_reason"] == LINES[name][1]


def test_each_reason_has_one_class_and_a_case_here(found: dict[str, Row]) -> None:
    assert {str(row["traffic_reason"]): row["traffic"] for row in found.values()} == TRAFFIC


def test_only_what_has_a_browser_has_the_labels_of_one(found: dict[str, Row]) -> None:
    machines = [row for row in found.values() if row["traffic"] in programs()]
    assert {(row["browser"], row["os"], row["device"]) for row in machines} == {("other", "other", "other")}
    hosted = found["line a datacenter"]
    assert (hosted["browser"], hosted["os"], hosted["device"]) == ("Chrome", "Windows", "desktop")
