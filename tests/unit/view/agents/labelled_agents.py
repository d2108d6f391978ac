# SPDX-License-Identifier: Apache-2.0
"""Labelled user agents, split in two: those that the rules of `traffic` were written from, and those held out.

Programs come from `crawler-user-agents`. Browsers come from `fake-useragent` (samples of the traffic of many sites,
2025) and from `random-user-agent` (326,000 agents collected by 2018, with how common each was): the common ones are
judged. Those of average frequency are the long tail, which is only counted, because many of them are no browsers.

The halves are made by family: for programs the package's pattern, for browsers the text without its numbers. A vendor
with several patterns can be in both; two versions of one program cannot.
"""

import hashlib
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from crawleruseragents import CRAWLER_USER_AGENTS_DATA, is_crawler

_SEED = "edge-pixel-1"
_MADE_UP = re.compile(r"Chrome/[0-9]+\.0\.[0-9]+\.[1-9][0-9]{3} Mobile Safari/[0-9.]+$")


@dataclass(frozen=True)
class Agent:
    """A user agent and what it is known to be."""

    text: str
    family: str
    human: bool
    tags: frozenset[str] = frozenset()
    long_tail: bool = False

    @property
    def held_out(self) -> bool:
        """Whether its family is in the half that the rules were not written from."""
        return hashlib.sha256(f"{_SEED} {self.family}".encode()).digest()[0] % 2 == 1


@cache
def development() -> tuple[Agent, ...]:
    """The half that the rules were written from."""
    return tuple(_distinct(agent for agent in _all() if not agent.held_out))


@cache
def held_out() -> tuple[Agent, ...]:
    """The half that was never looked at but as numbers. An agent that two families share is not in it."""
    seen = {agent.text for agent in development()}
    return tuple(_distinct(agent for agent in _all() if agent.held_out and agent.text not in seen))


def _distinct(agents: Iterable[Agent]) -> list[Agent]:
    return list({agent.text: agent for agent in agents}.values())


@cache
def _all() -> tuple[Agent, ...]:
    return (*_browsers(), *_programs())


def _browsers() -> Iterator[Agent]:
    """A crawler on a list of browsers (HeadlessChrome is there) is no browser.

    Nor is what has a version of Chrome that was never built: the lists have hundreds of four telephones that
    Chrome's developer tools imitate (Nexus 5, Galaxy S5, Pixel 2, an iPhone), each with numbers drawn by chance.
    """
    for text, long_tail in (*_recent_browsers(), *_older_browsers()):
        if not is_crawler(text) and not _MADE_UP.search(text):
            yield Agent(text, re.sub(r"[0-9]+", "0", text), human=True, long_tail=long_tail)


def _programs() -> Iterator[Agent]:
    for entry in CRAWLER_USER_AGENTS_DATA:
        for text in entry["instances"]:
            yield Agent(text, entry["pattern"], human=False, tags=frozenset(entry["tags"]))


def _recent_browsers() -> Iterator[tuple[str, bool]]:
    with resources.files("fake_useragent").joinpath("data/browsers.jsonl").open(encoding="utf-8") as lines:
        for text in {json.loads(line)["useragent"]: None for line in lines}:
            yield text, False


def _older_browsers() -> Iterator[tuple[str, bool]]:
    with (
        resources.files("random_user_agent").joinpath("data/user_agents.zip").open("rb") as packed,
        zipfile.ZipFile(packed) as archive,
        archive.open("user_agents.jl") as lines,
    ):
        for line in lines:
            agent = json.loads(line)
            if agent["software_type"].startswith("browser -> ") and agent["popularity"] != "uncommon":
                yield agent["user_agent"], agent["popularity"] == "average"
