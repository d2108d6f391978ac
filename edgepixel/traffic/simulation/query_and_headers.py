# SPDX-License-Identifier: Apache-2.0
"""The query string and the headers of a browser's, or a program's, request for an image."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, quote_plus

from edgepixel.traffic.hit import Protocol

type Encoder = Callable[[str], str]
type Headers = tuple[tuple[str, str], ...]

CHROME = "Google Chrome"
_HINT_PREFIX = "Sec-CH-UA"
# The made-up brand and the order of the three follow from Chromium's version: GetGreasedUserAgentBrandVersion and
# GetRandomOrder of chromium/src, components/embedder_support/user_agent_utils.cc.
_MADE_UP_CHARACTERS = " (:-./);=?_"
_MADE_UP_VERSIONS = ("8", "99", "24")
_ORDERS = (
    (0, 1, 2),
    (0, 2, 1),
    (1, 0, 2),
    (1, 2, 0),
    (2, 0, 1),
    (2, 1, 0),
)  # places of made-up, Chromium and own brand
_REMEMBERED = 4096  # values: visitors see the same pages again and again


@lru_cache(_REMEMBERED)
def encode_component(text: str) -> str:
    """`encodeURIComponent`, and then the URL parser, which also escapes the apostrophe in a query."""
    return quote(text, safe="-_.!~*()")


@lru_cache(_REMEMBERED)
def encode_form(text: str) -> str:
    """`URLSearchParams`: a space becomes a plus sign."""
    return quote_plus(text, safe="*-._").replace("~", "%7E")


def query_string(parameters: Mapping[str, str | None], encode: Encoder = encode_component) -> str:
    """The query string of the pixel's parameters, in their order; parameters without a value are left out."""
    return "&".join(f"{name}={encode(value)}" for name, value in parameters.items() if value is not None)


def referer_of(url: str) -> str:
    """What the Referer header holds of a page's URL: everything but the fragment."""
    return url.partition("#")[0]


def browser_headers(
    user_agent: str,
    language: str,
    referer: str | None = None,
    private: bool = False,
    prefetch: tuple[str, str] | None = None,
    hints: Headers = (),
) -> Headers:
    """Headers of an image request by a browser. `prefetch` is the header by which it says that nobody looks yet, and
    `hints` are its client hints.

    The privacy signal goes early because CloudFront logs the first 800 bytes of the headers only.
    """
    headers = [("User-Agent", user_agent)]
    if private:
        headers.append(("Sec-GPC", "1"))
    if prefetch:
        headers.append(prefetch)
    headers += [
        *hints,
        ("Accept", "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Mode", "no-cors"),
        ("Sec-Fetch-Dest", "image"),
    ]
    if referer is not None:
        headers.append(("Referer", referer))
    return (*headers, ("Accept-Encoding", "gzip, deflate, br, zstd"), ("Accept-Language", language))


def robot_headers(user_agent: str | None) -> Headers:
    """Headers of a program. None: it names no user agent at all."""
    accept = (("Accept", "*/*"), ("Accept-Encoding", "gzip"))
    return accept if user_agent is None else (("User-Agent", user_agent), *accept)


@dataclass(frozen=True)
class ClientHints:
    """What a browser made of Chromium says of itself beside its user agent. Safari and Firefox send no hints.

    `version` is Chromium's; `own_version` that of the brand, where it counts otherwise. `browser` is who it is, where
    the agent says only Chrome. `model_device` is what kind of device the model is, where the agent does not tell.
    """

    platform: str
    version: int
    brand: str = CHROME
    own_version: str | None = None
    mobile: bool = False
    model: str | None = None
    browser: str | None = None
    model_device: str | None = None

    def headers(self, with_model: bool) -> Headers:
        """The request headers of an image of another host, over https: docs/pixel.md, "Client hints".

        `with_model`: the page delegates the model to that host.
        """
        sent = (
            (_HINT_PREFIX, self._brands()),
            (f"{_HINT_PREFIX}-Mobile", f"?{self.mobile:d}"),
            (f"{_HINT_PREFIX}-Platform", f'"{self.platform}"'),
        )
        return (*sent, (f"{_HINT_PREFIX}-Model", f'"{self.model}"')) if with_model and self.model else sent

    def _brands(self) -> str:
        first, second = (_MADE_UP_CHARACTERS[(self.version + next_) % len(_MADE_UP_CHARACTERS)] for next_ in (0, 1))
        brands = (
            (f"Not{first}A{second}Brand", _MADE_UP_VERSIONS[self.version % len(_MADE_UP_VERSIONS)]),
            ("Chromium", str(self.version)),
            (self.brand, self.own_version or str(self.version)),
        )
        placed = zip(_ORDERS[self.version % len(_ORDERS)], brands, strict=True)
        return ", ".join(f'"{name}";v="{version}"' for _, (name, version) in sorted(placed))


def sent_by(protocol: Protocol, headers: Headers) -> Headers:
    """Headers as they go by this protocol: by http, browsers leave the client hints out."""
    return (
        headers
        if protocol == "https"
        else tuple(header for header in headers if not header[0].startswith(_HINT_PREFIX))
    )
