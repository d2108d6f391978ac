# SPDX-License-Identifier: Apache-2.0
"""Where made-up viewers call from: countries, autonomous systems, and addresses that belong to nobody.

Addresses are from ranges set aside for documentation and benchmarks (RFC 5737, RFC 2544, RFC 3849), so that no real
person's address is in a test. Autonomous system numbers are real: the view `events` knows some of them as datacenters.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from random import Random


@dataclass(frozen=True)
class Place:
    """Where a viewer is, as the edge sees it."""

    country: str  # ISO 3166-1 alpha-2
    language: str  # that its people prefer, in the words of the view `events`
    accept_language: str  # what their browsers send
    edge_location: str
    asns: tuple[int, ...]  # access networks, or a hosting company's
    weight: int = 1


ACCESS = (
    Place("US", "en-US", "en-US,en;q=0.9", "IAD89-C1", (7922, 701, 7018, 20115), 24),
    Place("DE", "de-DE", "de-DE,de;q=0.9,en;q=0.8", "FRA56-P3", (3320, 3209, 6805), 14),
    Place("GB", "en-GB", "en-GB,en;q=0.9", "LHR61-P2", (2856, 5607, 5089), 9),
    Place("FR", "fr-FR", "fr-FR,fr;q=0.9,en;q=0.7", "CDG50-P1", (3215, 12322, 15557), 7),
    Place("IN", "en-IN", "en-IN,en;q=0.9,hi;q=0.8", "BOM78-P4", (55836, 24560, 45609), 8),
    Place("BR", "pt-BR", "pt-BR,pt;q=0.9", "GRU3-P3", (28573, 26599, 18881), 6),
    Place("JP", "ja", "ja,en-US;q=0.8", "NRT57-P5", (4713, 2516, 17676), 6),
    Place("NL", "nl-NL", "nl-NL,nl;q=0.9,en;q=0.8", "AMS58-P2", (1136, 33915), 4),
    Place("CA", "en-CA", "en-CA,en;q=0.9", "YTO50-P1", (812, 577, 6327), 4),
    Place("ES", "es-ES", "es-ES,es;q=0.9", "MAD53-P2", (3352, 12479), 3),
    Place("PL", "pl-PL", "pl-PL,pl;q=0.9", "WAW51-P1", (5617, 12741), 3),
    Place("SE", "sv-SE", "sv-SE,sv;q=0.9,en;q=0.8", "ARN56-P1", (3301, 1257), 2),
    Place("AU", "en-AU", "en-AU,en;q=0.9", "SYD62-P1", (1221, 4804), 3),
    Place("ZA", "en-ZA", "en-ZA,en;q=0.9", "JNB50-C1", (37457, 36874), 1),
    Place("NG", "en-NG", "en-NG,en;q=0.9", "LOS50-P1", (29465, 36873), 1),
    Place("KE", "en-KE", "en-KE,sw;q=0.8", "NBO50-P1", (33771, 37061), 1),
    Place("MX", "es-419", "es-419,es;q=0.9", "QRO51-P3", (8151, 28403), 2),
    Place("TW", "zh-TW", "zh-Hant-TW,zh;q=0.9", "TPE52-P1", (3462, 4780), 2),
    Place("KW", "ar-KW", "ar-KW,ar;q=0.9,en;q=0.8", "DXB52-C1", (42961, 29357, 6412), 4),
)

# The numbers are those that the view `events` takes for datacenters.
DATACENTERS = (
    Place("US", "en-US", "en-US,en;q=0.9", "IAD89-C1", (16509, 14618, 15169, 396982, 8075), 5),
    Place("DE", "en-US", "en-US,en;q=0.9", "FRA56-P3", (24940,), 3),
    Place("FR", "en-US", "en-US,en;q=0.9", "CDG50-P1", (16276,), 2),
    Place("NL", "en-US", "en-US,en;q=0.9", "AMS58-P2", (14061, 63949, 20473, 31898), 2),
    Place("SG", "en-US", "en-US,en;q=0.9", "SIN52-C1", (45102, 132203), 2),
)

_V4_DOCUMENTATION = tuple(IPv4Network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"))
_V4_BENCHMARKS = IPv4Network("198.18.0.0/15")
_V6_DOCUMENTATION = IPv6Network("2001:db8::/32")
_V6_SHARE = 0.35


def pick_place(random: Random, places: tuple[Place, ...]) -> Place:
    """One of the places, by weight."""
    return random.choices(places, weights=[place.weight for place in places])[0]


def pick_address(random: Random) -> str:
    """An address in the text form that CloudFront logs; several fall into one /24 or /48, as neighbours do."""
    if random.random() < _V6_SHARE:
        network = random.randrange(400) << 80  # the third group of the address: the /48
        return str(IPv6Address(int(_V6_DOCUMENTATION[0]) + network + random.getrandbits(80)))
    if random.random() < 0.1:
        block = random.choice(_V4_DOCUMENTATION)
        return str(block[random.randrange(1, 255)])
    return str(IPv4Address(int(_V4_BENCHMARKS[0]) + random.randrange(1, _V4_BENCHMARKS.num_addresses - 1)))
