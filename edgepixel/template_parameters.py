# SPDX-License-Identifier: Apache-2.0
"""The parameters of template.yaml, so that a wrong one is refused before anything is built."""

import re
from functools import cache
from typing import Any

from edgepixel.paths import ROOT
from edgepixel.suggestion import did_you_mean

# From its heading to the next: this part of a template may hold no intrinsic functions, so it is plain YAML.
_SECTION = re.compile(r"^Parameters:\n.*?^(?=\S)", re.MULTILINE | re.DOTALL)


def parameter_problem(name: str, value: str) -> str | None:
    """Why the template does not take the parameter with that value; None if it does, as far as can be told here."""
    parameters = _parameters()
    if name not in parameters:
        return f"the template has no parameter {name!r}.{did_you_mean(name, parameters)} All: {', '.join(parameters)}"
    allowed = [str(one) for one in parameters[name].get("AllowedValues", [])]
    if allowed and value not in allowed:
        return f"{name} cannot be {value!r}: it is one of {', '.join(allowed)}"
    return None


@cache
def _parameters() -> dict[str, dict[str, Any]]:
    import yaml  # only for whoever gives a parameter

    found = _SECTION.search((ROOT / "template.yaml").read_text(encoding="utf-8"))
    if found is None:
        raise ValueError("template.yaml has no Parameters")
    parameters: dict[str, dict[str, Any]] = yaml.safe_load(found[0])["Parameters"]
    return parameters
