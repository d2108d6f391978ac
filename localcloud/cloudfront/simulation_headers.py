# SPDX-License-Identifier: Apache-2.0
"""Headers by which a local viewer's request claims another address, country, edge location, time or protocol. Pure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

ADDRESS, COUNTRY, ASN = "x-localcloud-address", "x-localcloud-country", "x-localcloud-asn"
EDGE_LOCATION, TIME, PROTOCOL = "x-localcloud-edge-location", "x-localcloud-time", "x-forwarded-proto"
SIMULATION_HEADERS = frozenset({ADDRESS, COUNTRY, ASN, EDGE_LOCATION, TIME, PROTOCOL})
_DEFAULT_EDGE_LOCATION = "LOC50-P1"


class SimulationError(ValueError):
    """A simulation header with a value that cannot be used."""


@dataclass(frozen=True)
class Simulation:
    """Who the viewer is said to be, and when. `time`: seconds since the epoch, None for now."""

    address: str
    country: str = ""
    asn: str = ""
    edge_location: str = _DEFAULT_EDGE_LOCATION
    time: float | None = None
    protocol: str = "http"

    @classmethod
    def of(cls, headers: Mapping[str, str], client_address: str) -> Self:
        """What the simulation headers say. Raises SimulationError for a time that is not a number."""
        return cls(
            address=headers.get(ADDRESS) or client_address,
            country=headers.get(COUNTRY, ""),
            asn=headers.get(ASN, ""),
            edge_location=headers.get(EDGE_LOCATION) or _DEFAULT_EDGE_LOCATION,
            time=_time(headers[TIME]) if TIME in headers else None,
            protocol="https" if headers.get(PROTOCOL) == "https" else "http",
        )


def without_simulation(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that the viewer itself sent."""
    return {name: value for name, value in headers.items() if name not in SIMULATION_HEADERS}


def _time(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not math.isfinite(seconds):
        raise SimulationError(f"{TIME} must be seconds since the epoch, not {text!r}")
    return seconds
