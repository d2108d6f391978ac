# SPDX-License-Identifier: Apache-2.0
"""Hits that no visitor would make: everything at the same time, in every order, from few visitors, half of it missing.

Where plausible traffic has one order of events and no ties, this has all of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from random import Random

from edgepixel.answers.subject.conditions import DOCTOR_EVENT, SERVER
from edgepixel.traffic.hit import UNKNOWN_DEVICE, Hit, Truth
from edgepixel.traffic.lake_objects import HOST
from edgepixel.traffic.ledger import Row
from edgepixel.traffic.simulation.browsers import MOBILE
from edgepixel.traffic.simulation.query_and_headers import browser_headers, query_string
from edgepixel.traffic.simulation.robots import ai_crawlers, bots

HOUR_MS = 3_600_000
_EVENTS = ("view", "view", "product", "cart", "checkout", "purchase", "refund", "impression", DOCTOR_EVENT)
_PAGES = (
    ("https://a.example/", "a.example", "/", ""),
    ("https://a.example/x/y", "a.example", "/x/y", "x"),
    ("https://b.example/caf%C3%A9?q=1#f", "b.example", "/caf%C3%A9", "café"),
    (None, None, None, None),
)
_REFERRERS = (("https://a.example/", "a.example"), ("https://c.example/?r=1", "c.example"), (None, None))
# As sent, and as it counts.
_VALUES = (
    ("10.00", "10.00"), ("0.005", "0.005"), ("-3.5", "-3.5"), ("-3.50", "-3.50"), ("7", "7"), ("0", "0"), ("1,5", None),
    (None, None),
)  # fmt: skip
_ADDRESSES = ("192.0.2.7", "192.0.2.99", "198.51.100.1", "2001:db8:1::1", "2001:db8:1:2::1", "2001:db8:2::1")
_NEIGHBOURS = tuple(f"198.18.{number}.1" for number in range(120))  # who come a few times only
_NETWORKS = (3320, 7922, None)
_DATACENTER = 16509
_HUMAN = {"traffic": "human", "traffic_reason": "browser"}
_AGENTS = MOBILE[:3]
_HOURLY = (0, 0, 1, 5, 9, 10, 18, 20, 21, 25, 30, 40)


_RESPONSES = (
    ("GET", 200), ("GET", 200), ("GET", 206), ("GET", 304), ("GET", 301), ("GET", 0), ("GET", 404), ("HEAD", 200),
    ("POST", 403),
)  # fmt: skip


def implausible_hits(seed: int, now_ms: int, hours: int) -> Iterator[tuple[Hit, Row]]:
    """Hours of very different size up to now, some of them squeezed into a second."""
    random = Random(seed)  # noqa: S311 (the same seed must give the same hits)
    for hour in range(now_ms // HOUR_MS - hours, now_ms // HOUR_MS + 1):
        for hit, status in [*_hour(random, hour * HOUR_MS), *_replay(random, hour * HOUR_MS)]:
            if hit.truth.time_ms < now_ms:
                yield hit, Row(f"{random.getrandbits(64):x}", status, HOST, hit.truth)


def _hour(random: Random, begin_ms: int) -> Iterator[tuple[Hit, int]]:
    within_ms = random.choice((HOUR_MS, HOUR_MS, 1000))
    begin_ms += random.randrange(HOUR_MS - within_ms + 1)
    for _ in range(random.choice(_HOURLY) * random.choice((1, 1, 1, 8))):
        method, status = random.choice(_RESPONSES)
        yield _hit(random, begin_ms + random.randrange(within_ms) // 250 * 250, method), status


def _replay(random: Random, begin_ms: int) -> Iterator[tuple[Hit, int]]:
    """The same hit about thirty times within a minute, now and then: by one visitor, or by two who look alike."""
    if random.random() < 0.9:
        return
    hit = _hit(random, begin_ms + random.randrange(60) * 60_000, "GET")
    addresses = random.sample(_ADDRESSES, random.choice((1, 2)))
    for second in range(random.choice((30, 31, 45, 60))):
        truth = replace(hit.truth, time_ms=hit.truth.time_ms // 60_000 * 60_000 + second * 1000)
        yield replace(hit, truth=replace(truth, address=random.choice(addresses))), 200


def _hit(random: Random, time_ms: int, method: str) -> Hit:
    page, host, path, section = random.choice(_PAGES)
    referrer, referrer_host = random.choice(_REFERRERS)
    event = random.choice(_EVENTS)
    sent_value, value = random.choice(_VALUES)
    agent, labels = _agent(random)
    told = {
        "by": "server" if labels["traffic"] == SERVER else random.choice(("Server", "page", None, None)),
        "e": event,
        "u": page,
        "r": referrer,
        "s": random.choice(("one", "two", None)),
        "i": random.choice(("lamp", "bulb", None)),
        "o": random.choice(("1", "2", "3", "4", "5", "6", None)),
        "v": sent_value,
        "c": random.choice(("EUR", "USD", None)),
        "utm_source": random.choice(("mail", None, None)),
        "utm_medium": random.choice(("cpc", None, None, None)),
        "utm_campaign": random.choice(("spring", "autumn", None, None, None)),
    }
    private = random.random() < 0.1
    truth = Truth(
        time_ms=time_ms,
        method=method,
        event=event,
        address=random.choice((*_ADDRESSES, *random.choices(_NEIGHBOURS, k=len(_ADDRESSES)))),
        country=random.choice(("DE", "US", None)),
        asn=_DATACENTER if labels["traffic"] == "datacenter" else random.choice(_NETWORKS),
        user_agent=agent,
        page=page,
        page_host=host,
        page_path=path,
        section=section,
        referrer=referrer,
        referrer_host=referrer_host,
        site=told["s"],
        item=told["i"],
        order_id=told["o"],
        value=value,
        currency=told["c"],
        malformed_value=_malformed_value(sent_value, value, told["c"]),
        utm_source=told["utm_source"],
        utm_medium=told["utm_medium"],
        utm_campaign=told["utm_campaign"],
        channel=_channel(told, host, referrer_host),
        same_site=host is not None and host == referrer_host,
        private=private,
        **labels,  # type: ignore[arg-type]
    )
    return Hit(truth, query_string(told), browser_headers(agent, "en", private=private), "FRA56-P3")


def _malformed_value(sent: str | None, value: str | None, currency: str | None) -> str | None:
    if sent == value and (currency or sent in (None, "0")):
        return None
    return f"v={sent}" if currency is None else f"v={sent} c={currency}"


def _channel(told: Mapping[str, str | None], host: str | None, referrer_host: str | None) -> str:
    if told["utm_medium"] == "cpc":
        return "paid"
    if told["utm_source"] == "mail":
        return "mail"
    if referrer_host is None:
        return "referral" if told["utm_campaign"] else "direct"
    return "internal" if referrer_host == host else "referral"


def _agent(random: Random) -> tuple[str, dict[str, str]]:
    """A user agent, and what is true of it."""
    if random.random() < 0.2:
        robot = random.choice((*bots()[:2], *ai_crawlers()[:2]))
        labels = asdict(UNKNOWN_DEVICE) | {"traffic": robot.traffic, "traffic_reason": robot.reason}
        return robot.text, labels
    agent = random.choice(_AGENTS)
    if random.random() < 0.1:
        return agent.text, asdict(UNKNOWN_DEVICE) | {"traffic": SERVER, "traffic_reason": "sent_by_server"}
    hosted = random.random() < 0.1
    traffic = {"traffic": "datacenter", "traffic_reason": "datacenter_network"} if hosted else _HUMAN
    return agent.text, asdict(agent.device) | traffic
