# SPDX-License-Identifier: Apache-2.0
"""The family of a user agent, and which families are held out.

Near-duplicates must be on one side: two versions of a program, two models of a maker, two builds of one model. So a
family is a product's or a maker's name, read from the text alone, and one name is the same family in every package.
"""

import hashlib
import re

_SEED = "edge-pixel-2"
_BOT = re.compile(r"[a-z][a-z!._-]*(?:bot|crawler|spider)|(?:bot|crawler|spider)[a-z_-]+")
_ENDING = re.compile(r"[-_.!]?(?:bot|crawler|spider)$")
_MODEL = re.compile(r"android [^;)]*; *(?:[a-z]{2}[-_][a-z]{2}; *)?([a-z]+)")
_WORD = re.compile(r"[a-z]{3,}")
# What most agents say says nothing about which of them it is.
_USUAL = {
    "mozilla", "applewebkit", "khtml", "gecko", "chrome", "safari", "version", "mobile", "like", "compatible",
    "windows", "linux", "android", "macintosh", "intel", "mac", "win", "wow", "msie", "trident", "http", "https",
    "www", "com", "net", "org", "html", "php", "build", "release", "the", "and", "for", "from", "via", "bot", "robot",
    "crawler", "spider", "agent", "user", "iphone", "ipad", "ipod", "cpu", "darwin", "cfnetwork", "dalvik",
}  # fmt: skip


def family(text: str) -> str:
    """A name that the agent shares with its near-duplicates, in lower case."""
    agent = text.lower()
    if found := _BOT.search(agent):
        return _ENDING.sub("", found[0]) or found[0]
    if found := _MODEL.search(agent):
        return found[1]
    words = [word for word in _WORD.findall(agent) if word not in _USUAL]
    return " ".join(words[-2:]) or re.sub(r"[0-9]+", "0", agent)


def held_out(name: str) -> bool:
    """Whether a family is in the half that no rule was written from."""
    return hashlib.sha256(f"{_SEED} {name}".encode()).digest()[0] % 2 == 1
