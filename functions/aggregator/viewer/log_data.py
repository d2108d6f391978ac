# SPDX-License-Identifier: Apache-2.0
"""The field `viewer-request-log-data`, which the edge function writes, and how much of it is stored. Pure.

It holds `key=value` pairs separated by `&`, the version first: `v=1&a=203.0.113.0&l=en-GB` (docs/edge-function.md).
CloudFront URL-encodes it and cuts it at 800 bytes (Developer Guide, "General helper methods"), but does not say which
characters it encodes, and log fields are encoded too. No value has a `%`, so the pairs are found whether `&` and `=`
come as they are, encoded once, or encoded twice.

A distribution may have a function of its owner's own, which may write anything there: an address, a cookie. So what is
stored are the pairs of a list, each with the characters that its value can have.
"""

import re
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from viewer.addresses import NO_ADDRESS

_AND = rb"(?:&|%(?:25)?26)"
_IS = rb"(?:=|%(?:25)?3[Dd])"
_SPLIT = re.compile(b"(%b)" % _AND).split
_PAIR = re.compile(rb"([a-z])%b(.+)" % _IS).fullmatch
_VERSION = b"1"

_WORD = rb"[A-Za-z0-9 ._:/()+-]+"
_VALUES = {
    key: re.compile(value).fullmatch
    for key, value in {
        b"v": _VERSION,
        b"g": rb"1",
        b"p": rb"prefetch|prerender|preview",
        b"f": rb"1",
        b"l": rb"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*",
        b"m": rb"[01]",
        b"o": _WORD,
        b"d": _WORD,
        b"b": _WORD,
    }.items()
}
_ABOUT_NOBODY = frozenset({b"v", b"g", b"p", b"f"})
_ADDRESS = b"a"
_ADDRESS_INSIDE = re.compile(rb"[0-9]{1,3}(?:\.[0-9]{1,3}){3}|(?:[0-9A-Fa-f]{0,4}:){2}").search
_PRIVATE = re.compile(rb"(?:.*%b)?g%b1(?:%b.*)?" % (_AND, _IS, _AND)).fullmatch

_WRITTEN = ((b"&", b"="), (b"%26", b"%3D"), (b"%2526", b"%253D"))
PRIVATE_BEGINNINGS = tuple(b"v%b1%bg%b1" % (equals, ampersand, equals) for ampersand, equals in _WRITTEN)
"""How an ordinary string begins of a viewer who sends `Sec-GPC: 1`."""


def is_private(data: bytes) -> bool:
    """Whether the function saw `Sec-GPC: 1`, in whatever version of the string."""
    return _PRIVATE(data) is not None


def stored_log_data(data: bytes, mask: Callable[[bytes], bytes], about_viewer: bool) -> bytes:
    """What is stored of the field; `-` if it is not of the known version. It does not grow.

    `mask` is applied to the address, if there is one. Without `about_viewer`, only what is about nobody is stored.
    """
    kept: dict[bytes, bytes] = {}
    pieces = _SPLIT(data)
    for separator, pair in zip([b"", *pieces[1::2]], pieces[::2], strict=True):
        found = _PAIR(pair)
        if found is None or found[1] in kept or not (about_viewer or found[1] in _ABOUT_NOBODY):
            continue
        stored = _stored_pair(pair, found[1], _decoded(found[2]), mask)
        if stored:
            kept[found[1]] = separator + stored
    return b"".join(kept.values()) if next(iter(kept), b"") == b"v" else b"-"


def _stored_pair(pair: bytes, key: bytes, value: bytes, mask: Callable[[bytes], bytes]) -> bytes:
    """The pair itself, with its address masked; nothing if it is not on the list."""
    if key == _ADDRESS:
        masked = mask(value)
        if masked == value:
            return pair
        if masked == NO_ADDRESS:
            return b""
        beginning = re.match(b"a" + _IS, pair)
        # Colons stay written as they came.
        colon = re.search(rb":|%(?:25)?3[Aa]", pair)
        return (beginning[0] if beginning else b"") + masked.replace(b":", colon[0] if colon else b":")
    if key not in _VALUES or not _VALUES[key](value) or _ADDRESS_INSIDE(value):
        return b""
    return pair


def _decoded(value: bytes) -> bytes:
    return unquote_to_bytes(unquote_to_bytes(value)) if b"%" in value else value


def ordinary_log_data(with_network: bool) -> bytes:
    """A pattern of strings that are stored as they are. `with_network`: one with a shortened address is, too.

    It knows what most browsers send; of other strings, such as one with a point in a model's name, it says nothing.
    """
    # At most 48 bits stay of IPv6, and 6to4 (2002::/16) has an IPv4 address in them.
    colon = rb"(?::|%(?:25)?3A)"
    network = rb"(?:(?:[0-9]{1,3}\.){3}0|(?!2002)(?:[0-9a-f]{1,4}%b){1,3}%b)" % (colon, colon)
    word = rb"(?:[A-Za-z0-9_/()+-]++|%(?:25)?2[089BF]| )++"
    about_nobody = [(b"p", rb"(?:prefetch|prerender|preview)"), (b"f", b"1")]
    about_viewer = [(b"l", rb"[A-Za-z]{1,8}+(?:-[A-Za-z0-9]{1,8}+)*+"), (b"m", b"[01]")]
    about_viewer += [(b"o", word), (b"d", word), (b"b", word)]
    address = [(b"a", network)] if with_network else []
    strings = (
        b"v%b1(?:%bg%b1%b|%b)"
        % (
            equals,
            ampersand,
            equals,
            _optional(about_nobody, ampersand, equals),
            _optional([*address, *about_nobody, *about_viewer], ampersand, equals),
        )
        for ampersand, equals in _WRITTEN
    )
    return b"|".join(strings)


def _optional(pairs: list[tuple[bytes, bytes]], ampersand: bytes, equals: bytes) -> bytes:
    return b"".join(b"(?:%b%b%b%b)?+" % (ampersand, key, equals, value) for key, value in pairs)
