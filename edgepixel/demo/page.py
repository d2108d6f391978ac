# SPDX-License-Identifier: Apache-2.0
"""Shows the demo page, docs/demo.html, with a stack's own pixel in it.

A browser cannot find the pixel of a local cloud by its name. So the page's server stands in for it there, under its own
name, and hands requests for the pixel and its script on.
"""

from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urljoin, urlsplit

from rich.console import Console

from edgepixel.aws.stack import Stack
from edgepixel.errors import PortTakenError
from edgepixel.paths import ROOT

DEFAULT_PORT = 8000
_PLACEHOLDER = "https://YOUR-DISTRIBUTION.cloudfront.net"
_TIMEOUT_SECONDS = 30
# Of a connection, not of what it carries (RFC 9110, section 7.6.1), or made anew by this server.
_NOT_HANDED_ON = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "content-length", "host", "date", "server"}
)


def demo_page(pixel: str, script: str) -> str:
    """The page's HTML with these URLs, absolute or paths, of the pixel and its script."""
    html = (ROOT / "docs" / "demo.html").read_text(encoding="utf-8")
    return html.replace(f"{_PLACEHOLDER}/pixel.gif", pixel).replace(f"{_PLACEHOLDER}/pixel.js", script)


class PageServer(ThreadingHTTPServer):
    """The page at `/`, on 127.0.0.1; port 0 takes a free one. Raises PortTakenError."""

    daemon_threads = True

    def __init__(self, stack: Stack, port: int) -> None:
        pixel_url = urlsplit(stack.pixel_url)
        script_url = urlsplit(urljoin(stack.pixel_url, "pixel.js"))
        self.pixel_host = pixel_url.netloc
        self.cloud_port = stack.cloud.local_port
        self.handed_on = {pixel_url.path, script_url.path} if self.cloud_port else set[str]()
        self.script = script_url.path
        local = self.cloud_port is not None
        self.page = demo_page(
            pixel_url.path if local else pixel_url.geturl(), script_url.path if local else script_url.geturl()
        ).encode()
        try:
            super().__init__(("127.0.0.1", port), _Handler)
        except OSError as error:
            raise PortTakenError(f"port {port} cannot be used ({error.strerror}): choose another, --port") from error

    @property
    def url(self) -> str:
        """Where a browser finds the page."""
        return f"http://127.0.0.1:{self.server_port}/"


class _Handler(BaseHTTPRequestHandler):
    server: PageServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path in self.server.handed_on:
            self._hand_on()
        elif path == "/":
            self._respond(
                200, {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"}, self.server.page
            )
        else:
            self._respond(404, {"Content-Type": "text/plain"}, b"There is only one page here.\n")

    def _hand_on(self) -> None:
        connection = HTTPConnection("127.0.0.1", self.server.cloud_port, timeout=_TIMEOUT_SECONDS)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _NOT_HANDED_ON}
        try:
            connection.request(
                "GET", self.path, headers={**headers, "Host": self.server.pixel_host, "x-forwarded-proto": "https"}
            )
            response = connection.getresponse()
            body = response.read()
        except (OSError, HTTPException):
            self._respond(502, {"Content-Type": "text/plain"}, b"The local cloud does not respond: does it run?\n")
            return
        finally:
            connection.close()
        kept = {name: value for name, value in response.getheaders() if name.lower() not in _NOT_HANDED_ON}
        self._respond(response.status, kept, body)

    def _respond(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: what is asked for is in the stack's own events."""


def show_page(stack: Stack, port: int, console: Console) -> None:
    """Serve the page until the command is interrupted."""
    with PageServer(stack, port) as server:
        console.print(f"Open {server.url} and click around. Its hits go to {stack}:", markup=False, soft_wrap=True)
        console.print("  edgepixel ask recent-events", markup=False)
        if server.handed_on:
            console.print("For a page of your own on this machine:", markup=False)
            console.print(f'  <script src="{urljoin(server.url, server.script)}" defer></script>', markup=False)
        console.print("Ctrl-C ends it.")
        server.serve_forever()
