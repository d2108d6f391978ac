# SPDX-License-Identifier: Apache-2.0
"""Names of time zones: which Athena takes, and what a wrong one was meant to be."""

from zoneinfo import available_timezones

from edgepixel.suggestion import did_you_mean
from localcloud.athena.time_zones import TIME_ZONES


def time_zone_problem(name: str) -> str | None:
    """Why a time zone cannot be used; None if it can.

    Athena fails every query that names a zone it does not know, so a name must be in its list. This machine must know
    the zone as well, because it says where days begin.
    """
    if name not in TIME_ZONES:
        return (
            f"{name!r} is not a time zone that Athena knows.{did_you_mean(name, TIME_ZONES)} "
            "Names are those of the IANA time zone database, such as Europe/Berlin"
        )
    if name not in available_timezones():
        return f"this machine does not know the time zone {name!r}: install the Python package tzdata"
    return None
