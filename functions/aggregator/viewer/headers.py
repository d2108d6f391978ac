# SPDX-License-Identifier: Apache-2.0
"""The request headers that are read, and what is stored of them: the one list. Pure.

`cs-headers` holds the viewer's request headers as `name:value` pairs, each ended by an encoded newline (CloudFront
Developer Guide, "Use real-time access logs"). Values are percent-encoded, so a viewer's own `%0A` reads `%250A`: pairs
are found before anything is decoded, or a value could forge a header.

Any header may hold an address or a secret, in any encoding, so no list of bad headers is complete. This is a list of
good ones, and not even their values are stored as they were sent: a header that says one of its words is stored as its
name and that word.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from viewer.addresses import NO_ADDRESS, whole

type Header = tuple[bytes, bytes]
"""A header's name, in lower case, and its value as it was sent."""

# From this length on, CloudFront may have cut the field (same page).
_CUT_BYTES = 800
_PAIR_END = b"%0A"


@dataclass(frozen=True, slots=True)
class WordHeader:
    """A header that is stored as one of `words` if its value says so: at its beginning or, if `anywhere`, in it.

    `name` is in lower case. The view `events` finds the words by the same rules: answers/events.sql.
    """

    name: str
    words: tuple[str, ...]
    anywhere: bool = False


_AHEAD_OF_TIME = ("prefetch", "prerender", "preview")
VIEW_HEADERS = (
    WordHeader("purpose", _AHEAD_OF_TIME),
    WordHeader("x-purpose", _AHEAD_OF_TIME),
    WordHeader("sec-purpose", _AHEAD_OF_TIME),
    WordHeader("x-moz", _AHEAD_OF_TIME),
    WordHeader("via", ("(CloudFront)",), anywhere=True),
)
"""The headers that the view reads."""

FORWARDED_FOR = "x-forwarded-for"
"""Of this one, the addresses are stored, and only with IpAddresses=full."""

GLOBAL_PRIVACY_CONTROL = "sec-gpc"
"""Read, and not stored (https://w3c.github.io/gpc/)."""


def listed_headers(block: bytes) -> Sequence[Header]:
    """The headers in a field `cs-headers` that are on the list, in their order."""
    return [(name.lower(), value) for name, value in _LISTED(_PAIR_END + block)]


def opts_out(headers: Sequence[Header]) -> bool:
    """Whether one is `Sec-GPC: 1`. Headers of the same name may have come as one, `1, 1`."""
    return any(
        name == _GLOBAL_PRIVACY_CONTROL and b"1" in map(bytes.strip, unquote_to_bytes(value).split(b","))
        for name, value in headers
    )


def stored_headers(headers: Sequence[Header], block: bytes, with_addresses: bool) -> bytes:
    """What is stored of the field `block`, whose listed headers are `headers`; `-` if it is nothing.

    It is never longer than the field. `with_addresses`: the addresses in X-Forwarded-For too.
    """
    kept: dict[bytes, None] = {}
    for name, value in headers:
        stored = b""
        if name in _WORDS:
            said = _WORDS[name](value)
            stored = _AS_STORED[said[1].lower()] if said else b""
        elif with_addresses and name == _FORWARDED_FOR:
            # What is left of an address that was cut may be another one.
            is_cut = len(block) >= _CUT_BYTES and block.endswith(value)
            stored = _addresses(value.rpartition(b",")[0] if is_cut else value)
        if stored:
            kept[name + b":" + stored] = None
    return _PAIR_END.join(kept) or b"-"


def _addresses(value: bytes) -> bytes:
    """Of a comma-separated list, the parts that are addresses."""
    parts = (whole(unquote_to_bytes(part).strip()) for part in value.split(b","))
    return b",".join(part for part in parts if part != NO_ADDRESS)


def _pattern(header: WordHeader) -> re.Pattern[bytes]:
    before = rb"[^%]*(?:%20[^%]*)*" if header.anywhere else rb"(?:%20)*"
    return re.compile(before + b"(%b)" % b"|".join(map(re.escape, map(str.encode, header.words))), re.IGNORECASE)


_GLOBAL_PRIVACY_CONTROL, _FORWARDED_FOR = GLOBAL_PRIVACY_CONTROL.encode(), FORWARDED_FOR.encode()
_WORDS = {header.name.encode(): _pattern(header).match for header in VIEW_HEADERS}
_AS_STORED = {word.lower().encode(): word.encode() for header in VIEW_HEADERS for word in header.words}
# CloudFront writes escapes in upper case. If it ever does not, no header may be overlooked because of that.
_LISTED = re.compile(
    rb"%%0[Aa]((?i:%b)):([^%%]*+(?:%%(?!0[Aa])[^%%]*+)*+)"
    % b"|".join(map(re.escape, [*_WORDS, _FORWARDED_FOR, _GLOBAL_PRIVACY_CONTROL]))
).findall
