# SPDX-License-Identifier: Apache-2.0
"""From a GET of the pixel to rows in Athena's answers, through every stage."""

import re
from collections import Counter
from http.client import HTTPConnection
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import pytest

from edgepixel.ask.athena import run_query
from edgepixel.aws.lake_names import EVENTS
from edgepixel.truth.comparison import differences
from edgepixel.truth.events import events_of, facts_of
from edgepixel.truth.expected import TRUTHS
from tests.e2e.conftest import Answered
from tests.e2e.streams import deaggregated, objects, request_ids, stream_records
from tests.log_lines import field
from tests.waiting import PATIENCE_SECONDS


@pytest.mark.parametrize("answer", TRUTHS)
@pytest.mark.parametrize("aggregation", ["enabled", "disabled"])
def test_answer_equals_the_ledger(answered: dict[str, Answered], aggregation: str, answer: str) -> None:
    result = answered[aggregation]
    truth = TRUTHS[answer](facts_of(events_of(result.ledger), result.now_ms))
    assert truth.rows, "an empty truth would prove nothing"
    assert differences(result.answers[answer], truth) == []


def test_every_stage_holds_the_same_request_ids_once_each(answered: dict[str, Answered]) -> None:
    result = answered["enabled"]
    sent = Counter(row.request_id for row in result.ledger.logged())
    raw = Counter[str]()
    for record in stream_records(result.cloud, result.stack.outputs["RawStreamName"]):
        raw += request_ids(record["Data"])
    aggregated = Counter[str]()
    for record in stream_records(result.cloud, result.stack.outputs["AggregatedStreamName"]):
        for user_record in deaggregated(record):
            aggregated += request_ids(user_record)
    lake = Counter[str]()
    for data in objects(result.cloud, result.stack, EVENTS).values():
        lake += request_ids(data)
    rows = run_query(result.stack, "SELECT request_id FROM events").rows
    assert set(sent.values()) == {1}
    assert raw == sent
    assert aggregated == sent
    assert lake == sent
    assert Counter(str(row[0]) for row in rows) == sent


def test_aggregates_hold_many_log_lines_under_one_partition_key(answered: dict[str, Answered]) -> None:
    result = answered["enabled"]
    records = stream_records(result.cloud, result.stack.outputs["AggregatedStreamName"])
    assert len(records) < len(result.ledger.logged()) / 5
    assert all(record["Data"].startswith(b"\xf3\x89\x9a\xc2") for record in records)


def test_no_full_address_reaches_the_lake_when_addresses_are_truncated(answered: dict[str, Answered]) -> None:
    result = answered["enabled"]
    addresses = {row.truth.address for row in result.ledger.logged() if row.truth.address}
    lake = b"".join(objects(result.cloud, result.stack, EVENTS).values())
    said = [_said_at_the_edge(line) for line in lake.splitlines()]
    stored = {pairs["a"] for pairs in said if "a" in pairs}
    assert len(stored) > 10
    assert all(address.endswith((".0", "::")) for address in stored)
    full = [address for address in addresses if not address.endswith((".0", "::"))]
    assert full
    assert [address for address in full if quote(address, safe="").encode() in lake or address.encode() in lake] == []


def test_viewers_who_send_global_privacy_control_leave_no_address(answered: dict[str, Answered]) -> None:
    result = answered["enabled"]
    private = {row.request_id for row in result.ledger.logged() if row.truth.private}
    assert private
    lake = b"".join(objects(result.cloud, result.stack, EVENTS).values())
    stored = {field(line, "x-edge-request-id"): line for line in lake.splitlines()}
    for request_id in private:
        said = _said_at_the_edge(stored[request_id])
        assert said["g"] == "1"
        assert said.keys().isdisjoint({"a", "l", "m", "o", "d", "b"})


def _said_at_the_edge(line: bytes) -> dict[str, str]:
    """What the edge function said of a hit, which is the only field that has an address."""
    assert re.fullmatch(r"[0-9]+([.][0-9]{1,3})?", field(line, "c-ip")), (
        "with the function there is a time in its place"
    )
    return dict(parse_qsl(unquote(field(line, "viewer-request-log-data"))))


def test_the_pixel_is_an_image_that_no_viewer_keeps(answered: dict[str, Answered]) -> None:
    result = answered["disabled"]  # whose answers have been asked: this view is in no ledger
    url = urlsplit(result.stack.pixel_url)
    connection = HTTPConnection("127.0.0.1", int(result.cloud.local_port or 0), timeout=PATIENCE_SECONDS)
    connection.request("GET", url.path, headers={"Host": url.netloc, "x-forwarded-proto": "https"})
    response = connection.getresponse()
    image = response.read()
    connection.close()
    assert (response.status, response.getheader("Content-Type")) == (200, "image/gif")
    assert image.startswith(b"GIF89a")
    assert len(image) == 43
    assert "no-store" in str(response.getheader("Cache-Control"))
    assert response.getheader("Cross-Origin-Resource-Policy") == "cross-origin"


def test_two_stacks_stand_side_by_side_in_one_account(answered: dict[str, Answered]) -> None:
    first, second = (result.stack.outputs for result in answered.values())
    shared = {name for name in first.keys() & second.keys() if first[name] == second[name]}
    assert shared == set(), "what two stacks share, one of them would take away when it is deleted"
