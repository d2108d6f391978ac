# SPDX-License-Identifier: Apache-2.0
"""The aggregator's modules, with an environment, and fakes of what it talks to."""

import base64
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

FIELDS = (
    "timestamp,c-ip,sc-status,cs-method,cs-protocol,cs-host,cs-uri-stem,x-edge-location,x-edge-request-id,time-taken,"
    "cs-user-agent,cs-referer,cs-uri-query,x-edge-result-type,c-country,cs-headers,asn"
)
ENVIRONMENT = {
    "AGGREGATED_STREAM_NAME": "aggregated",
    "USER_RECORD_BYTES": "10240",
    "AGGREGATE_BYTES": "51200",
    "LOG_FIELDS": FIELDS,
    "QUARANTINE_BUCKET": "lake",
    "QUARANTINE_PREFIX": "quarantine/",
    "IP_ADDRESSES": "truncated",
    "HONOR_GLOBAL_PRIVACY_CONTROL": "true",
    "POWERTOOLS_SERVICE_NAME": "aggregator",
}


@pytest.fixture
def aggregator(load_function: Callable[[str], SimpleNamespace], monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return load_function("aggregator")


def log_line(number: int = 0, address: str = "192.0.2.77", headers: str = "host:x%0A", padding: int = 0) -> bytes:
    """A good line of the template's fields, without a line end."""
    values = ["1763888400.000", address, "200", "GET", "https", "d1.cloudfront.net", "/pixel.gif", "LOC50-P1"]
    values += [f"id-{number}", "0.001", "Mozilla/5.0", "-", "e=view" + "x" * padding, "Hit", "DE", headers, "64496"]
    return "\t".join(values).encode()


def kinesis_event(payloads: Sequence[bytes | str]) -> dict[str, Any]:
    """An event of a Kinesis event source; `str` payloads stand as they are, `bytes` are encoded."""
    return {
        "Records": [
            {
                "eventID": f"shardId-000000000000:{1000 + number}",
                "kinesis": {
                    "data": base64.b64encode(data).decode() if isinstance(data, bytes) else data,
                    "sequenceNumber": str(1000 + number),
                    "partitionKey": "key",
                    "approximateArrivalTimestamp": 1763888401.5,
                },
            }
            for number, data in enumerate(payloads)
        ]
    }
