# SPDX-License-Identifier: Apache-2.0
"""The environment of the hit counter."""

from types import SimpleNamespace

import pytest

from tests.unit.hit_counter.conftest import ENVIRONMENT


def test_one_error_names_every_variable_that_is_not_set(hit_counter: SimpleNamespace) -> None:
    with pytest.raises(hit_counter.settings.SettingsError) as caught:
        hit_counter.settings.Settings.from_environment({"COUNTED": "invocations", "LAKE_BUCKET": " "})
    for name in set(ENVIRONMENT) - {"COUNTED"}:
        assert f"{name} is not set" in str(caught.value)
    assert "COUNTED" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COUNTED", "views"),
        ("LINES_WITHIN_HOURS", "0"),
        ("LINES_WITHIN_HOURS", "1.5"),
        ("LINES_WITHIN_HOURS", "49"),
        ("EVENTS_PREFIX", "events"),
        ("COVERAGE_PREFIX", "/coverage/"),
    ],
)
def test_a_wrong_value_is_named(hit_counter: SimpleNamespace, name: str, value: str) -> None:
    with pytest.raises(hit_counter.settings.SettingsError, match=name):
        hit_counter.settings.Settings.from_environment(ENVIRONMENT | {name: value})


@pytest.mark.parametrize("counted", ["requests", "unknown"])
def test_only_invocations_need_a_function(hit_counter: SimpleNamespace, counted: str) -> None:
    without = {name: value for name, value in ENVIRONMENT.items() if name != "EDGE_FUNCTION_NAME"}
    settings = hit_counter.settings.Settings.from_environment(without | {"COUNTED": counted})
    assert (settings.counted, settings.function_name) == (counted, "")
