# SPDX-License-Identifier: Apache-2.0
"""Which of the template's resources a stack has: the template's conditions, evaluated."""

from collections.abc import Mapping
from typing import Any

from edgepixel.template.conditions import is_true, plain_text
from edgepixel.template.reader import read_template


def stack_resources(parameters: Mapping[str, str]) -> dict[str, Mapping[str, Any]]:
    """The resources of a stack with these parameters, and the defaults of all others, by logical id.

    Raises ValueError for a parameter that the template does not have, and for a condition that is not understood.
    """
    template, values = read_template(), parameter_values(parameters)
    conditions = template["Conditions"]
    return {
        name: resource
        for name, resource in template["Resources"].items()
        if "Condition" not in resource or holds(conditions[resource["Condition"]], conditions, values)
    }


def parameter_values(parameters: Mapping[str, str]) -> dict[str, object]:
    """The values of all of the template's parameters. Raises ValueError for one that it does not have."""
    known = read_template()["Parameters"]
    unknown = parameters.keys() - known.keys()
    if unknown:
        raise ValueError(f"the template has no parameter {', '.join(sorted(unknown))}")
    return {**{name: parameter.get("Default", "") for name, parameter in known.items()}, **parameters}


def chosen(value: Any, values: Mapping[str, object]) -> str:
    """The text that a value of the template is: plain, a parameter's, or what a condition chooses."""
    match value:
        case {"Fn::If": [name, then, otherwise]}:
            conditions = read_template()["Conditions"]
            return chosen(then if holds(conditions[name], conditions, values) else otherwise, values)
    return plain_text(value, values)


def holds(condition: Any, conditions: Mapping[str, Any], values: Mapping[str, object]) -> bool:
    """Whether a condition is true for these values of parameters. `conditions` are those that it may name."""
    return is_true(
        condition, lambda value: plain_text(value, values), lambda name: holds(conditions[name], conditions, values)
    )
