# SPDX-License-Identifier: Apache-2.0
"""The log line of an ordinary hit, by field name.

Whoever writes lines says only what differs, and knows neither how many fields there are nor their places. So a new
field has its value here, and every made-up line has it.
"""

from collections.abc import Mapping, Sequence
from functools import cache

from edgepixel.paths import ROOT
from localcloud.cloudfront.log_line import format_line
from localcloud.in_process_function import function_loader

USUAL: Mapping[str, str] = {
    "timestamp": "1763888400.000",
    "c-ip": "192.0.2.7",
    "sc-status": "200",
    "cs-method": "GET",
    "cs-protocol": "https",
    "cs-host": "d111111abcdef8.cloudfront.net",
    "cs-uri-stem": "/pixel.gif",
    "x-edge-location": "FRA60-P4",
    "x-edge-request-id": "usual==",
    "time-taken": "0.001",
    "cs-user-agent": "Mozilla/5.0",
    "cs-uri-query": "e=view",
    "x-edge-result-type": "Hit",
    "c-country": "DE",
    "cs-headers": "Host:d111111abcdef8.cloudfront.net\n",
    "asn": "64496",
}
"""Values as they were sent, not encoded. A field that is not here is `-`."""


def log_line(values: Mapping[str, str], fields: Sequence[str]) -> str:
    """A line with `fields` (`edgepixel.template.reader.log_fields`), and its newline: usual, unless `values` differ.

    An empty value is a `-`. A value for none of `fields` is left out. Raises ValueError if CloudFront lacks a field.
    """
    return format_line({**USUAL, **values}, fields)


@cache
def first_version_fields() -> int:
    """How many fields a line of the first version has, as the aggregator says; later ones have more behind them."""
    with function_loader(ROOT / "functions") as load:
        return int(load("aggregator", "log_lines").log_lines.FIRST_VERSION_FIELDS)
