# SPDX-License-Identifier: Apache-2.0
"""Nothing about viewers is in any log: no address, no user agent, no value of a query."""

import re
from dataclasses import fields

import pytest

from edgepixel.aws.cloud import Cloud
from edgepixel.aws.stack import Stack
from edgepixel.template.reader import log_fields
from edgepixel.traffic.hit import Truth
from edgepixel.traffic.ledger import Row
from tests.e2e.conftest import Answered
from tests.e2e.hostile_requests import FORGED_ID, MARK
from tests.e2e.streams import quarantined
from tests.log_lines import log_line
from tests.waiting import wait_until

# What a viewer sent, or what the edge knows of the viewer; not what the generator made of it, such as `traffic`.
_TOLD = ("user_agent", "address", "page", "page_host", "page_path", "referrer", "referrer_host", "title", "item")
_TOLD += ("order_id", "utm_source", "utm_campaign")
_SHORTEST = 5  # shorter values are also part of other words
_MONTH = re.compile(r"\d{4}-\d{2}")  # a campaign is named so, and every log line begins so
_ADDRESS = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])")
_OURS = {"127.0.0.1", "0.0.0.0"}  # noqa: S104 (of the local cloud itself)
_BAD = {
    "too few fields": b"1763888400.000\t203.0.113.99\tsilent-Mozilla/5.0\tcoupon=silent-0815\n",
    "no time": log_line(
        **dict.fromkeys(log_fields(), "silent-Mozilla/5.0") | {"timestamp": "silent-when", "c-ip": "203.0.113.99"}
    ),
    "no UTF-8": b"\xff203.0.113.99 silent-Mozilla/5.0\n",
}


@pytest.fixture(scope="module")
def logs(answered: dict[str, Answered]) -> dict[str, str]:
    """All log groups by name, after whatever ran before, and after lines that the aggregator cannot take."""
    enabled = answered["enabled"]
    _send_bad_lines(enabled.cloud, enabled.stack)
    client = enabled.cloud.client("logs")
    groups = [
        group["logGroupName"]
        for page in client.get_paginator("describe_log_groups").paginate()
        for group in page["logGroups"]
    ]
    return {
        group: "\n".join(
            event["message"]
            for page in client.get_paginator("filter_log_events").paginate(logGroupName=group)
            for event in page["events"]
        )
        for group in groups
    }


def test_every_function_logs_what_it_does(logs: dict[str, str]) -> None:
    for group, word in {
        "/aws/lambda/enabled-aggregator": "lines_in",
        "/aws/lambda/enabled-crawler-trigger": "/dt=",
        "/aws/lambda/enabled-edge-setup": "physical_id",
    }.items():
        assert word in logs[group], group


def test_no_log_has_what_a_viewer_sent_or_is_known_by(logs: dict[str, str], answered: dict[str, Answered]) -> None:
    told = {value for result in answered.values() for row in result.ledger.rows for value in _told(row)}
    assert len(told) > 500
    assert set(_TOLD) < {field.name for field in fields(Truth)}
    for group, text in logs.items():
        assert [value for value in told if value in text] == [], group


def test_no_log_has_any_address(logs: dict[str, str]) -> None:
    for group, text in logs.items():
        assert set(_ADDRESS.findall(text)) <= _OURS, group


@pytest.mark.parametrize("secret", [MARK, FORGED_ID, "silent-", "ResponseURL", "cfn-response", "X-Amz-Signature"])
def test_no_log_has_what_was_hostile_or_secret(logs: dict[str, str], secret: str) -> None:
    assert [group for group, text in logs.items() if secret in text] == []


def _told(row: Row) -> list[str]:
    values = (getattr(row.truth, name) for name in _TOLD)
    return [value for value in values if value and len(value) >= _SHORTEST and not _MONTH.fullmatch(value)]


def _send_bad_lines(cloud: Cloud, stack: Stack) -> None:
    """Send them, and wait until the aggregator has put them away."""

    def kept() -> int:
        return len(quarantined(cloud, stack))

    before = kept()
    records = [{"Data": line, "PartitionKey": name} for name, line in _BAD.items()]
    cloud.client("kinesis").put_records(StreamName=stack.raw_stream, Records=records)
    wait_until(lambda: kept() == before + len(_BAD), "the bad lines are in quarantine", kept, pause_seconds=0.5)
