# SPDX-License-Identifier: Apache-2.0
"""Requests as an attacker would write them, byte by byte, and none that a browser would send."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from tests.log_lines import log_line

MARK = "hostile" + secrets.token_hex(4)  # in every request, so that its traces can be found
FORGED_ID = f"forged-{MARK}=="
_LONGEST_TARGET = 8192  # Amazon CloudFront Developer Guide, "Quotas": URL length in bytes
# What CloudFront would have written for somebody else's view.
FORGED_LINE = (
    log_line(x_edge_request_id=FORGED_ID, cs_host="victim.example", cs_uri_query="e=purchase&v=1000000")
    .rstrip(b"\n")
    .decode()
)
# What ends a line, or separates fields, for one program or another.
_SEPARATORS = {
    "newline": "\n", "carriage return": "\r", "both": "\r\n", "tab": "\t", "vertical tab": "\v", "form feed": "\f",
    "file separator": "\x1c", "next line": "\x85", "line separator": "\u2028", "null": "\0",
}  # fmt: skip


@dataclass(frozen=True)
class Hostile:
    """A request's first line and its headers besides Host, as they go over the wire."""

    name: str
    target: bytes
    method: bytes = b"GET"
    headers: tuple[bytes, ...] = ()

    def head(self, host: str) -> bytes:
        """What is sent. `x-forwarded-proto` tells the local cloud that this came by TLS."""
        lines = [
            self.method + b" " + self.target + b" HTTP/1.1",
            b"host: " + host.encode(),
            b"x-forwarded-proto: https",
        ]
        return b"\r\n".join([*lines, *self.headers, b"connection: close", b"", b""])


def hostile_requests(path: str) -> list[Hostile]:
    """All of them, for a pixel at this path."""
    pixel = path.encode()
    marked = pixel + f"?e={MARK}".encode()
    return [*_queries(pixel), *_methods(marked), *_floods(marked), *_paths(pixel), *_forgeries(pixel, marked)]


def _queries(pixel: bytes) -> Iterator[Hostile]:
    start = pixel + f"?e={MARK}&x=".encode()
    room = _LONGEST_TARGET - len(start)
    yield Hostile("query of 8 KB", start + b"a" * room)
    yield Hostile("8 KB of escapes", start + b"%0A%09%25%00"[: room // 12 * 12] * (room // 12))
    yield Hostile("8 KB of broken escapes", start + b"%" * room)
    yield Hostile("8 KB of ampersands", start + b"&" * room)
    yield Hostile("4,000 parameters", start + b"&e=b" * (room // 4))
    yield Hostile("every byte", start + bytes(byte for byte in range(33, 256) if byte != 127))
    yield Hostile("no UTF-8", start + b"%ff%fe%c0%80%ed%a0%80")
    yield Hostile("SQL", start + b"%27;DROP%20TABLE%20pixel_events;--&s=%27%20OR%201=1")
    yield Hostile("numbers", start + b"1&v=1e999999999&asn=-1&v=NaN&v=0x10&v=99999999999999999999999999999999999999999")
    yield Hostile(
        "markup", start + b"%3Cscript%3Ealert(1)%3C/script%3E&t=%3Cimg%20src=x%20onerror=alert(1)%3E&u=javascript:1"
    )


def _methods(marked: bytes) -> Iterator[Hostile]:
    for method in (b"HEAD", b"POST", b"PUT", b"DELETE", b"OPTIONS", b"PATCH", b"TRACE", b"BREW", b"get", b"G" * 300):
        yield Hostile(f"method {method[:10].decode()}", marked + b"&m=1", method)


def _floods(marked: bytes) -> Iterator[Hostile]:
    yield Hostile("90 headers", marked, headers=tuple(b"x-%d: %d" % (number, number) for number in range(90)))
    yield Hostile("the same header 60 times", marked, headers=(b"x-again: and again",) * 60)
    yield Hostile("user agent of 8 KB", marked, headers=(b"user-agent: " + b"A" * 8000,))
    yield Hostile("referer of 8 KB", marked, headers=(b"referer: https://example.com/" + b"%" * 8000,))
    yield Hostile(
        "two hosts in one", marked, headers=(b"x-forwarded-host: victim.example", b"x-forwarded-for: 1.2.3.4, ::1")
    )
    yield Hostile("empty headers", marked, headers=(b"user-agent: ", b"referer: ", b"sec-gpc: ", b"purpose: "))


def _paths(pixel: bytes) -> Iterator[Hostile]:
    query = f"?e={MARK}&path=1".encode()
    escaped = b"/%%%02x" % pixel[1] + pixel[2:]
    for path in (
        pixel + b"/", b"/" + pixel, b"/." + pixel, b"/x/.." + pixel, b"/.." + pixel, pixel + b"%00", pixel + b";x=1",
        pixel + b"%2f..%2f..%2fetc%2fpasswd", pixel.upper(), escaped, pixel + b"%0a", b"http://victim.example" + pixel,
    ):  # fmt: skip
        yield Hostile(f"path {path.decode()}", path + query)


def _forgeries(pixel: bytes, marked: bytes) -> Iterator[Hostile]:
    start = pixel + f"?e={MARK}&x=".encode()
    for name, separator in _SEPARATORS.items():
        forged = separator + FORGED_LINE + separator
        once = quote(forged, safe="")
        yield Hostile(f"{name} in the query", start + once.encode())
        yield Hostile(f"{name} in the query, encoded twice", start + quote(once, safe="").encode())
        yield Hostile(f"{name} in headers, encoded", marked, headers=_everywhere(once.encode()))
        if separator not in "\n\r\r\n\0":  # those end the header, or the request
            yield Hostile(f"{name} in headers, as it is", marked, headers=_everywhere(forged.strip().encode()))


def _everywhere(value: bytes) -> tuple[bytes, ...]:
    names = (b"user-agent", b"referer", b"x-forwarded-for", b"cookie", b"sec-purpose", b"x-" + MARK.encode())
    return tuple(name + b": " + value for name in names)
