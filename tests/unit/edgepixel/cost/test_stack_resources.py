# SPDX-License-Identifier: Apache-2.0
"""Which resources a stack has."""

from typing import Any

import pytest

from edgepixel.cost.stack_resources import holds, stack_resources

CONDITIONS = {
    "Many": {"Fn::Equals": [{"Ref": "Count"}, "2"]},
    "Few": {"Fn::Not": [{"Condition": "Many"}]},
}
VALUES = {"Count": 2, "Name": ""}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"Condition": "Many"}, True),
        ({"Condition": "Few"}, False),
        ({"Fn::Equals": [{"Ref": "Name"}, ""]}, True),
        ({"Fn::And": [{"Condition": "Many"}, {"Condition": "Few"}]}, False),
        ({"Fn::Or": [{"Condition": "Many"}, {"Condition": "Few"}]}, True),
    ],
)
def test_conditions_hold_as_cloudformation_says(condition: Any, expected: bool) -> None:
    assert holds(condition, CONDITIONS, VALUES) is expected


@pytest.mark.parametrize("condition", [{"Fn::Contains": []}, {"Fn::Equals": [{"Fn::Sub": "x"}, "x"]}])
def test_what_is_not_understood_is_no_guess(condition: Any) -> None:
    with pytest.raises(ValueError, match="not understood"):
        holds(condition, CONDITIONS, VALUES)


def test_a_stack_has_what_its_parameters_ask_for() -> None:
    by_default, other = stack_resources({}), stack_resources({"Aggregation": "disabled", "AlarmEmail": "a@b.example"})
    assert {"AggregatorFunction", "AggregatedStream", "RawStream"} <= by_default.keys()
    assert "AlarmSubscription" not in by_default
    assert {"AggregatorFunction", "AggregatedStream"}.isdisjoint(other)
    assert {"AlarmSubscription", "RawStream"} <= other.keys()


def test_a_parameter_that_the_template_does_not_have_is_named() -> None:
    with pytest.raises(ValueError, match="no parameter Agregation"):
        stack_resources({"Agregation": "disabled"})
