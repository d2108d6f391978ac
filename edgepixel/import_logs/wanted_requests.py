# SPDX-License-Identifier: Apache-2.0
"""Which requests become events, and what their log lines say then: those for the pixel, or those for pages."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Protocol
from urllib.parse import quote_from_bytes, unquote_to_bytes

from edgepixel.import_logs.log_rows import NOTHING, BadRowError, Names
from localcloud.cloudfront.log_line import encode_field

type Decision = Callable[[Sequence[bytes]], Mapping[str, bytes] | None]
"""From a row's values to the fields of the lake that differ from them; None for a request that is not wanted."""

_NEEDED = ("cs-uri-stem", "cs-method", "sc-status")
_AS_IT_IS: Mapping[str, bytes] = {}

_GOT_PAGE = (b"200", b"304")
_PAGE_TYPES = ("text/html", "application/xhtml+xml")
# What the last part of a page's path may end in; without an ending it is a page as well.
_ENDING = re.compile(r"\.([a-z][a-z0-9]{0,9})$")
_PAGE_ENDINGS = frozenset(("html", "htm", "xhtml", "shtml", "php", "asp", "aspx", "jsp", "jspx", "cfm", "cgi", "do"))
# Bytes that a request's first line can have in a path or a query.
_REQUESTABLE = bytes(range(33, 127))

_CACHED = 2048  # the same pages are requested again and again


class Wanted(Protocol):
    """Which requests are wanted. `what` names them for people, `choice` tells this choice from any other."""

    @property
    def what(self) -> str: ...

    @property
    def choice(self) -> str: ...

    def decision(self, names: Names) -> Decision:
        """How rows with these fields are decided on. Raises BadRowError if fields are missing."""
        ...


class PixelRequests:
    """Every request for the pixel's path, as the real-time log has them: redirects and refusals too."""

    def __init__(self, path: str) -> None:
        self.what = path
        self.choice = f"pixel {path}"
        self._path = encode_field(path).encode()

    def decision(self, names: Names) -> Decision:
        require(names, _NEEDED)
        stem, path = names.index("cs-uri-stem"), self._path
        return lambda values: _AS_IT_IS if values[stem] == path else None


class PageRequests:
    """Requests that got a page: each becomes a line that says what a pixel in that page would have said."""

    what = "pages"

    def __init__(self, site: str | None = None) -> None:
        self.choice = f"pages of {site}" if site else "pages"
        self._site = f"&s={_twice(site.encode())}" if site else ""

    def decision(self, names: Names) -> Decision:
        require(names, _NEEDED)
        if not {"x-host-header", "cs-host"} & set(names):
            raise BadRowError("it lacks the fields x-host-header and cs(Host), so no page's URL is known")
        method, status, stem = names.index("cs-method"), names.index("sc-status"), names.index("cs-uri-stem")
        value = _reader(names)
        content_type = value("sc-content-type")
        protocol, query, referer = value("cs-protocol"), value("cs-uri-query"), value("cs-referer")
        host, distribution = value("x-host-header"), value("cs-host")

        def decide(values: Sequence[bytes]) -> Mapping[str, bytes] | None:
            if values[method] != b"GET" or values[status] not in _GOT_PAGE:
                return None
            if not _is_page(content_type(values), values[stem]):
                return None
            url = _url(protocol(values), host(values) or distribution(values), values[stem], query(values))
            said = f"e=view&u={_twice(url)}"
            if referer(values):
                said += f"&r={_twice(unquote_to_bytes(referer(values)))}"
            return {"cs-uri-query": (said + self._site).encode(), "cs-referer": NOTHING}

        return decide


def require(names: Names, needed: Sequence[str]) -> None:
    """Raise BadRowError unless all of the fields are there."""
    missing = [name for name in needed if name not in names]
    if missing:
        raise BadRowError(f"it lacks {', '.join(missing)}, which no import can do without")


def _reader(names: Names) -> Callable[[str], Callable[[Sequence[bytes]], bytes]]:
    """Gives, for a field, what reads it from a row's values: empty if it has no value, or is not there at all."""

    def value(name: str) -> Callable[[Sequence[bytes]], bytes]:
        if name not in names:
            return lambda values: b""
        place = names.index(name)
        return lambda values: b"" if values[place] == NOTHING else values[place]

    return value


@lru_cache(_CACHED)
def _is_page(content_type: bytes, stem: bytes) -> bool:
    """Whether the response was a document: by its type or, without one, as with 304, by the path."""
    if content_type:
        return unquote_to_bytes(content_type).decode("latin-1").partition(";")[0].strip().lower() in _PAGE_TYPES
    name = stem.decode("latin-1").lower().rpartition("/")[2]
    ending = _ENDING.search(name)
    return ending is None or ending[1] in _PAGE_ENDINGS


def _url(protocol: bytes, host: bytes, stem: bytes, query: bytes) -> bytes:
    """A page's URL as it was requested, from the encoded fields; without a host, only its path."""
    origin = b"%b://%b" % (protocol or b"https", unquote_to_bytes(host)) if host else b""
    return origin + _requested(stem) + (b"?" + _requested(query) if query else b"")


@lru_cache(_CACHED)
def _requested(encoded: bytes) -> bytes:
    """A path or a query as it was requested.

    Nobody can request a space or a byte beyond ASCII: where decoding gives one, the log had the request's own escapes.
    """
    return quote_from_bytes(unquote_to_bytes(encoded), safe=_REQUESTABLE).encode()


@lru_cache(_CACHED)
def _twice(raw: bytes) -> str:
    """A value as the pixel's query has it, encoded by the page, and then by the log once more."""
    return encode_field(quote_from_bytes(raw, safe=""))
