# SPDX-License-Identifier: Apache-2.0
"""Unusual hits: wrong paths, odd methods, undecodable queries, hostile values, no user agent."""

from collections.abc import Mapping
from dataclasses import replace
from random import Random

from edgepixel.answers.subject.conditions import DOCTOR_EVENT
from edgepixel.traffic.hit import UNKNOWN_DEVICE, Hints, Hit, Truth
from edgepixel.traffic.simulation.population import Visitor
from edgepixel.traffic.simulation.query_and_headers import (
    browser_headers,
    encode_component,
    query_string,
    robot_headers,
)
from edgepixel.traffic.simulation.site import POSTS, Page

ODD_ITEM = "LAMP-03"
"""Of every unusual amount and every mistaken purchase; no ordinary visit is about it."""
_PAGE = POSTS[2]
_WRONG_PATHS = ("/wp-login.php", "/pixel.gif.bak", "/.env", "/favicon.ico")
_METHODS = ("POST", "PUT", "DELETE", "PATCH", "OPTIONS")
# What templates that forget to encode, old scripts (`escape`) and probes put into a query.
_MALFORMED = ("50%-off", "%zz", "%u20AC", "100%", "%", "a%2", "%c3%28%")
# Event names that are harmless only to those who treat them as text.
_HOSTILE = (
    "<script>alert(1)</script>",
    "x'); DROP TABLE events;--",
    "購入 ✓",
    "a&b=c#d",
    "50% off + more",
    r"back\slash|pipe\"'quotes'\"",
    "..%2F..%2Fetc%2Fpasswd",
)
# What shops send as amount and currency: the event, both as sent, both as they count, and whether they are wrong.
_AMOUNTS = (
    ("refund", "-33,95", "EUR", None, "EUR", True),
    ("purchase", "1,234.50", "USD", None, "USD", True),
    ("purchase", "€5", "EUR", None, "EUR", True),
    ("purchase", "5 EUR", None, None, None, True),
    ("purchase", "49.90.1", "gbp", None, "GBP", True),
    ("purchase", "NaN", "JPY", None, "JPY", True),
    ("purchase", "1e3", "EUR", None, "EUR", True),
    ("cart", "--5", "KWD", None, "KWD", True),
    ("purchase", "123456789012345", "IDR", None, "IDR", True),
    ("purchase", "49.90", "EURO", "49.90", None, True),
    ("purchase", "12.50", "€", "12.50", None, True),
    ("purchase", "7", None, "7", None, True),
    ("purchase", "18.605", "kwd", "18.605", "KWD", False),
    ("purchase", "33.949999999999996", "EUR", "33.949999999999996", "EUR", False),
    ("purchase", "0.12345", "CLF", "0.12345", "CLF", False),
    ("purchase", "0", None, "0", None, False),
    ("purchase", " 990 ", "jpy", "990", "JPY", False),
)


def unusual_hit(visitor: Visitor, time_ms: int, truth: Mapping[str, object], raw_query: str) -> Hit:
    """A person's hit with a query that is sent as it stands. `truth` is what is true of it beyond the usual."""
    device = visitor.agent.device
    base = Truth(
        time_ms=time_ms, method="GET", event="view", traffic="human", traffic_reason="browser",
        browser=device.browser, os=device.os, device=device.device, user_agent=visitor.agent.text,
        address=visitor.address, country=visitor.place.country, asn=visitor.asn, page=_PAGE.url,
        page_host=_PAGE.host, page_path=_PAGE.path, section=_PAGE.section, site="blog", private=visitor.private,
    )  # fmt: skip
    agent, place = visitor.agent, visitor.place
    headers = browser_headers(agent.text, place.accept_language, private=visitor.private, hints=agent.hint_headers())
    hints = Hints(place.language, agent.hinted_device())
    return Hit(replace(base, **truth), raw_query, headers, place.edge_location, hints=hints)  # type: ignore[arg-type]


def _tag(page: Page = _PAGE, event: str = "view") -> str:
    return query_string({"e": event, "s": "blog", "u": page.url})


def wrong_path(random: Random, visitor: Visitor, time_ms: int) -> Hit:
    """A request for something that is not the pixel: answered with an error, and no event."""
    hit = unusual_hit(
        visitor, time_ms, {"logged": False, **dict.fromkeys(("page", "page_host", "page_path", "section", "site"))}, ""
    )
    return replace(hit, path=random.choice(_WRONG_PATHS))


