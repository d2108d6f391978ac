# SPDX-License-Identifier: Apache-2.0
"""Sending hits over HTTP."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from edgepixel.errors import SendError
from edgepixel.traffic.generator import generate
from edgepixel.traffic.hit import Hit
from edgepixel.traffic.sender import Pixel, send
from tests.serving import serving
from tests.waiting import PATIENCE_SECONDS

URL = "https://d111111abcdef8.cloudfront.net/pixel.gif"
NOW_MS = 1_795_426_200_123


class Edge(ThreadingHTTPServer):
    """Remembers every request; answers with an id of its own, or as told."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen: dict[str, tuple[str, str, list[tuple[str, str]]]] = {}
        self.connections = 0
        self.lock = threading.Lock()
        self.without_id_after = 10**9
        self.hang_up_after = 10**9


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        with self.edge.lock:
            self.edge.connections += 1

    @property
    def edge(self) -> Edge:
        assert isinstance(self.server, Edge)
        return self.server

    def answer(self) -> None:
        with self.edge.lock:
            number = len(self.edge.seen)
            self.edge.seen[f"id-{number}"] = (self.command, self.path, self.headers.items())
        if number >= self.edge.hang_up_after:
            self.close_connection = True
            return
        self.send_response(200 if self.command in ("GET", "HEAD") else 403)
        if number < self.edge.without_id_after:
            self.send_header("X-Amz-Cf-Id", f"id-{number}")
        body = b"" if self.command == "HEAD" else b"GIF89a"
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = answer

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def edge() -> Iterator[Edge]:
    with serving(Edge()) as server:
        yield server


@pytest.fixture(scope="module")
def hits() -> list[Hit]:
    return list(generate(5, 600, NOW_MS))


def pixel(edge: Edge) -> Pixel:
    return Pixel(URL, edge.server_address[1])


@pytest.mark.parametrize("honors", [True, False])
def test_what_the_edge_function_told_is_true_of_what_it_ran_for(edge: Edge, hits: list[Hit], honors: bool) -> None:
    described = replace(pixel(edge), has_edge_function=True, honors_privacy_control=honors)
    rows = list(send(hits, described, connections=1))
    refused = [hit for hit in hits if hit.truth.method not in ("GET", "HEAD")]
    assert refused
    for row, hit in zip(rows, hits, strict=True):
        assert row.truth == (hit.truth if hit in refused else hit.described_truth(honors))
    assert any(row.truth.private and row.truth.language for row in rows) == (not honors)


def test_every_hit_is_sent_once_as_a_browser_would_and_has_its_row(edge: Edge, hits: list[Hit]) -> None:
    rows = list(send(hits, pixel(edge), connections=3))
    assert len(rows) == len(edge.seen) == len(hits)
    by_truth = {id(hit.truth): hit for hit in hits}
    for row in rows:
        hit = by_truth.pop(id(row.truth))
        method, target, headers = edge.seen[row.request_id]
        path = hit.path or "/pixel.gif"
        assert (method, target) == (hit.truth.method, f"{path}?{hit.query}" if hit.query else path)
        assert headers[0] == ("Host", "d111111abcdef8.cloudfront.net")
        assert tuple(headers[1 : 1 + len(hit.headers)]) == hit.headers
        assert row.status == (200 if method in ("GET", "HEAD") else 403)
        assert row.host == "d111111abcdef8.cloudfront.net"
    assert not by_truth


def test_connections_stay_open(edge: Edge, hits: list[Hit]) -> None:
    list(send(hits, pixel(edge), connections=3))
    assert edge.connections == 3


def test_the_local_edge_is_told_of_the_viewer(edge: Edge, hits: list[Hit]) -> None:
    (row,) = send(hits[:1], pixel(edge), connections=1)
    headers = dict(edge.seen[row.request_id][2])
    assert headers["x-localcloud-time"] == f"{row.truth.time_ms / 1000:.3f}"
    assert headers["x-localcloud-address"] == row.truth.address
    assert headers["x-localcloud-country"] == row.truth.country
    assert headers["x-localcloud-asn"] == str(row.truth.asn)
    assert headers["x-localcloud-edge-location"] == hits[0].edge_location
    assert headers["x-forwarded-proto"] == "https"


def test_the_local_edge_is_told_of_the_protocol(edge: Edge, hits: list[Hit]) -> None:
    told = {row.request_id: id(row.truth) for row in send(hits, pixel(edge), connections=2)}
    protocols = {id(hit.truth): hit.protocol for hit in hits}
    assert set(protocols.values()) == {"https", "http"}
    for request_id, truth in told.items():
        assert dict(edge.seen[request_id][2])["x-forwarded-proto"] == protocols[truth]


def test_in_aws_a_hit_goes_to_the_port_of_its_protocol() -> None:
    ports = {protocol: connection.port for protocol, connection in Pixel(URL).connections().items()}
    assert ports == {"https": 443, "http": 80}


def test_in_aws_nothing_is_simulated_and_the_row_does_not_claim_it(
    edge: Edge, hits: list[Hit], monkeypatch: pytest.MonkeyPatch
) -> None:
    def connections(_self: Pixel) -> dict[str, HTTPConnection]:
        return {"https": HTTPConnection(*edge.server_address[:2], timeout=PATIENCE_SECONDS)}

    monkeypatch.setattr(Pixel, "connections", connections)
    (row,) = send(hits[:1], Pixel(URL), connections=1)
    names = {name.lower() for name, _ in edge.seen[row.request_id][2]}
    assert not any(name.startswith(("x-localcloud", "x-forwarded")) for name in names)
    assert (row.truth.address, row.truth.country) == (None, None)
    assert abs(row.truth.time_ms - time.time() * 1000) < 600_000
    assert replace(row.truth, time_ms=0) == replace(hits[0].truth, time_ms=0, address=None, country=None, asn=None)


def test_the_first_hit_without_a_response_ends_the_sending(edge: Edge, hits: list[Hit]) -> None:
    edge.hang_up_after = 50
    rows = send(hits, pixel(edge), connections=2)
    with pytest.raises(SendError, match="got no response"):
        list(rows)
    assert len(edge.seen) < len(hits)


def test_nothing_listening_is_an_error_and_no_hang(hits: list[Hit]) -> None:
    with pytest.raises(SendError, match="got no response"):
        list(send(hits[:10], Pixel(URL, 1), connections=2))


def test_a_response_without_a_request_id_is_an_error(edge: Edge, hits: list[Hit]) -> None:
    edge.without_id_after = 3
    with pytest.raises(SendError, match="no X-Amz-Cf-Id"):
        list(send(hits, pixel(edge), connections=1))


def test_an_error_in_the_generator_reaches_the_caller(edge: Edge, hits: list[Hit]) -> None:
    def broken() -> Iterator[Hit]:
        yield hits[0]
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(send(broken(), pixel(edge), connections=2))


def test_closing_early_stops_the_workers(edge: Edge, hits: list[Hit]) -> None:
    rows = send(hits, pixel(edge), connections=2)
    next(rows)
    rows.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("sender-")]
    assert len(edge.seen) < len(hits)
