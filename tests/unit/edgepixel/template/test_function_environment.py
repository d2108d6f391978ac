# SPDX-License-Identifier: Apache-2.0
"""The environment of a function is the template's."""

import pytest

from edgepixel.template.function_environment import function_environment
from edgepixel.template.reader import log_fields, resources_of_type

OWN = {"AGGREGATED_STREAM_NAME": "s", "QUARANTINE_BUCKET": "b", "POWERTOOLS_METRICS_NAMESPACE": "n"}


def test_it_has_every_variable_of_the_template_with_the_defaults_of_its_parameters() -> None:
    found = function_environment("AggregatorFunction", **OWN, IP_ADDRESSES="full")
    own = resources_of_type("AWS::Serverless::Function")["AggregatorFunction"]["Environment"]["Variables"]
    assert set(own) < set(found)
    assert found["LOG_FIELDS"].split(",") == log_fields()
    assert (found["USER_RECORD_BYTES"], found["HONOR_GLOBAL_PRIVACY_CONTROL"]) == ("256000", "true")
    assert (found["IP_ADDRESSES"], found["POWERTOOLS_LOG_LEVEL"]) == ("full", "INFO")


@pytest.mark.parametrize("left_out", OWN)
def test_what_only_a_stack_has_must_be_given(left_out: str) -> None:
    given = {name: value for name, value in OWN.items() if name != left_out}
    with pytest.raises(ValueError, match=left_out):
        function_environment("AggregatorFunction", **given)
