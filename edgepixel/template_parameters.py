# SPDX-License-Identifier: Apache-2.0
"""The parameters of template.yaml, so that a wrong one is refused before anything is built."""

from edgepixel.suggestion import did_you_mean
from edgepixel.template import read_template
from edgepixel.time_zones import time_zone_problem

TIME_ZONE = "TimeZone"
"""The parameter whose values no list of the template has."""


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
    return None
