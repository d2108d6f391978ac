# SPDX-License-Identifier: Apache-2.0
"""The page of `edgepixel page` in a real browser, when what it needs is gone."""

from base64 import b64decode
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

import pytest
from playwright.sync_api import Page, sync_playwright

from edgepixel.aws.cloud import Cloud
from edgepixel.demo.page import PageServer
from tests.conftest import ROOT
from tests.e2e.browser import chromium
from tests.serving import serving
from tests.unit.edgepixel.fake_cloud import STACK
from tests.waiting import PATIENCE_SECONDS

WARNING = "#failed"
SCRIPT = (ROOT / "functions" / "edge_setup" / "pixel.js").read_bytes()
IMAGE = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


class Edge(ThreadingHTTPServer):
    """Stands for a local cloud, which can stop to respond as it should."""

    daemon_threads = True
    refuses = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        script = self.path.startswith("/pixel.js")
        self.send_response(503 if cast(Edge, self.server).refuses else 200)
        self.send_header("Content-Type", "text/javascript" if script else "image/gif")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(SCRIPT if script else IMAGE)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def tab() -> Iterator[Page]:
    with sync_playwright() as tool:
        browser = tool.chromium.launch(
            executable_path=chromium.executable(), timeout=PATIENCE_SECONDS * 1000, args=["--no-sandbox"]
        )
        page = browser.new_page()
        page.set_default_timeout(PATIENCE_SECONDS * 1000)
        yield page
        browser.close()


def test_the_page_says_so_when_the_pixel_is_gone_and_when_it_is_there_again(tab: Page) -> None:
    edge = Edge()
    with ExitStack() as servers:
        servers.enter_context(serving(edge))
        page = servers.enter_context(serving(PageServer(replace(STACK, cloud=Cloud(edge.server_port)), 0)))
        tab.goto(page.url)
        tab.wait_for_function("document.querySelector('tbody').rows.length === 1")
        assert not tab.is_visible(WARNING)
        edge.refuses = True
        tab.click("#cart")
        tab.wait_for_selector(WARNING, state="visible")
        edge.refuses = False
        tab.click("#buy")
        tab.wait_for_selector(WARNING, state="hidden")


def test_the_page_says_so_when_its_own_server_is_gone(tab: Page) -> None:
    edge = Edge()
    with serving(edge), serving(PageServer(replace(STACK, cloud=Cloud(edge.server_port)), 0)) as page:
        tab.goto(page.url)
        tab.wait_for_function("document.querySelector('tbody').rows.length === 1")
        tab.context.set_offline(True)
        tab.click("#buy")
        tab.wait_for_selector(WARNING, state="visible")


def test_the_page_says_so_when_not_even_the_script_comes(tab: Page) -> None:
    with serving(PageServer(replace(STACK, cloud=Cloud(1)), 0)) as page:
        tab.goto(page.url)
        tab.wait_for_selector(WARNING, state="visible")
        tab.click("#buy")
