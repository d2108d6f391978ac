# SPDX-License-Identifier: Apache-2.0
"""What the edge function writes, and the ways in which it can stand in a log line."""

from collections.abc import Callable
from urllib.parse import quote

ORDINARY_LOG_DATA = (
    "v=1",
    "v=1&g=1",
    "v=1&g=1&p=prefetch&f=1",
    "v=1&a=203.0.113.0",
    "v=1&a=2001:db8:1::&l=de",
    "v=1&a=203.0.113.0&m=0",
    "v=1&a=203.0.113.0&p=prerender&f=1&l=zh-Hant-TW&m=1&o=Android&d=SM-X200&b=Google Chrome",
    "v=1&l=en-GB&m=0&o=Chrome OS&b=Microsoft Edge",
    "v=1&m=1&o=Android&d=moto g(60)s/x+_1&b=Samsung Internet",
)


def once(text: str) -> str:
    """Encoded once, as `encodeURIComponent` or stricter ones do: all but letters, digits and `- _ . ~`."""
    return quote(text, safe="~")


def as_little_as_possible(text: str) -> str:
    """Only what no log field can hold is encoded."""
    return text.replace(" ", "%20")


WRITINGS: tuple[Callable[[str], str], ...] = (once, lambda text: quote(once(text)), as_little_as_possible)
"""CloudFront's guide does not say which characters it encodes, and whether the log field encodes them again."""
