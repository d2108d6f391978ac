# SPDX-License-Identifier: Apache-2.0
"""The query string and the headers of a browser's, or a program's, request for an image."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from urllib.parse import quote, quote_plus

type Encoder = Callable[[str], str]
type Headers = tuple[tuple[str, str], ...]

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
) -> Headers:
    """Headers of an image request by a browser. `prefetch` is the header by which it says that nobody looks yet.

    The privacy signal goes early because CloudFront logs the first 800 bytes of the headers only.
    """
    headers = [("User-Agent", user_agent)]
    if private:
        headers.append(("Sec-GPC", "1"))
    if prefetch:
        headers.append(prefetch)
    headers += [
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
