# SPDX-License-Identifier: Apache-2.0
"""The demo page's server. What the page does in a browser is in tests/e2e/browser/test_tags.py."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, cast

import pytest

from edgepixel.aws.cloud import Cloud
from edgepixel.aws.stack import Stack
from edgepixel.demo.page import PageServer, demo_page
from edgepixel.errors import PortTakenError
from tests.serving import serving
from tests.unit.edgepixel.fake_cloud import STACK
from tests.waiting import PATIENCE_SECONDS

IMAGE = b"GIF89a"


class _Edge(HTTPServer):
    """Stands for the local cloud: remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _EdgeHandler)
        self.asked: list[tuple[str, dict[str, str]]] = []


class _EdgeHandler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        cast(_Edge, self.server).asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
        self.send_response(200)
        self.send_header("Content-Type", "image/gif")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(IMAGE)))
        self.end_headers()
        self.wfile.write(IMAGE)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


def get(server: PageServer, path: str, **headers: str) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", server.server_port, timeout=PATIENCE_SECONDS)
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response, body


@pytest.fixture
def edge() -> Iterator[_Edge]:
    with serving(_Edge()) as edge:
        yield edge


@pytest.fixture
def server(edge: _Edge) -> Iterator[PageServer]:
    with serving(PageServer(replace(STACK, cloud=Cloud(edge.server_port)), 0)) as server:
        yield server


def test_the_page_of_a_local_cloud_names_the_pixel_and_the_script_by_path(server: PageServer) -> None:
    response, body = get(server, "/?page=2")
    assert (response.status, response.getheader("Content-Type")) == (200, "text/html; charset=utf-8")
    assert b'src="/pixel.js"' in body
    assert b'src="/pixel.gif?s=demo"' in body
    assert b"YOUR-DISTRIBUTION" not in body


def test_the_pixel_s_requests_go_to_the_local_cloud_in_the_pixel_s_name(server: PageServer, edge: _Edge) -> None:
    referer = f"{server.url}?page=2"
    response, body = get(server, "/pixel.gif?u=%2525&t=a+b", Referer=referer, **{"User-Agent": "Reader/1"})
    assert (response.status, body, response.getheader("Cache-Control")) == (200, IMAGE, "no-store")
    ((path, headers),) = edge.asked
    assert path == "/pixel.gif?u=%2525&t=a+b"
    assert headers["host"] == "d111111abcdef8.cloudfront.net"
    assert headers["x-forwarded-proto"] == "https"
    assert (headers["referer"], headers["user-agent"]) == (referer, "Reader/1")


def test_nothing_else_is_handed_on(server: PageServer, edge: _Edge) -> None:
    response, _ = get(server, "/wp-login.php")
    assert response.status == 404
    assert edge.asked == []


def test_a_local_cloud_that_is_gone_is_said_so() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # taken, and nobody listens
        stack = replace(STACK, cloud=Cloud(closed.getsockname()[1]))
        with serving(PageServer(stack, 0)) as server:
            response, body = get(server, "/pixel.gif")
    assert response.status == 502
    assert b"does it run?" in body


def test_in_aws_the_page_names_the_stack_s_own_urls() -> None:
    stack = Stack(Cloud(), "shop", {**STACK.outputs, "PixelUrl": "https://p.example/img/dot.gif"}, STACK.parameters)
    with serving(PageServer(stack, 0)) as server:
        _, body = get(server, "/")
        response, _ = get(server, "/img/dot.gif")
    assert b'src="https://p.example/img/pixel.js"' in body
    assert b'src="https://p.example/img/dot.gif?s=demo"' in body
    assert response.status == 404


def test_a_taken_port_is_a_message(server: PageServer) -> None:
    with pytest.raises(PortTakenError, match="--port"):
        PageServer(replace(STACK, cloud=Cloud(1)), server.server_port)


def test_the_page_holds_no_other_address_than_the_pixel_s() -> None:
    assert "://" not in demo_page("/pixel.gif", "/pixel.js")
