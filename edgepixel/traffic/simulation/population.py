# SPDX-License-Identifier: Apache-2.0
"""The made-up visitors: who they are, where they call from, and what they browse with."""

from dataclasses import dataclass
from random import Random

from edgepixel.traffic.simulation.browsers import BROWSERS, DESKTOP, MAIL_PROGRAMS, Agent
from edgepixel.traffic.simulation.networks import ACCESS, DATACENTERS, Place, pick_address, pick_place

_PRIVATE_SHARE = 0.07  # browsers that send Global Privacy Control
_HITS_PER_VISITOR = 6


@dataclass(frozen=True)
class Visitor:
    """Someone with a browser, who comes back with the same address and agent."""

    agent: Agent
    address: str
    place: Place
    asn: int
    private: bool = False


def new_visitor(random: Random, agents: tuple[Agent, ...], places: tuple[Place, ...]) -> Visitor:
    """A visitor with one of these agents from one of these places, by their weights."""
    place = pick_place(random, places)
    agent = random.choices(agents, weights=[agent.weight for agent in agents])[0]
    return Visitor(agent, pick_address(random), place, random.choice(place.asns), random.random() < _PRIVATE_SHARE)


@dataclass(frozen=True)
class Population:
    """All visitors with a browser."""

    readers: tuple[Visitor, ...]  # of pages
    subscribers: tuple[Visitor, ...]  # of the newsletter, in a mail program
    in_datacenters: tuple[Visitor, ...]  # browsers that run in a datacenter


def populate(random: Random, hits: int) -> Population:
    """A population of the size that fits a number of hits, so that visitors come back."""
    size = max(12, hits // _HITS_PER_VISITOR)
    return Population(
        readers=tuple(new_visitor(random, BROWSERS, ACCESS) for _ in range(size)),
        subscribers=tuple(new_visitor(random, MAIL_PROGRAMS, ACCESS) for _ in range(max(4, size // 20))),
        in_datacenters=tuple(new_visitor(random, DESKTOP, DATACENTERS) for _ in range(max(4, size // 12))),
    )
