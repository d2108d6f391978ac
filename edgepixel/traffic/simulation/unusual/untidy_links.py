# SPDX-License-Identifier: Apache-2.0
"""Links as people and templates really write them, and referrers of every channel, each with what is true of it."""

from collections.abc import Mapping
from random import Random

from edgepixel.traffic.hit import Hit
from edgepixel.traffic.simulation.population import Visitor
from edgepixel.traffic.simulation.query_and_headers import encode_component
from edgepixel.traffic.simulation.unusual.unusual_hits import unusual_hit

type _Told = Mapping[str, object]

_NO_PAGE: dict[str, object] = {"page": None, "page_host": None, "page_path": None, "section": None}
_APP: dict[str, object] = {"page": "https://app.example/", "page_host": "app.example", "page_path": "/", "section": ""}


def _app(path: str, section: str, fragment: str = "") -> dict[str, object]:
    """What is true of a page of an application; `fragment` is no part of its path."""
    return _APP | {"page": f"https://app.example{path}{fragment}", "page_path": path, "section": section}


# (the query as it is sent, what is true of it)
_UNTIDY: tuple[tuple[str, _Told], ...] = (
    ("e=cart&amp;i=LAMP-01&amp;s=blog&amp;v=49.90&amp;c=EUR",
     {"event": "cart", "item": "LAMP-01", "value": "49.90", "currency": "EUR"}),
    ("e=cart&amp;amp;i=BULB-60&amp%3Bs=blog&AMP;o=7", {"event": "cart", "item": "BULB-60", "order_id": "7"}),
    ("e=undefined&s=blog&r=null&i=NaN&t=undefined", {}),
    ("e=cart%20&s=+blog+&i=%C2%A0LAMP-01%0A&o=+&utm_source=undefined", {"event": "cart", "item": "LAMP-01"}),
    ("e=%20&s=blog&t=%5Bobject%20Object%5D&i=(none)&utm_medium=", {}),
)  # fmt: skip
_NEWSLETTER: dict[str, object] = {
    "utm_source": "nl",
    "utm_medium": "email",
    "utm_campaign": "may & june",
    "channel": "mail",
}
# (the page as the pixel sends it, what is true of it)
_PAGES: tuple[tuple[str, _Told], ...] = (
    ("https://app.example/?utm_source=nl&utm_medium=email&utm_campaign=may+%26+june", _NEWSLETTER | _APP),
    (
        "https://app.example/?a=1&amp;utm_source=nl&#038;utm_medium=email&utm_campaign=may%20%26%20june",
        _NEWSLETTER | _APP,
    ),
    (
        "https://app.example/#/cart?utm_source=nl&utm_medium=email&utm_campaign=may%20%26+june",
        _NEWSLETTER | _app("/#/cart", "cart"),
    ),
    ("https://app.example/?gclid=abc", {"channel": "paid"} | _APP),
    ("https://app.example/?gclid=undefined&msclkid=", _APP),
    ("https://app.example/?fbclid=abc", {"channel": "social"} | _APP),
    ("https://app.example/?utm_source=chatgpt.com", {"channel": "ai_assistant", "utm_source": "chatgpt.com"} | _APP),
    ("https://app.example/?utm_source=flyer", {"channel": "referral", "utm_source": "flyer"} | _APP),
    ("https://app.example/#/home", _app("/#/home", "home")),
    ("https://app.example/#!/orders/7", _app("/#!/orders/7", "orders")),
    ("https://app.example/a/b#section", _app("/a/b", "a", "#section")),
    ("https://app.example/a/b#:~:text=light", _app("/a/b", "a", "#:~:text=light")),
    # One page, another one, and one in an encoding of old.
    ("https://app.example/k%C3%A4se/1+1", _app("/k%C3%A4se/1+1", "käse")),
    ("https://app.example/k%c3%a4se/1+1", _app("/k%c3%a4se/1+1", "käse")),
    ("https://app.example/käse/1+1", _app("/käse/1+1", "käse")),
    ("https://app.example/k%C3%A4se%2F1+1", _app("/k%C3%A4se%2F1+1", "käse/1+1")),
    ("https://app.example/a/k%E4se", _app("/a/k%E4se", "a")),
)
# (page, referrer): pages of one site
_SAME_SITES = (
    ("https://app.example/", "https://www.app.example/a"),
    ("https://app.example/", "HTTPS://APP.example:443/a"),
    ("https://app.example./", "http://app.example:80"),
)
# (referrer, its host, its channel)
_REFERRERS = (
    ("http://xn--e1afmkfd.xn--p1ai/", "пример.рф", "referral"),
    ("http://ПРИМЕР.рф:8080/", "пример.рф", "referral"),
    ("http://%D0%BF%D1%80%D0%B8%D0%BC%D0%B5%D1%80.xn--p1ai", "пример.рф", "referral"),
    ("https://xn--e1aacxieb9a7a.example/", "почемужео.example", "referral"),
    ("android-app://com.google.android.gm/", "com.google.android.gm", "mail"),
    ("android-app://com.google.android.googlequicksearchbox/https/www.google.com",
     "com.google.android.googlequicksearchbox", "search"),
    ("android-app://com.Slack/", "com.Slack", "social"),
    ("ios-app://544007664/youtube", "544007664", "video"),
    ("https://www.google.co.jp./", "www.google.co.jp", "search"),
    ("https://docs.google.com/document/1", "docs.google.com", "referral"),
    ("https://notgoogle.com/", "notgoogle.com", "referral"),
    ("https://mail.google.com/mail/u/0", "mail.google.com", "mail"),
    ("https://webmail.isp.example/", "webmail.isp.example", "mail"),
    ("https://chatgpt.com/", "chatgpt.com", "ai_assistant"),
    ("https://www.perplexity.ai/search", "www.perplexity.ai", "ai_assistant"),
    ("https://gemini.google.com/", "gemini.google.com", "ai_assistant"),
    ("https://m.youtube.com/", "m.youtube.com", "video"),
    ("https://www.ebay.de/", "www.ebay.de", "shopping"),
    ("https://googleads.g.doubleclick.net/", "googleads.g.doubleclick.net", "paid"),
    ("https://www.awin1.com/cread.php", "www.awin1.com", "affiliate"),
)  # fmt: skip


