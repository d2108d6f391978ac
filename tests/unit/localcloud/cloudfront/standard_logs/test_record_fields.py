# SPDX-License-Identifier: Apache-2.0
"""The values of standard logs' fields, from those of a request."""

import pytest

from localcloud.cloudfront.standard_logs.record_fields import DEFAULT_FIELDS, FIELDS, record_value

VALUES = {
    "timestamp": "1731623425.421",
    "cs-host": "p.example.com",
    "x-host-header": "d1.cloudfront.net",
    "cs-uri-stem": "/pixel.gif?a=b?c",
    "cs-uri-query": "a=b?c",
    "cs-user-agent": "Mozilla/5.0 (X11)",
    "cs-referer": "https://example.com/",
    "cs-cookie": "secret=1",
    "sc-status": "200",
    "viewer-request-log-data": "v=1",
}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("date", "2024-11-14"),
        ("time", "22:30:25"),
        ("timestamp(ms)", "1731623425421"),
        ("cs(Host)", "d1.cloudfront.net"),
        ("x-host-header", "p.example.com"),
        ("cs-uri-stem", "/pixel.gif"),
        ("cs-uri-query", "a=b?c"),
        ("cs(User-Agent)", "Mozilla/5.0 (X11)"),
        ("cs(Referer)", "https://example.com/"),
        ("cs(Cookie)", ""),
        ("sc-status", "200"),
        ("asn", ""),
        ("viewer-request-log-data", "v=1"),
    ],
)
def test_values(field: str, value: str) -> None:
    assert record_value(field, VALUES) == value


@pytest.mark.parametrize("field", ["cs-user-agent", "cs-headers", "timestamp", "cs-host"])
def test_names_of_real_time_logs_are_not_all_fields_of_standard_logs(field: str) -> None:
    with pytest.raises(KeyError):
        record_value(field, VALUES)


def test_all_fields_have_a_value() -> None:
    assert len(FIELDS) == 41  # 33 of legacy logs, and 8 that v2 adds
    assert set(DEFAULT_FIELDS) < FIELDS
    assert all(isinstance(record_value(field, VALUES), str) for field in FIELDS)
