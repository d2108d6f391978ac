# SPDX-License-Identifier: Apache-2.0
"""Hand-made ledgers for tests."""

from datetime import UTC, datetime
from typing import Any

from edgepixel.console.table import Value
from edgepixel.traffic.hit import Truth
from edgepixel.traffic.ledger import Header, Ledger, Row
from edgepixel.truth.events import events_of, facts_of
from edgepixel.truth.expected import TRUTHS

HOST = "d111111abcdef8.cloudfront.net"


def header(**changes: Any) -> Header:
    values: dict[str, Any] = {
        "stack": "edgepixel",
        "pixel_url": f"https://{HOST}/pixel.gif",
        "started": "2026-11-23T09:00:00+00:00",
        "seed": 1,
        "simulated": True,
        "ip_addresses": "truncated",
        "honors_privacy_control": True,
    }
    return Header(**(values | changes))


def time_ms(text: str) -> int:
    """Milliseconds since the epoch of a time in UTC, such as 2026-11-23T09:15:30.250."""
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def row(request_id: str, time: str = "2026-11-23T09:15:30.250", status: int = 200, **changes: Any) -> Row:
    values: dict[str, Any] = {
        "time_ms": time_ms(time),
        "method": "GET",
        "event": "view",
        "traffic": "human",
        "traffic_reason": "browser",
        "asn": 3320,
        "browser": "Chrome",
        "os": "Windows",
        "device": "desktop",
        "user_agent": "Mozilla/5.0 Chrome",
        "address": "198.51.100.7",
        "country": "DE",
        "page": "https://blog.example/",
    }
    return Row(request_id, status, HOST, Truth(**(values | changes)))


def ledger(*rows: Row, **changes: Any) -> Ledger:
    return Ledger(header(**changes), rows)


def answer(
    name: str, *rows: Row, now: str = "2026-11-24T00:00:00.000", days: int = 7, **changes: Any
) -> list[tuple[Value, ...]]:
    """The rows of a true answer, asked at `now`."""
    return list(TRUTHS[name](facts_of(events_of(ledger(*rows, **changes)), time_ms(now), days)).rows)
