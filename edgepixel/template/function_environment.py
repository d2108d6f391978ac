# SPDX-License-Identifier: Apache-2.0
"""The environment of a function, as the template with its defaults has it: for tests and benchmarks of its code."""

from typing import Any

from edgepixel.template.reader import parameter_default, read_template


def function_environment(function: str, **given: str) -> dict[str, str]:
    """The variables of a function, by its logical id: those that are `given`, and the others from the template.

    Raises ValueError for a variable that only a stack has, such as the name of a resource, and that is not given.
    """
    template = read_template()
    variables: dict[str, Any] = {
        **template["Globals"]["Function"]["Environment"]["Variables"],
        **template["Resources"][function]["Properties"]["Environment"]["Variables"],
    }
    return {name: _value(name, value) for name, value in variables.items() if name not in given} | given


def _value(name: str, value: Any) -> str:
    match value:
        case str() | int():
            return str(value)
        case {"Ref": str(parameter)} if parameter in read_template()["Parameters"]:
            return str(parameter_default(parameter))
        case {"Fn::Join": [str(separator), {"Fn::FindInMap": [first, second, third]}]}:
            return separator.join(read_template()["Mappings"][first][second][third])
    raise ValueError(f"{name} is what only a stack has: give it")
