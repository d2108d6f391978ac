# SPDX-License-Identifier: Apache-2.0
"""Log lines with the template's fields, made and read by name: a test knows neither their number nor their places."""

from edgepixel.template import log_fields
from localcloud.cloudfront.log_line import format_line

_USUAL = {
    "timestamp": "1763888400.000",
    "c-ip": "192.0.2.7",
    "sc-status": "200",
    "cs-method": "GET",
    "cs-protocol": "https",
    "cs-host": "d1.cloudfront.net",
    "cs-uri-stem": "/pixel.gif",
    "x-edge-location": "LOC50-P1",
    "x-edge-request-id": "usual==",
    "time-taken": "0.001",
    "cs-user-agent": "Mozilla/5.0",
    "cs-uri-query": "e=view",
    "x-edge-result-type": "Hit",
    "c-country": "DE",
    "cs-headers": "Host:x\n",
    "asn": "64496",
}


def log_line(**values: str) -> bytes:
    """A line as CloudFront writes it, with its newline: a view, unless `values` (names with `_`, not encoded) differ.

    A field that has no usual value is `-`. Raises ValueError for a field that the template does not name.
    """
    named = {name.replace("_", "-"): value for name, value in values.items()}
    if unknown := named.keys() - set(log_fields()):
        raise ValueError(f"no log field of the template: {', '.join(sorted(unknown))}")
    return format_line(_USUAL | named, log_fields()).encode("ascii")


def field(line: bytes, name: str) -> str:
    """A field of a log line, as it stands there. Raises ValueError if the line has more or fewer fields."""
    return dict(zip(log_fields(), line.rstrip(b"\n").decode("ascii").split("\t"), strict=True))[name]
