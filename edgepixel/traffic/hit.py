# SPDX-License-Identifier: Apache-2.0
"""A hit, which is a request for the pixel, and everything that is true of it."""

from dataclasses import dataclass, replace
from typing import Literal

type Protocol = Literal["https", "http"]

REDIRECTED = 301  # to https
REFUSED = 403  # what the edge answers to methods that the distribution does not allow


@dataclass(frozen=True)
class Device:
    """The labels of a user agent, in the words of the view `events`."""

    browser: str
    os: str
    device: str


UNKNOWN_DEVICE = Device("other", "other", "other")


@dataclass(frozen=True)
class Truth:
    """What the generator of a hit knows about it, without parsing what was sent.

    The answers of a deployment are compared with this. `None` stands for what the hit does not say.
    """

    time_ms: int  # when the edge finished the response: milliseconds since the epoch
    method: str
    event: str
    traffic: str  # the class to which answers/traffic.toml assigns the reason
    traffic_reason: str
    browser: str
    os: str
    device: str
    user_agent: str | None
    address: str | None  # None: not under our control
    country: str | None
    asn: int | None
    page: str | None
    page_host: str | None = None
    page_path: str | None = None
    section: str | None = None  # the first folder of the page's path, decoded; "" on the front page
    referrer: str | None = None
    referrer_host: str | None = None
    site: str | None = None
    title: str | None = None
    item: str | None = None
    order_id: str | None = None
    value: str | None = None  # the amount that is meant, in full, if the pixel can tell it
    currency: str | None = None  # ISO 4217's code, in upper case
    malformed_value: str | None = None  # what was sent as amount and currency, where they are wrong
    misnamed: str | None = None  # parameters that the pixel does not know, and which are meant: `val>v orderid>o`
    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None
    channel: str = "direct"  # one of answers/channels.toml
    language: str | None = None  # as the view says it, if the hit's log line tells it
    same_site: bool = False  # whether the referrer is a page of the same site
    private: bool = False  # sent Sec-GPC: 1, so its address must never be stored
    malformed: bool = False  # the query holds an escape that cannot be decoded
    untidy: bool = False  # the query says this only once it is cleaned: see docs/pixel.md
    logged: bool = True  # False: not a request for the pixel, so no log line


@dataclass(frozen=True)
class Hints:
    """What only the edge function tells of a hit: from the language and the client hints that were sent."""

    language: str
    device: Device  # of whom the user agent may be a common one


@dataclass(frozen=True)
class Hit:
    """A request for the pixel, as a browser would send it, with the truth about it.

    `truth` is what the log line of a stack without the edge function tells, and `hints` what the function adds.
    `query` is the raw query string. `headers` lack Host and the local cloud's simulation headers: the sender adds them.
    `path` is None for the pixel itself. The edge redirects what comes by http.
    """

    truth: Truth
    query: str
    headers: tuple[tuple[str, str], ...]
    edge_location: str
    path: str | None = None
    protocol: Protocol = "https"
    hints: Hints | None = None  # None: of a program, which sends none, or of a hit that the edge redirects

    def described_truth(self, honors_privacy_control: bool) -> Truth:
        """The truth that the log line tells if the edge function described the hit.

        `honors_privacy_control`: the function says nothing about a person who sends Sec-GPC.
        """
        if self.hints is None or (self.truth.private and honors_privacy_control):
            return self.truth
        device = self.hints.device
        return replace(
            self.truth,
            language=self.hints.language,
            browser=device.browser,
            os=device.os,
            device=device.device,
        )


def is_described(status: int) -> bool:
    """Whether the edge function runs for a hit with this status.

    It does not for those that the edge answers before it: redirects to https, and methods that it refuses.
    """
    return status not in (REDIRECTED, REFUSED)
