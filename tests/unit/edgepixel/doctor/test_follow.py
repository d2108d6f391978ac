# SPDX-License-Identifier: Apache-2.0
"""Waiting at a stage, and for how long; sending hits; finding them in what streams and the lake hold."""

import gzip
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from edgepixel.aws import lake_names
from edgepixel.doctor.findings import Paragraph, Problem, Stage
from edgepixel.doctor.follow.hits import Sent, how_many, query, send_hits
from edgepixel.doctor.follow.lake_search import find_in_gzip, hour_folders
from edgepixel.doctor.follow.patience import patience
from edgepixel.doctor.follow.waiting import Wait, wait
from edgepixel.doctor.verdict import Found
from edgepixel.traffic.sender import Pixel
from tests.serving import serving

PARAMETERS = {"BatchingWindowSeconds": "60", "BufferSeconds": "900", "Aggregation": "enabled"}
LATE = Problem(Stage.LAKE, "late", "wait", Paragraph.STALLED)
BROKEN = Problem(Stage.LAKE, "broken", "mend", Paragraph.STALLED)


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def waited(
    came: Callable[[float], int],
    certain: Callable[[], Problem | None] = lambda: None,
    given_up: Callable[[], str] = lambda: "",
) -> tuple[int, float, list[int]]:
    """Wait for three hits for 100 seconds: how many came, after how long, and what was shown meanwhile."""
    clock, shown = Clock(), list[int]()

    @contextmanager
    def watch(_name: str, _total: int | None) -> Iterator[Callable[[int], None]]:
        yield shown.append

    wanted = Wait(Stage.LAKE, 3, lambda: came(clock.now), certain, lambda _: LATE, given_up)
    result = wait(wanted, 100, 1, watch, clock=lambda: clock.now, sleep=clock.sleep)
    return result, clock.now, shown


def test_it_waits_until_all_hits_have_come() -> None:
    came, seconds, shown = waited(lambda now: int(now) // 10)
    assert (came, seconds) == (3, 30)
    assert (shown[0], shown[-1]) == (0, 3)


def test_some_hits_are_enough_when_time_is_over() -> None:
    assert waited(lambda now: min(1, int(now)))[:2] == (1, 100)


def test_none_when_time_is_over_is_a_problem() -> None:
    with pytest.raises(Found, match="late") as found:
        waited(lambda _: 0)
    assert found.value.problem is LATE


def test_what_is_certain_ends_the_wait_early() -> None:
    asked: list[int] = []

    def certain() -> Problem | None:
        asked.append(1)
        return BROKEN if len(asked) == 2 else None

    with pytest.raises(Found, match="broken"):
        waited(lambda _: 0, certain)


def test_nobody_waits_for_what_is_not_looked_for() -> None:
    assert waited(lambda _: 0, given_up=lambda: "too much traffic")[:2] == (0, 0)


def test_the_limits_follow_from_the_stack_s_parameters() -> None:
    waits = patience(PARAMETERS)
    assert waits.usual == 960
    assert waits.limits[Stage.LAKE] > 900
    assert (waits.pauses[Stage.RAW_STREAM], waits.pauses[Stage.LAKE]) == (1, 5)
    assert waits.limits[Stage.AGGREGATED_STREAM] > 60
    slower = patience(PARAMETERS | {"BufferSeconds": "60"})
    assert waits.longest - slower.longest == 840
    direct = patience(PARAMETERS | {"Aggregation": "disabled"})
    assert Stage.AGGREGATED_STREAM not in direct.limits
    assert direct.usual == 900


def test_a_timeout_is_shared_by_the_stages() -> None:
    waits = patience(PARAMETERS, timeout=100)
    assert waits.longest == pytest.approx(100)
    assert min(waits.limits.values()) > 0
    assert patience(PARAMETERS, timeout=100_000) == patience(PARAMETERS)


def test_the_local_cloud_s_waits_are_shorter() -> None:
    waits = patience(PARAMETERS, speed=300, local_margin=10)
    assert waits.limits[Stage.LAKE] == pytest.approx(10 + 1080 / 300)
    assert waits.usual == pytest.approx(3.2)


def test_more_hits_are_sent_if_only_some_are_logged() -> None:
    assert [how_many(rate) for rate in (100, 50, 1)] == [3, 6, 300]


def test_hits_are_found_by_their_mark_and_number() -> None:
    sent = Sent("0a1b", 0.0, ())
    line = f"...\t/pixel.gif?{query('0a1b', 2)}\t{query('0a1b', 2)}\n...{query('0a1b', 10)}\t{query('0a1c', 1)}"
    assert sent.found_in(line.encode()) == {2, 10}
    assert sent.found_in(b"nothing") == set()


class Edge(HTTPServer):
    """Responds to every request with a status, and CloudFront's header if it has a request id."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Responder)
        self.status = 200
        self.request_id: str | None = "id"
        self.requests: list[tuple[str, dict[str, str]]] = []


class _Responder(BaseHTTPRequestHandler):
    server: Edge

    def do_GET(self) -> None:
        self.server.requests.append((self.path, dict(self.headers)))
        self.send_response(self.server.status)
        if self.server.request_id:
            self.send_header("X-Amz-Cf-Id", f"{self.server.request_id}-{len(self.server.requests)}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: the test asserts on the requests."""


def test_hits_are_marked_and_each_has_a_number() -> None:
    with serving(Edge()) as server:
        sent = send_hits(Pixel("https://pixel.example/p.gif", server.server_port), 3, lambda: 5.0)
    assert (sent.at, sent.request_ids) == (5.0, ("id-1", "id-2", "id-3"))
    paths = [path for path, _ in server.requests]
    assert paths == [f"/p.gif?e=edgepixel-doctor&i={sent.mark}&n={number}" for number in range(3)]
    assert {headers["Host"] for _, headers in server.requests} == {"pixel.example"}
    assert sent.found_in(" ".join(paths).encode()) == {0, 1, 2}


def test_a_refusal_is_a_response_too() -> None:
    with serving(Edge()) as server:
        server.status, server.request_id = 403, None
        sent = send_hits(Pixel("https://pixel.example/p.gif", server.server_port), 1, lambda: 5.0)
    assert (sent.responses[0].status, sent.request_ids) == (403, ())


def test_without_a_response_no_second_hit_is_sent() -> None:
    with serving(Edge()) as server:
        port = server.server_port
    (response,) = send_hits(Pixel("https://pixel.example/p.gif", port), 3, lambda: 5.0).responses
    assert response.status is None
    assert "refused" in response.reason


def test_hours_are_the_lake_s_folders() -> None:
    new_year = 1767225600.0  # 2026-01-01T00:00:00Z
    assert hour_folders(new_year - 1, new_year + 3600, lake_names.REALTIME_DAY) == [
        "events/dt=2025-12-31/hour=23/",
        "events/dt=2026-01-01/hour=00/",
        "events/dt=2026-01-01/hour=01/",
    ]
    assert hour_folders(new_year, new_year, lake_names.STANDARD_DAY) == ["events/year=2026/month=01/day=01/hour=00/"]


def test_hits_are_found_in_compressed_text_wherever_it_is_cut() -> None:
    sent = Sent("0a1b", 0.0, ())
    text = "\n".join(f"{'-' * 300}{query('0a1b', number)}\t" for number in range(20)).encode()
    packed = io.BytesIO(gzip.compress(text))
    chunks = iter(lambda: packed.read(7), b"")
    assert find_in_gzip(chunks, sent.found_in) == set(range(20))
