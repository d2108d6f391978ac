# SPDX-License-Identifier: Apache-2.0
"""The parameters of template.yaml, so that a wrong one is refused before anything is built."""

import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from edgepixel.errors import DeploymentError
from edgepixel.suggestion import did_you_mean
from edgepixel.template.conditions import broken_rules
from edgepixel.template.reader import read_template
from localcloud.athena.trino.time_zones import TIME_ZONES

TIME_ZONE = "TimeZone"
"""The parameter whose values no list of the template has."""
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.][0-9]+)?")


def parameter_problem(name: str, value: str) -> str | None:
    """Why the template does not take the parameter with that value; None if it does, as far as can be told here."""
    parameters = read_template()["Parameters"]
    if name not in parameters:
        return f"the template has no parameter {name!r}.{did_you_mean(name, parameters)} All: {', '.join(parameters)}"
    allowed = [str(one) for one in parameters[name].get("AllowedValues", [])]
    if allowed and value not in allowed:
        return f"{name} cannot be {value!r}: it is one of {', '.join(allowed)}"
    if name == TIME_ZONE:
        return time_zone_problem(value)
    return _misfit(name, value, parameters[name])


def check_rules(parameters: Mapping[str, str]) -> None:
    """Raise DeploymentError if the template's rules refuse these values together; others have their defaults."""
    if broken := broken_rules(read_template(), parameters):
        raise DeploymentError("these parameters do not go together. " + " ".join(broken))


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


def _misfit(name: str, value: str, parameter: Mapping[str, Any]) -> str | None:
    """Which of the template's constraints the value does not meet, as CloudFormation would check them."""
    pattern = parameter.get("AllowedPattern")
    if pattern and not re.fullmatch(pattern, value):
        return f"{name} cannot be {value!r}: it {parameter.get('ConstraintDescription', f'must match {pattern}')}"
    if parameter["Type"] != "Number":
        return None
    least, most = parameter.get("MinValue"), parameter.get("MaxValue")
    wanted = f"a number from {least} to {most}" if most is not None else f"a number from {least} on"
    fits = (
        _NUMBER.fullmatch(value) and (least is None or float(value) >= least) and (most is None or float(value) <= most)
    )
    return None if fits else f"{name} cannot be {value!r}: it must be {wanted}"