def odd_method(random: Random, visitor: Visitor, time_ms: int) -> Hit:
    """A method that the distribution refuses: logged with its error status."""
    return unusual_hit(visitor, time_ms, {"method": random.choice(_METHODS)}, _tag())


def doctor_hit(random: Random, visitor: Visitor, time_ms: int) -> Hit:
    """A hit as `edgepixel doctor` sends it to see whether it arrives: no answer counts it."""
    item = f"{random.getrandbits(64):016x}"
    return unusual_hit(visitor, time_ms, {"event": DOCTOR_EVENT, "item": item}, f"{_tag(event=DOCTOR_EVENT)}&i={item}")


def malformed_query(random: Random, visitor: Visitor, time_ms: int) -> Hit:
    """An escape that cannot be decoded, and so stays as it was sent, beside parameters that can."""
    title = random.choice(_MALFORMED)
    return unusual_hit(visitor, time_ms, {"malformed": True, "title": title}, f"{_tag()}&t={title}&n=1")


def hostile_value(random: Random, visitor: Visitor, time_ms: int) -> Hit:
    """An event name made to break whatever puts text into SQL, HTML or tabs."""
    event = random.choice(_HOSTILE)
    return unusual_hit(visitor, time_ms, {"event": event}, _tag(event=event))


def unusual_amount(random: Random, visitor: Visitor, time_ms: int) -> Hit:
    """An amount as it should not be sent, which the pixel can or cannot read."""
    event, sent_value, sent_currency, value, currency, malformed = random.choice(_AMOUNTS)
    order_id = f"odd/{random.getrandbits(32):08x}"
    told = f"v={sent_value}" if sent_currency is None else f"v={sent_value} c={sent_currency}"
    truth = {
        "event": event, "order_id": order_id, "item": ODD_ITEM, "value": value, "currency": currency,
        "malformed_value": told if malformed else None,
    }  # fmt: skip
    sent = {"i": ODD_ITEM, "o": order_id, "v": sent_value, "c": sent_currency}
    return unusual_hit(visitor, time_ms, truth, f"{_tag(event=event)}&{query_string(sent)}")


def raw_characters(random: Random, visitor: Visitor, time_ms: int) -> Hit:
    """Characters that browsers leave alone in a query but that CloudFront escapes in its log, and a long value."""
    padding = encode_component("ä" * random.randrange(1, 200))
    return unusual_hit(visitor, time_ms, {}, f"{_tag()}&tags[]=a|b&x=^{{y}}`\\&author=r&rr=2&=3&&flag&pad={padding}")


def no_user_agent(random: Random, visitor: Visitor, time_ms: int) -> Hit:
    """A program that does not say what it is, by an empty header or by none: counted as a bot."""
    truth = {
        "traffic": "bot", "traffic_reason": "no_user_agent", "user_agent": None, "private": False,
        "browser": UNKNOWN_DEVICE.browser, "os": UNKNOWN_DEVICE.os, "device": UNKNOWN_DEVICE.device,
    }  # fmt: skip
    hit = unusual_hit(visitor, time_ms, truth, _tag())
    return replace(hit, headers=robot_headers(random.choice((None, ""))), hints=None)


def behind_cloudfront(random: Random, visitor: Visitor, time_ms: int) -> Hit:
    """A person behind another distribution, which sends its own user agent, from Amazon's network."""
    truth = {
        "traffic_reason": "browser_behind_cloudfront", "user_agent": "Amazon CloudFront", "asn": 16509,
        "private": False,
        "browser": UNKNOWN_DEVICE.browser, "os": UNKNOWN_DEVICE.os, "device": UNKNOWN_DEVICE.device,
    }  # fmt: skip
    hit = unusual_hit(visitor, time_ms, truth, _tag())
    return replace(hit, headers=robot_headers("Amazon CloudFront"), hints=None)


UNUSUAL_HITS = (
    wrong_path,
    odd_method,
    doctor_hit,
    malformed_query,
    hostile_value,
    unusual_amount,
    raw_characters,
    no_user_agent,
    behind_cloudfront,
)
