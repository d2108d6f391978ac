# SPDX-License-Identifier: Apache-2.0
"""Real user agents of programs, from the package crawler-user-agents, with the kind of traffic that each of them is."""

from dataclasses import dataclass, replace
from functools import cache

from crawleruseragents import CRAWLER_USER_AGENTS_DATA

from edgepixel.answers.view.traffic import class_of
from edgepixel.errors import MissingToolError


@dataclass(frozen=True)
class Robot:
    """A program that fetches pages or images: its user agent, and the autonomous system it calls from.

    `reason` is why it is taken for what it is, in the words of the view's `traffic_reason`.
    """

    text: str  # empty: it names none
    reason: str
    asn: int

    @property
    def traffic(self) -> str:
        """The class to which the reason leads."""
        return class_of(self.reason)


# The package's pattern (its key) -> autonomous system. The address ranges behind these numbers belong to the operators.
_AI_CRAWLERS = {
    "GPTBot": 8075,
    "ChatGPT-User": 8075,
    "OAI-SearchBot": 8075,
    "[cC]laude[bB]ot": 16509,
    "Claude-User": 16509,
    "Claude-SearchBot": 16509,
    "anthropic-ai": 16509,
    r"PerplexityBot\/": 14618,
    "Perplexity-User": 14618,
    "CCBot": 14618,
    "Bytespider": 396986,
    "Amazonbot": 14618,
    "Google-Extended": 15169,
    r"meta-externalagent\/": 32934,
    "DuckAssistBot": 8075,
    "MistralAI-User": 8075,
    "cohere-ai": 396982,
}
_MAIL_PROXIES = {"GoogleImageProxy": 15169, "YahooMailProxy": 36647}
# Apple's Mail Privacy Protection names no program, and comes from Apple and from Cloudflare, Akamai and Fastly.
_MAIL_RELAYS = (714, 13335, 36183, 54113)
_BOTS = {
    r"Googlebot\/": 15169,
    "Googlebot-Image": 15169,
    "bingbot": 8075,
    r"yandex\.com\/bots": 13238,
    "Baiduspider": 55967,
    "DuckDuckBot": 8075,
    "Applebot": 714,
    "SeznamBot": 43037,
    "facebookexternalhit": 32934,
    "Twitterbot": 13414,
    "LinkedInBot": 14413,
    "Slackbot": 14618,
    "Discordbot": 396982,
    "TelegramBot": 62041,
    "Ahrefs(Bot|SiteAudit)": 16276,
    "MJ12bot": 24940,
    "dotbot": 14618,
    r"archive\.org_bot": 7941,
    "UptimeRobot": 63949,
    "Scrapy": 24940,
}
_AUTOMATED_BROWSERS = {"HeadlessChrome": 16509}
_LIBRARIES = {"python-requests": 14061, "Go-http-client": 24940, "^curl": 20473}
# Agents and networks of the shop's own server, which by themselves would be a bot's, an AI service's or a person's.
_SERVERS = (
    ("curl/8.14.1", 24940),
    ("python-requests/2.32.5", 16276),
    ("", 24940),
    ("Mozilla/5.0 (compatible; shop.example backend; +https://shop.example/)", 14061),
    ("shop.ai/2.1", 3320),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0", 3320),
)
_AGENTS_OF_EACH = 2  # some robots have dozens of agents, which would crowd out the others


def _robots(patterns: dict[str, int], reason: str) -> tuple[Robot, ...]:
    instances = {entry["pattern"]: entry["instances"] for entry in CRAWLER_USER_AGENTS_DATA}
    unknown = sorted(pattern for pattern in patterns if not instances.get(pattern))
    if unknown:
        raise MissingToolError(
            f"the installed package crawler-user-agents has no agents for {', '.join(unknown)}; "
            "install the version that requirements/ pins"
        )
    return tuple(
        Robot(text, reason, asn) for pattern, asn in patterns.items() for text in instances[pattern][:_AGENTS_OF_EACH]
    )


@cache
def ai_crawlers() -> tuple[Robot, ...]:
    """Crawlers and fetchers that feed AI models."""
    return _robots(_AI_CRAWLERS, "ai_agent")


@cache
def mail_proxies() -> tuple[Robot, ...]:
    """Proxies of mail services that fetch an e-mail's images in the reader's place."""
    relays = tuple(Robot("Mozilla/5.0", "mail_privacy_relay", asn) for asn in _MAIL_RELAYS)
    return _robots(_MAIL_PROXIES, "mail_image_proxy") + relays


@cache
def bots() -> tuple[Robot, ...]:
    """Search engines, link previews, monitors and scripts."""
    return (
        *_robots(_BOTS, "declared_bot"),
        *_robots(_AUTOMATED_BROWSERS, "automated_browser"),
        *_robots(_LIBRARIES, "http_library"),
    )


def shop_servers() -> tuple[Robot, ...]:
    """The shop's own server, which marks what it sends, with every kind of agent."""
    return tuple(Robot(text, "sent_by_server", asn) for text, asn in _SERVERS)


def marked(robot: Robot) -> Robot:
    """A program that sends the mark of a server, whatever it is."""
    return replace(robot, reason="sent_by_server")
