# SPDX-License-Identifier: Apache-2.0
"""The environment of the crawler trigger."""

from types import SimpleNamespace

import pytest

from tests.unit.crawler_trigger.conftest import ENVIRONMENT


def test_log_fields_become_columns(crawler_trigger: SimpleNamespace) -> None:
    settings = crawler_trigger.settings.Settings.from_environment(ENVIRONMENT)
    assert settings.columns == ("timestamp", "c_ip", "cs_uri_query")
    assert settings.events_prefix == "events/"


def test_one_error_names_every_variable_that_is_not_set(crawler_trigger: SimpleNamespace) -> None:
    with pytest.raises(crawler_trigger.settings.SettingsError) as caught:
        crawler_trigger.settings.Settings.from_environment({"TABLE_NAME": "pixel_events", "CRAWLER_NAME": " "})
    for name in set(ENVIRONMENT) - {"TABLE_NAME"}:
        assert f"{name} is not set" in str(caught.value)
    assert "TABLE_NAME" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LOG_FIELDS", "timestamp,,c-ip"),
        ("LOG_FIELDS", "c-ip,c_ip"),
        ("EVENTS_PREFIX", "events"),
        ("EVENTS_PREFIX", "/events/"),
    ],
)
def test_a_wrong_value_is_named(crawler_trigger: SimpleNamespace, name: str, value: str) -> None:
    with pytest.raises(crawler_trigger.settings.SettingsError, match=name):
        crawler_trigger.settings.Settings.from_environment(ENVIRONMENT | {name: value})
