# SPDX-License-Identifier: Apache-2.0
"""Which client hints a browser sends with an image of another host: docs/pixel.md, "Client hints"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.conftest import ROOT
from tests.e2e.browser import chromium
from tests.serving import serving
from tests.waiting import PATIENCE_SECONDS

PAGE = (ROOT / "docs/pixel.md").read_text(encoding="utf-8")
HOST = "https://YOUR-DISTRIBUTION.cloudfront.net"
(META,) = re.findall(r"^<meta http-equiv=\"delegate-ch\".*$", PAGE, re.MULTILINE)
HEADERS = dict(re.findall(r"^(Accept-CH|Permissions-Policy): (.*)$", PAGE, re.MULTILINE))
ASKS = {"Accept-CH": "Sec-CH-UA-Model"}  # the image's own response, as the template has it
GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,"
GIF += b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"


@dataclass
class Site:
    """What a server serves, whatever is asked for, and the headers of the requests that it got."""

    body: bytes
    headers: dict[str, str]
    requests: list[dict[str, str]] = field(default_factory=list)

    def server(self) -> ThreadingHTTPServer:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.requests.append({name.lower(): value for name, value in self.headers.items()})
                self.send_response(200)
                for name, value in ({"Cache-Control": "no-store"} | site.headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(site.body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        return ThreadingHTTPServer(("127.0.0.1", 0), Handler)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """With its own user agent: a made-up one comes without hints."""
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as tool:
        started = tool.chromium.launch(
            executable_path=chromium.executable(), args=arguments, timeout=PATIENCE_SECONDS * 1000
        )
        yield started
        started.close()


@pytest.mark.parametrize(
    ("head", "headers", "model"),
    [("", {}, False), (META, {}, True), ("", HEADERS, True)],
    ids=["a page that asks for nothing", "a meta element", "headers of the page"],
)
def test_the_model_is_sent_if_the_page_asks_and_the_other_hints_always(
    browser: Browser, head: str, headers: dict[str, str], model: bool
) -> None:
    image = Site(GIF, {"Content-Type": "image/gif"} | ASKS)
    with serving(image.server()) as image_server:
        host = f"http://127.0.0.1:{image_server.server_port}"
        html = (
            f"<!DOCTYPE html><head>{head}</head><body><img src={host}/pixel.gif><img src={host}/pixel.gif?n=2></body>"
        )
        page = Site(
            html.replace(HOST, host).encode(),
            {"Content-Type": "text/html"} | {name: value.replace(HOST, host) for name, value in headers.items()},
        )
        with serving(page.server()) as page_server:
            context = browser.new_context()
            context.new_page().goto(f"http://localhost:{page_server.server_port}/", timeout=PATIENCE_SECONDS * 1000)
            context.close()
    assert len(image.requests) == 2
    for request in image.requests:
        assert {"sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform"} <= request.keys()
        assert ("sec-ch-ua-model" in request) == model
