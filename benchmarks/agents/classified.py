# SPDX-License-Identifier: Apache-2.0
"""What a view `events` says of agents: each becomes a log line of its own in a lake inside this process."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from localcloud.cloudfront.log_line import format_line
from localcloud.in_process_lake import empty_lake, fill_lake, run_query

_NOW = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
_BATCH = 50_000


class Told(NamedTuple):
    """The view's columns about the agent."""

    traffic: str
    reason: str
    browser: str
    os: str
    device: str


def classify(template: Mapping[str, Any], texts: Sequence[str]) -> dict[str, Told]:
    """What the template's view says of each agent, at an address of no hosting company."""
    told = {}
    for start in range(0, len(texts), _BATCH):
        batch = texts[start : start + _BATCH]
        fill_lake(template, {"events/dt=2026-11-23/hour=10/lines.gz": "".join(_lines(template, batch)).encode()})
        sql = "SELECT request_id, traffic, traffic_reason, browser, os, device FROM events"
        for number, *columns in run_query(sql, _NOW).rows:
            told[batch[int(str(number))]] = Told(*map(str, columns))
        empty_lake()
    return told


def _lines(template: Mapping[str, Any], texts: Iterable[str]) -> Iterable[str]:
    fields = list(template["Mappings"]["LogLine"]["Fields"]["Names"])
    usual = {"timestamp": "1795429200.000", "sc-status": "200", "cs-method": "GET", "asn": "3320"}
    for number, text in enumerate(texts):
        yield format_line(usual | {"x-edge-request-id": str(number), "cs-user-agent": text}, fields)
