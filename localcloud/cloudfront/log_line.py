# SPDX-License-Identifier: Apache-2.0
"""The format of a CloudFront real-time log line. Pure.

Field names and order: CloudFront Developer Guide, "Use real-time access logs". Encoding: the rule that the guide gives
for standard logs, which every public sample of a real-time log line follows.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from urllib.parse import quote

# In the order in which CloudFront delivers them, whatever order a configuration names them in.
FIELDS: tuple[str, ...] = (
    "timestamp", "c-ip", "s-ip", "time-to-first-byte", "sc-status", "sc-bytes", "cs-method", "cs-protocol", "cs-host",
    "cs-uri-stem", "cs-bytes", "x-edge-location", "x-edge-request-id", "x-host-header", "time-taken",
    "cs-protocol-version", "c-ip-version", "cs-user-agent", "cs-referer", "cs-cookie", "cs-uri-query",
    "x-edge-response-result-type", "x-forwarded-for", "ssl-protocol", "ssl-cipher", "x-edge-result-type",
    "fle-encrypted-fields", "fle-status", "sc-content-type", "sc-content-len", "sc-range-start", "sc-range-end",
    "c-port", "x-edge-detailed-result-type", "c-country", "cs-accept-encoding", "cs-accept",
    "cache-behavior-path-pattern", "cs-headers", "cs-header-names", "cs-headers-count", "primary-distribution-id",
    "primary-distribution-dns-name", "origin-fbl", "origin-lbl", "asn", "cmcd-encoded-bitrate", "cmcd-buffer-length",
    "cmcd-buffer-starvation", "cmcd-content-id", "cmcd-object-duration", "cmcd-deadline", "cmcd-measured-throughput",
    "cmcd-next-object-request", "cmcd-next-range-request", "cmcd-object-type", "cmcd-playback-rate",
    "cmcd-requested-maximum-throughput", "cmcd-streaming-format", "cmcd-session-id", "cmcd-stream-type", "cmcd-startup",
    "cmcd-top-bitrate", "cmcd-version", "r-host", "sr-reason", "x-edge-mqcs", "distribution-tenant-id",
    "connection-id", "viewer-request-log-data", "viewer-response-log-data",
)  # fmt: skip

# What functions gave to `logCustomData`. CloudFront URL-encodes it and cuts it then (Developer Guide, "General helper
# methods"), without saying which characters: here all that are not unreserved (RFC 3986).
_LOG_DATA = {"viewer-request-log-data", "viewer-response-log-data"}
_LOG_DATA_BYTES = 800

# Percent-encoded: control characters, space, everything that is not ASCII, and these.
_ENCODED = frozenset(range(33)) | frozenset(range(127, 256)) | frozenset(b"<>\"#%{}|\\^~[]`'")
_ESCAPES = {chr(byte): f"%{byte:02X}" for byte in _ENCODED}
_SPECIAL = re.compile(f"[{re.escape(''.join(sorted(_ESCAPES)))}]")


def encode_field(text: str) -> str:
    """A raw value as it stands in a log line. Lone surrogates stand for bytes that were not UTF-8."""
    if not text.isascii():
        text = text.encode("utf-8", "surrogateescape").decode("latin-1")
    return _SPECIAL.sub(_escape, text)


def _escape(special: re.Match[str]) -> str:
    return _ESCAPES[special[0]]


def format_line(values: Mapping[str, str], fields: Sequence[str]) -> str:
    """A log line: raw values, encoded once, in CloudFront's order, tab-separated, ending in one newline.

    A missing or empty value is a `-`. Raises ValueError for a field that CloudFront does not have.
    """
    return "\t".join(encoded_value(name, values.get(name) or "") or "-" for name in _in_order(tuple(fields))) + "\n"


def encoded_value(name: str, text: str) -> str:
    """The raw value of a field as it stands in a log line, of real-time or of standard logs."""
    if name in _LOG_DATA:
        return quote(text, safe="", errors="replace")[:_LOG_DATA_BYTES]
    return encode_field(text)


@cache
def _in_order(fields: tuple[str, ...]) -> tuple[str, ...]:
    unknown = sorted(set(fields) - set(FIELDS))
    if unknown:
        raise ValueError(f"no such log field: {', '.join(unknown)}")
    return tuple(name for name in FIELDS if name in fields)
