# SPDX-License-Identifier: Apache-2.0
"""How people came to a page: the patterns of `channel` in the view, from the lists of answers/channels.toml."""

import tomllib
from collections.abc import Iterable
from functools import cache
from typing import Any

from edgepixel.answers.registry import FOLDER
from edgepixel.errors import AnswerFolderError

CHANNELS = (
    "direct", "search", "ai_assistant", "social", "mail", "video", "shopping", "paid", "affiliate", "referral",
    "internal",
)  # fmt: skip
"""Every value of `channel`."""
LISTED = ("paid", "affiliate", "mail", "ai_assistant", "shopping", "video", "social", "search")
"""Those that have a list of hosts, in the order in which the view looks for them."""

# A country's domain, with com or co before it where registries have that: de, co.jp, com.br.
_ANY_COUNTRY = "(?:com?[.])?[a-z]{2,3}"
_ANYTHING = ".**"
_WIDTH = 1000  # of a piece of a pattern: with many short ones, the view would be too complex to be parsed


def click_ids(channel: str | None = None) -> str:
    """A parameter whose name tells of a click; of one channel, or of all."""
    found = _listed()["click_ids"]
    names = found[channel] if channel else [name for group in found.values() for name in group]
    return _literal(f"(?:^|&)(?:{'|'.join(names)})=[^&]")


def link_parameters() -> str:
    """In a URL: a parameter that tells of a campaign or of a click."""
    names = [name for group in _listed()["click_ids"].values() for name in group]
    return _literal(f"[?&#;](?:utm_[a-z]+|{'|'.join(names)})=")


def medium_channel() -> str:
    """The channel that `medium`, in lower case, tells without doubt."""
    return _case((channel, f"regexp_like(medium, {_words(words)})") for channel, words in _listed()["mediums"].items())


def plain_medium_channel() -> str:
    """The channel that `medium` tells where nothing else does."""
    found = _listed()["plain_mediums"].items()
    return _case((channel, f"regexp_like(medium, {_words(words)})") for channel, words in found)


def source_channel() -> str:
    """The channel of `source`, which is utm_source in lower case: a name, or a host."""
    return _case(
        (channel, f"regexp_like(source, {_literal(f'^(?:{_any_of(group["sources"])})$|{_hosts(group)}')})")
        for channel, group in _groups()
    )


def referrer_channel() -> str:
    """The channel of `origin`, which is the referrer's host in lower case, or of the beginning of `referrer`."""
    conditions = []
    for channel, group in _groups():
        condition = f"regexp_like(origin, {_literal(_hosts(group))})"
        if "urls" in group:
            urls = _literal(f"(?i)^https?://(?:[^/?#]*[.])?(?:{'|'.join(map(_name, group['urls']))})(?:[/?#]|$)")
            condition += f" OR regexp_like(referrer, {urls})"
        conditions.append((channel, condition))
    return _case(conditions)


def _case(conditions: Iterable[tuple[str, str]]) -> str:
    lines = [f"  WHEN {condition} THEN '{channel}'" for channel, condition in conditions]
    return "\n".join(["CASE", *lines, "END"])


def _hosts(group: dict[str, list[str]]) -> str:
    below = _any_of(_name(host) for host in group["hosts"] if not host.endswith(_ANYTHING))
    beginnings = [host for host in group["hosts"] if host.endswith(_ANYTHING)]
    alone = _any_of(map(_name, [*group.get("exactly", []), *beginnings]))
    return f"(?:^|[.])(?:{below})$" + (f"|^(?:www[.]|m[.])?(?:{alone})$" if alone else "")


def _name(host: str) -> str:
    """The pattern of a host, or of a host and the beginning of a path."""
    if host.endswith(_ANYTHING):
        return f"{host.removesuffix(_ANYTHING)}[.].+"
    host = host.replace(".", "[.]") if "[" not in host else host
    return host.replace("*", _ANY_COUNTRY)


def _words(words: Iterable[str]) -> str:
    """Any of the words, as a word; one that begins with ^ is the whole text."""
    whole = [word for word in words if word.startswith("^")]
    parts = [f"(?:^|[^a-z])(?:{_any_of(word for word in words if word not in whole)})(?:[^a-z]|$)", *whole]
    return _literal("|".join(parts))


def _any_of(patterns: Iterable[str]) -> str:
    return "|".join(patterns)


def _literal(pattern: str) -> str:
    """An SQL text, in pieces that fit on a line. Pieces end before a `|`, so that a reader sees whole names."""
    pieces, rest = [], pattern
    while len(rest) > _WIDTH:
        cut = rest.rfind("|", 1, _WIDTH)
        cut = cut if cut > 0 else _WIDTH
        pieces.append(rest[:cut])
        rest = rest[cut:]
    return "\n    || ".join(f"'{piece}'" for piece in [*pieces, rest])


def _groups() -> list[tuple[str, dict[str, Any]]]:
    return [(channel, _listed()[channel]) for channel in LISTED]


@cache
def _listed() -> dict[str, Any]:
    found = tomllib.loads((FOLDER / "channels.toml").read_text(encoding="utf-8"))
    unknown = [name for name in found if name not in ("click_ids", "mediums", "plain_mediums", *LISTED)]
    if unknown:
        raise AnswerFolderError(f"answers/channels.toml: unknown: {', '.join(unknown)}")
    return found
