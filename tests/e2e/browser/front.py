# SPDX-License-Identifier: Apache-2.0
"""The internet as the tests' browser sees it: one TLS server of this machine that stands for every host.

The pixel's host is the local cloud, which speaks no TLS; every other host has the pages that a test gave it.
"""

import ssl
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.documented_tags import PLACEHOLDER
from tests.serving import serving
from tests.waiting import PATIENCE_SECONDS

_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}


@dataclass(frozen=True)
class Page:
    """What a host answers at a path. The documentation's placeholder becomes the pixel's host."""

    html: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answered:
    """A request to the pixel's host, and the id that the edge gave it."""

    path: str
    query: str
    headers: Mapping[str, str]
    request_id: str
    status: int


class Front(ThreadingHTTPServer):
    """The server.

    `pages` by host and path, for example `blog.example/post`. `answered` are the requests to the pixel's host, `shown`
    the pages that were asked for, `strangers` what nobody has, each in the order of the answers.
    """

    daemon_threads = True

    def __init__(self, tls: ssl.SSLContext, pixel_host: str, cloud_port: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.pixel_host = pixel_host
        self.cloud_port = cloud_port
        self.pages: dict[str, Page] = {}
        self.answered: list[Answered] = []
        self.shown: list[str] = []
        self.strangers: list[str] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that hangs up is no error of the server's."""


class _Handler(BaseHTTPRequestHandler):
    server: Front
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        host = self.headers["Host"]
        if host == self.server.pixel_host:
            self._forward()
            return
        place = f"{host}{urlsplit(self.path).path}"
        page = self.server.pages.get(place)
        if page is None:
            if not place.endswith("/favicon.ico"):
                self.server.strangers.append(place)
            self._answer(404, {}, b"")
            return
        self.server.shown.append(place)
        named = {name: value.replace(PLACEHOLDER, self.server.pixel_host) for name, value in page.headers.items()}
        html = page.html.replace(PLACEHOLDER, self.server.pixel_host)
        self._answer(200, {"Content-Type": "text/html; charset=utf-8", **named}, html.encode())

    def _forward(self) -> None:
        connection = HTTPConnection("127.0.0.1", self.server.cloud_port, timeout=PATIENCE_SECONDS)
        connection.putrequest("GET", self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in _HOP_BY_HOP:
                connection.putheader(name, value)
        connection.putheader("x-forwarded-proto", "https")
        connection.endheaders()
        response = connection.getresponse()
        body = response.read()
        connection.close()
        headers = {name: value for name, value in response.getheaders() if name.lower() not in _HOP_BY_HOP}
        url = urlsplit(self.path)
        asked = {name.lower(): value for name, value in self.headers.items()}
        request_id = response.headers["X-Amz-Cf-Id"]
        self.server.answered.append(Answered(url.path, url.query, asked, request_id, response.status))
        self._answer(response.status, headers, body)

    def _answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: the tests look at what was answered."""


def front(tls: ssl.SSLContext, pixel_host: str, cloud_port: int) -> AbstractContextManager[Front]:
    """The server on a free port, for as long as the block lasts."""
    return serving(Front(tls, pixel_host, cloud_port))
