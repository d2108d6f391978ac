# SPDX-License-Identifier: Apache-2.0
"""Conditions of template.yaml: those of its section Conditions, and those of its Rules."""

from collections.abc import Callable, Mapping
from typing import Any


def is_true(condition: Any, value: Callable[[Any], Any], named: Callable[[str], bool] | None = None) -> bool:
    """Whether a condition holds, with the functions in their long form.

    `value` evaluates what is compared, to text. `named` decides a condition by its name, where there are such. Raises
    ValueError for a function that is not known here.
    """
    match condition:
        case {"Fn::Equals": [first, second]}:
            return bool(value(first) == value(second))
        case {"Fn::Not": [inner]}:
            return not is_true(inner, value, named)
        case {"Fn::And": list(parts)}:
            return all(is_true(part, value, named) for part in parts)
        case {"Fn::Or": list(parts)}:
            return any(is_true(part, value, named) for part in parts)
        case {"Fn::Contains": [list(allowed), one]}:
            return value(one) in map(value, allowed)
        case {"Condition": str(name)} if named:
            return named(name)
    raise ValueError(f"a condition that is not understood: {condition}")


def plain_text(value: Any, values: Mapping[str, object]) -> str:
    """A text or a parameter's value, as CloudFormation compares them: the number 0 equals the text "0".

    Raises ValueError for anything else.
    """
    match value:
        case {"Ref": str(name)}:
            return str(values[name])
        case str() | int():
            return str(value)
    raise ValueError(f"a value that is not understood: {value}")


def broken_rules(template: Mapping[str, Any], parameters: Mapping[str, str]) -> list[str]:
    """What the template's Rules say against these parameters together; those that are not given have their defaults.

    CloudFormation checks the same before it creates or changes anything:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
    """
    values = {name: parameter["Default"] for name, parameter in template["Parameters"].items()} | dict(parameters)

    def value(node: Any) -> str:
        return plain_text(node, values)

    return [
        assertion["AssertDescription"]
        for rule in template["Rules"].values()
        if "RuleCondition" not in rule or is_true(rule["RuleCondition"], value)
        for assertion in rule["Assertions"]
        if not is_true(assertion["Assert"], value)
    ]
