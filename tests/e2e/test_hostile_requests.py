# SPDX-License-Identifier: Apache-2.0
"""Whatever is sent to the pixel: nothing breaks, and nobody makes a row but by asking for the image."""

import re
import socket
from collections import Counter
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import pytest

from edgepixel.answers.subject.conditions import answer_sql
from edgepixel.ask.athena import find_answers, run_query
from edgepixel.aws.cloud import Cloud
from edgepixel.aws.lake_names import EVENTS
from edgepixel.aws.stack import Stack
from edgepixel.template.reader import log_fields
from edgepixel.truth.expected import TRUTHS
from localcloud.cloudfront.cache_behaviors import matched_path
from tests.e2e.conftest import Answered
from tests.e2e.hostile_requests import FORGED_ID, MARK, Hostile, hostile_requests
from tests.e2e.streams import objects, quarantined
from tests.waiting import PATIENCE_SECONDS, wait_until

_ROWS = f"SELECT request_id FROM events WHERE query LIKE '%{MARK}%'"  # noqa: S608 (ours)


@dataclass(frozen=True)
class Reply:
    """What came back: the status, and the id that the edge gave the request, if it came that far."""

    status: int
    request_id: str | None


@dataclass(frozen=True)
class Attack:
    """A stack after all hostile requests. `rows`: how many rows of the view `events` have a request id."""

    cloud: Cloud
    stack: Stack
    replies: dict[str, Reply]
    rows: Counter[str]


@pytest.fixture(scope="module", params=["enabled", "disabled"])
def attack(request: pytest.FixtureRequest, answered: dict[str, Answered]) -> Attack:
    """Each stack, whose answers have been asked, so that these rows do not disturb them."""
    result = answered[request.param]
    url = urlsplit(result.stack.pixel_url)
    replies = {one.name: _send(one, url.netloc, result.cloud) for one in hostile_requests(url.path)}
    # The last row to arrive tells that all did: one stream keeps their order.
    last = _send(Hostile("last", f"{url.path}?e={MARK}&last=1".encode()), url.netloc, result.cloud)

    def rows() -> Counter[str]:
        return Counter(str(row[0]) for row in run_query(result.stack, _ROWS).rows)

    wait_until(lambda: last.request_id in rows(), "the last request is a row", lambda: len(rows()), pause_seconds=0.5)
    replies["last"] = last
    return Attack(result.cloud, result.stack, replies, rows())


def test_every_request_is_answered_and_none_with_a_fault_of_the_server(attack: Attack) -> None:
    assert len(attack.replies) > 60
    assert {name: reply.status for name, reply in attack.replies.items() if not 200 <= reply.status < 500} == {}
    assert Counter(reply.status for reply in attack.replies.values())[200] > 40


def test_each_request_for_the_pixel_is_one_row_and_nothing_else_is(attack: Attack) -> None:
    names = {reply.request_id: name for name, reply in attack.replies.items()}
    assert [request_id for request_id in attack.rows if request_id not in names] == []
    assert [names[request_id] for request_id, number in attack.rows.items() if number != 1] == []
    # What the server itself refused never came to the edge, and has no id. Other paths are other behaviours.
    served = {request_id: name for request_id, name in names.items() if request_id and not name.startswith("path ")}
    assert [name for request_id, name in served.items() if request_id not in attack.rows] == []


def test_only_the_pixel_s_own_path_makes_events(attack: Attack) -> None:
    found = run_query(attack.stack, "SELECT DISTINCT split_part(cs_uri_stem, '?', 1) FROM pixel_events")
    written = {unquote(str(row[0])) for row in found.rows}  # as it was sent: the edge encodes once more
    path = urlsplit(attack.stack.pixel_url).path
    assert {matched_path(stem) for stem in written} == {path}
    assert written > {path}, "no other way to write the path was tried"


def test_no_forged_line_becomes_a_row(attack: Attack) -> None:
    forged = (
        f"SELECT count(*) FROM pixel_events WHERE x_edge_request_id LIKE '%{FORGED_ID}%' OR cs_host = 'victim.example'"  # noqa: S608
    )
    assert run_query(attack.stack, forged).rows == ((0,),)
    lake = b"".join(objects(attack.cloud, attack.stack, EVENTS).values())
    lines = [line for line in lake.split(b"\n") if MARK.encode() in line]
    assert len(lines) == len(attack.rows)
    assert {len(line.split(b"\t")) for line in lines} == {len(log_fields())}
    assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f-\xff]", lake), "an unencoded control character, or no ASCII"


def test_nothing_of_it_goes_to_quarantine(attack: Attack) -> None:
    if "AggregatorFunctionName" not in attack.stack.outputs:
        assert quarantined(attack.cloud, attack.stack) == [], "there is nothing that could put it there"
        return

    def kept() -> list[bytes]:
        return [line for _, line in quarantined(attack.cloud, attack.stack) if MARK.encode() in line]

    # What does belong there, sent behind all requests, tells that this would be seen.
    bad = f"{MARK} is no log line".encode()
    attack.cloud.client("kinesis").put_record(StreamName=attack.stack.raw_stream, Data=bad, PartitionKey="bad")
    wait_until(lambda: bad in kept(), "the bad line is in quarantine", kept, pause_seconds=0.5)
    assert kept() == [bad]


@pytest.mark.parametrize("answer", TRUTHS)
def test_every_answer_can_still_be_asked(attack: Attack, answer: str) -> None:
    answers = find_answers(attack.stack)
    sql = answer_sql(answers, answer, include_bots="'human' /* traffic */" in answers[answer])
    table = run_query(attack.stack, sql)
    assert table.rows
    assert FORGED_ID not in {value for row in table.rows for value in row}


def _send(request: Hostile, host: str, cloud: Cloud) -> Reply:
    with socket.create_connection(("127.0.0.1", cloud.local_port or 0), timeout=PATIENCE_SECONDS) as connection:
        connection.sendall(request.head(host))
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    status = re.match(rb"HTTP/1\.[01] (\d{3})", answer)
    assert status, f"{request.name}: no answer"
    request_id = re.search(rb"(?mi)^x-amz-cf-id: (\S+)\r$", answer.partition(b"\r\n\r\n")[0] + b"\r\n")
    return Reply(int(status[1]), request_id[1].decode() if request_id else None)
