# SPDX-License-Identifier: Apache-2.0
"""The environment becomes settings, or one error that names everything that is wrong."""

from types import SimpleNamespace

import pytest

from tests.unit.aggregator.raw_stream import ENVIRONMENT, FIELDS


def test_a_good_environment_is_read(aggregator: SimpleNamespace) -> None:
    settings = aggregator.settings.Settings.from_environment(ENVIRONMENT)
    assert settings == aggregator.settings.Settings(
        aggregated_stream_name="aggregated",
        user_record_bytes=5120,
        aggregate_bytes=10240,
        log_fields=FIELDS,
        quarantine_bucket="lake",
        quarantine_prefix="quarantine/",
        ip_addresses=aggregator.settings.IpAddresses.TRUNCATED,
        honor_global_privacy_control=True,
    )


def test_one_error_names_every_variable_that_is_not_set(aggregator: SimpleNamespace) -> None:
    with pytest.raises(aggregator.settings.SettingsError) as error:
        aggregator.settings.Settings.from_environment({})
    assert [name for name in aggregator.settings.VARIABLES if f"{name} is not set" not in str(error.value)] == []


def test_one_error_names_every_bad_variable(aggregator: SimpleNamespace) -> None:
    bad = {
        "USER_RECORD_BYTES": "5000",
        "AGGREGATE_BYTES": "many",
        "LOG_FIELDS": "c-ip,c-ip",
        "QUARANTINE_PREFIX": "quarantine",
        "IP_ADDRESSES": "some",
        "HONOR_GLOBAL_PRIVACY_CONTROL": "yes",
    }
    with pytest.raises(aggregator.settings.SettingsError) as error:
        aggregator.settings.Settings.from_environment({**ENVIRONMENT, **bad})
    assert [name for name in bad if name not in str(error.value)] == []


@pytest.mark.parametrize("size", ["0", "5119", "-5120", "5120.0", "1049600", "٥١٢٠", "9" * 5000])
def test_a_size_must_be_a_billing_step_that_fits_into_a_kinesis_record(aggregator: SimpleNamespace, size: str) -> None:
    with pytest.raises(aggregator.settings.SettingsError, match="AGGREGATE_BYTES must be a multiple of 5120"):
        aggregator.settings.Settings.from_environment({**ENVIRONMENT, "AGGREGATE_BYTES": size})


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"USER_RECORD_BYTES": "15360"}, "USER_RECORD_BYTES must not be more than AGGREGATE_BYTES"),
        ({"LOG_FIELDS": "c-ip,cs-headers"}, "LOG_FIELDS must contain timestamp"),
        ({"LOG_FIELDS": "timestamp,c-ip"}, "LOG_FIELDS must contain cs-headers or viewer-request-log-data"),
        ({"QUARANTINE_PREFIX": "/quarantine/"}, "QUARANTINE_PREFIX must end"),
    ],
)
def test_settings_must_fit_each_other(aggregator: SimpleNamespace, change: dict[str, str], problem: str) -> None:
    with pytest.raises(aggregator.settings.SettingsError, match=problem):
        aggregator.settings.Settings.from_environment({**ENVIRONMENT, **change})