def untidy_query(random: Random, visitor: Visitor, time_ms: int) -> Hit:
    """Parameters that were escaped twice, are padded, or say that there is nothing."""
    query, truth = random.choice(_UNTIDY)
    return unusual_hit(visitor, time_ms, _NO_PAGE | {"untidy": True} | dict(truth), query)


def page_that_tells(random: Random, visitor: Visitor, time_ms: int) -> Hit:
    """A page whose URL has what the pixel's query lacks: the campaign, a click, a route behind a #."""
    page, truth = random.choice(_PAGES)
    return unusual_hit(visitor, time_ms, dict(truth) | {"page": page}, f"s=blog&u={encode_component(page)}")


def within_a_site(random: Random, visitor: Visitor, time_ms: int) -> Hit:
    """A page and its referrer on one site, under names that differ."""
    page, referrer = random.choice(_SAME_SITES)
    host = "www.app.example" if "www." in referrer else "app.example"
    truth = _APP | {
        "page": page, "referrer": referrer, "referrer_host": host, "channel": "internal", "same_site": True,
    }  # fmt: skip
    return unusual_hit(visitor, time_ms, truth, f"s=blog&u={encode_component(page)}&r={encode_component(referrer)}")


def from_elsewhere(random: Random, visitor: Visitor, time_ms: int) -> Hit:
    """A referrer of any channel: an app, an assistant, a mail service, a host in other letters."""
    referrer, host, channel = random.choice(_REFERRERS)
    truth = {"referrer": referrer, "referrer_host": host, "channel": channel, "site": "blog"}
    return unusual_hit(visitor, time_ms, _NO_PAGE | truth, f"s=blog&r={encode_component(referrer)}")


UNTIDY_LINKS = (untidy_query, page_that_tells, within_a_site, from_elsewhere)
