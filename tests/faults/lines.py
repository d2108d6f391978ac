# SPDX-License-Identifier: Apache-2.0
"""Log lines in great number, seeded: as CloudFront writes them, as they must be stored, and what is no log line.

`log_line` makes one pattern for each kind of hit; a line is a pattern with the time, the address and the request id
of its own, which is a hundred times cheaper than formatting each line.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from edgepixel.template.reader import log_fields
from edgepixel.traffic.log_line import log_line

BEFORE_REQUEST_ID = log_fields().index("x-edge-request-id")

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148"
GPTBOT = "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)"


@dataclass(frozen=True)
class Pattern:
    """A kind of hit: what stands between the address and the request id, and behind that, as sent and as stored."""

    event: str
    traffic: str
    agent: str
    host: str
    private: bool  # a viewer with Global Privacy Control: the address must not be stored
    sent: tuple[bytes, bytes]
    stored: tuple[bytes, bytes]


def _cut(values: dict[str, str]) -> tuple[bytes, bytes]:
    line = (
        log_line(values | {"timestamp": "T", "c-ip": "A", "x-edge-request-id": "R"}, log_fields()).rstrip("\n").encode()
    )
    middle, end = line.removeprefix(b"T\tA").split(b"\tR\t")
    return middle + b"\t", b"\t" + end


def _pattern(event: str, traffic: str, agent: str, host: str, sent: str = "", stored: str = "") -> Pattern:
    values = {
        "cs-host": host,
        "cs-user-agent": agent,
        "cs-referer": f"https://{host}/",
        "cs-uri-query": f"e={event}&u=https%3A%2F%2F{host}%2Fsome%20page&r=https%3A%2F%2Fnews.example%2F&n=1234567890",
    }
    always = f"Host:{host}\nAccept:image/avif,image/webp\n"
    return Pattern(
        *(event, traffic, agent, host, "Sec-GPC:1" in sent),
        *(_cut(values | {"cs-headers": headers}) for headers in (always + sent, stored)),
    )


PATTERNS = (
    *(
        _pattern(event, "human", agent, host)
        for event in ("view", "add-to-cart", "purchase")
        for agent in (CHROME, IPHONE)
        for host in ("shop.example", "blog.example")
    ),
    _pattern("view", "ai_crawler", GPTBOT, "blog.example"),
    _pattern("view", "human", CHROME, "shop.example", "Cookie:session=secret\n"),
    _pattern("view", "human", IPHONE, "shop.example", "X-Forwarded-For:192.0.2.9\n"),
    _pattern("view", "human", CHROME, "blog.example", "Sec-GPC:1\n"),
    _pattern("view", "prefetch", CHROME, "blog.example", "Sec-Purpose:prefetch\n", "sec-purpose:prefetch"),
)
ADDRESSES = tuple((b"198.51.%d.77" % net, b"198.51.%d.0" % net) for net in range(40)) + tuple(
    (b"2001:db8:%x:77::1" % net, b"2001:db8:%x::" % net) for net in range(1, 11)
)


def request_id(number: int) -> bytes:
    return b"%010dT2sQ0nXv7yKd4HrB1wLm9PzGfUeJcVaNxSq5Ri8tE==" % number


def number_of(line: bytes) -> int:
    """The number in a line's request id. Raises an error for a line that is none of ours."""
    return int(line.split(b"\t", BEFORE_REQUEST_ID + 1)[BEFORE_REQUEST_ID][:10])


def good_line(number: int, time_ms: int, pattern: Pattern, address: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    """A log line as CloudFront sends it and as the aggregator must store it, both without a newline."""
    start, identity = b"%d.%03d\t" % divmod(time_ms, 1000), request_id(number)
    (middle, end), (stored_middle, stored_end) = pattern.sent, pattern.stored
    return (
        b"".join((start, address[0], middle, identity, end)),
        b"".join((start, b"-" if pattern.private else address[1], stored_middle, identity, stored_end)),
    )


def longer_by(line: bytes, length: int) -> bytes:
    """The line, with so many bytes more in its query."""
    return line.replace(b"&n=1234567890", b"&n=1234567890" + b"7" * length, 1)


type Poison = Callable[[bytes, Random], bytes]

# What makes of a good line one that must go to quarantine, by the reason that must be told. A record that is not base64
# has no lines: `not_base64` below.
POISONS: dict[str, tuple[Poison, ...]] = {
    "not_utf8": (
        lambda line, _: line.replace(b"GET", b"G\xffT", 1),
        lambda line, random: line + random.choice((b"\xc3", b"\xed\xa0\x80", b"\xf5")),
    ),
    "carriage_return": (lambda line, _: line.replace(b"GET", b"G\rT", 1), lambda line, _: b"\r" + line),
    "field_count": (
        lambda line, random: b"\t".join(line.split(b"\t")[: random.randrange(1, 17)]),  # fewer than any version had
        lambda _, random: random.choice((b"x", b" ", b"\t", b"\x00", b"#Version: 1.0")),
    ),
    "timestamp": (
        lambda line, _: b"-" + line[line.index(b"\t") :],
        lambda line, _: b"1577836799.999" + line[line.index(b"\t") :],
        lambda line, _: b"4102444800.000" + line[line.index(b"\t") :],
        lambda line, random: random.choice((b" ", b"+", b"2026-", b"0")) + line,
    ),
}


def not_base64(line: bytes, random: Random) -> str:
    """A record's data that cannot be decoded."""
    data = base64.b64encode(line).decode()
    return random.choice((data.rstrip("=") + "=A", "*" + data, data[:-4] + "\u00e9===", "A"))
