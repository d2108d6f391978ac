# SPDX-License-Identifier: Apache-2.0
"""The environment is read once, and one error names everything that is wrong."""

from types import SimpleNamespace

import pytest

from tests.unit.aggregator.conftest import ENVIRONMENT


def test_a_good_environment_becomes_settings(aggregator: SimpleNamespace) -> None:
    settings = aggregator.settings.Settings.from_environment(ENVIRONMENT)
    assert settings.user_record_bytes == 10240
    assert settings.log_fields[:2] == ("timestamp", "c-ip")
    assert settings.honor_global_privacy_control is True


def test_one_error_names_every_unset_variable(aggregator: SimpleNamespace) -> None:
    with pytest.raises(aggregator.settings.SettingsError) as error:
        aggregator.settings.Settings.from_environment({})
    names = [name for name in ENVIRONMENT if not name.startswith("POWERTOOLS")]
    assert [name for name in names if name not in str(error.value)] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("USER_RECORD_BYTES", "5000"), ("USER_RECORD_BYTES", "0"), ("USER_RECORD_BYTES", "many"),
        ("AGGREGATE_BYTES", "5120"), ("AGGREGATE_BYTES", "1048576000"), ("IP_ADDRESSES", "some"),
        ("HONOR_GLOBAL_PRIVACY_CONTROL", "yes"), ("LOG_FIELDS", "c-ip,timestamp"),
    ],
)  # fmt: skip
def test_a_bad_value_is_named(aggregator: SimpleNamespace, name: str, value: str) -> None:
    with pytest.raises(aggregator.settings.SettingsError, match=name):
        aggregator.settings.Settings.from_environment({**ENVIRONMENT, name: value})
