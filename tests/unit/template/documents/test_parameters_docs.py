# SPDX-License-Identifier: Apache-2.0
"""docs/parameters.md lists the parameters and outputs of the template, and no other."""

import re
from collections.abc import Mapping
from typing import Any

from tests.conftest import ROOT

OTHER_HEADINGS = ["On a running stack", "Outputs"]
PAGE = (ROOT / "docs/parameters.md").read_text(encoding="utf-8")


def _rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading, without its header."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def _default(parameter: Mapping[str, Any]) -> str:
    return f"`{parameter['Default']}`" if parameter["Default"] != "" else "empty"


def _values(parameter: Mapping[str, Any]) -> str | None:
    """The cell for what may be chosen, or None if it takes words to say."""
    if "AllowedValues" in parameter:
        return ", ".join(f"`{value}`" for value in parameter["AllowedValues"])
    if "MaxValue" in parameter:
        return f"`{parameter['MinValue']}` to `{parameter['MaxValue']}`"
    return f"`{parameter['MinValue']}` or more" if "MinValue" in parameter else None


def _there(output: Mapping[str, Any], conditions: Mapping[str, Any]) -> str:
    """When the stack has the output, as the page says it: what a parameter is."""
    if "Condition" not in output:
        return "always"
    return _holds(conditions[output["Condition"]], conditions)


def _holds(condition: Mapping[str, Any], conditions: Mapping[str, Any]) -> str:
    match condition:
        case {"Fn::Equals": [{"Ref": name}, value]}:
            return f"`{name}={value}`" if value else f"`{name}` is empty"
        case {"Fn::Not": [{"Fn::Equals": [{"Ref": name}, value]}]}:
            return f"not `{name}={value}`"
        case {"Fn::And": parts}:
            return " and ".join(_holds(part, conditions) for part in parts)
        case {"Condition": name}:
            return _holds(conditions[name], conditions)
    raise AssertionError(f"the page has no words for {condition}")


def test_parameters_stand_in_the_template_s_groups_and_order(template: Mapping[str, Any]) -> None:
    groups = template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    headings = re.findall(r"^## (.+)$", PAGE, re.MULTILINE)
    assert headings == [*(group["Label"]["default"] for group in groups), *OTHER_HEADINGS]
    documented = {heading: [row[0] for row in _rows(heading)] for heading in headings[: -len(OTHER_HEADINGS)]}
    assert documented == {group["Label"]["default"]: [f"`{name}`" for name in group["Parameters"]] for group in groups}
    grouped = [name for group in groups for name in group["Parameters"]]
    assert sorted(grouped) == sorted(template["Parameters"])


def test_each_parameter_has_its_values_its_default_and_an_explanation(template: Mapping[str, Any]) -> None:
    headings = re.findall(r"^## (.+)$", PAGE, re.MULTILINE)
    rows = [row for heading in headings[: -len(OTHER_HEADINGS)] for row in _rows(heading)]
    assert len(rows) == len(template["Parameters"])
    for name, values, default, explanation in rows:
        parameter = template["Parameters"][name.strip("`")]
        assert default == _default(parameter), name
        assert values == (_values(parameter) or values), name
        assert values, name
        assert explanation, name


def test_outputs_are_the_template_s_with_their_conditions(template: Mapping[str, Any]) -> None:
    rows = _rows("Outputs")
    assert all(len(row) == 3 and all(row) for row in rows)
    assert {row[0].strip("`"): row[2] for row in rows} == {
        name: _there(output, template["Conditions"]) for name, output in template["Outputs"].items()
    }
    assert len(rows) == len(template["Outputs"])
