# SPDX-License-Identifier: Apache-2.0
"""The fields of standard logs, and their values from those of a real-time log line. Pure.

Names: CloudFront Developer Guide, "Standard logging reference" (the first 33) and "Configure standard logging (v2)",
Access log fields. Where a name stands for another value than in real-time logs, the guide's two lists say so: there
`cs-host` is the Host header and `x-host-header` the distribution's domain, here it is the reverse.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

type Values = Mapping[str, str]
"""Raw values by the names of real-time log fields; one that is not there is empty."""

_SAME_NAME = (
    "x-edge-location", "sc-bytes", "c-ip", "cs-method", "sc-status", "cs-uri-query", "x-edge-result-type",
    "x-edge-request-id", "cs-protocol", "cs-bytes", "time-taken", "x-forwarded-for", "ssl-protocol", "ssl-cipher",
    "x-edge-response-result-type", "cs-protocol-version", "fle-status", "fle-encrypted-fields", "c-port",
    "time-to-first-byte", "x-edge-detailed-result-type", "sc-content-type", "sc-content-len", "sc-range-start",
    "sc-range-end", "origin-fbl", "origin-lbl", "asn", "c-country", "cache-behavior-path-pattern",
    "viewer-request-log-data", "viewer-response-log-data",
)  # fmt: skip
_DERIVED: Mapping[str, Callable[[Values], str]] = {
    "date": lambda values: _moment(values).strftime("%Y-%m-%d"),
    "time": lambda values: _moment(values).strftime("%H:%M:%S"),
    "timestamp(ms)": lambda values: str(round(float(values["timestamp"]) * 1000)),
    "cs(Host)": lambda values: values.get("x-host-header", ""),
    "x-host-header": lambda values: values.get("cs-host", ""),
    "cs-uri-stem": lambda values: values.get("cs-uri-stem", "").partition("?")[0],
    "cs(Referer)": lambda values: values.get("cs-referer", ""),
    "cs(User-Agent)": lambda values: values.get("cs-user-agent", ""),
    "cs(Cookie)": lambda _values: "",  # only with IncludeCookies in the distribution, which is off
}
FIELDS = frozenset((*_SAME_NAME, *_DERIVED))
# Those of a delivery that names none, as the guide's example of CreateDelivery lists them.
DEFAULT_FIELDS = (
    "date", "time", "x-edge-location", "sc-bytes", "c-ip", "cs-method", "cs(Host)", "cs-uri-stem", "sc-status",
    "cs(Referer)", "cs(User-Agent)", "cs-uri-query", "cs(Cookie)", "x-edge-result-type", "x-edge-request-id",
    "x-host-header", "cs-protocol", "cs-bytes", "time-taken", "x-forwarded-for", "ssl-protocol", "ssl-cipher",
    "x-edge-response-result-type", "cs-protocol-version", "fle-status", "fle-encrypted-fields", "c-port",
    "time-to-first-byte", "x-edge-detailed-result-type", "sc-content-type", "sc-content-len", "sc-range-start",
    "sc-range-end", "c-country", "cache-behavior-path-pattern",
)  # fmt: skip


def record_value(field: str, values: Values) -> str:
    """The raw value of one field; empty if it is not known. Raises KeyError for a field that there is not."""
    return _DERIVED[field](values) if field in _DERIVED else _same(field, values)


def _same(field: str, values: Values) -> str:
    if field not in FIELDS:
        raise KeyError(field)
    return values.get(field, "")


def _moment(values: Values) -> datetime:
    return datetime.fromtimestamp(float(values["timestamp"]), UTC)
