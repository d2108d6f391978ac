# SPDX-License-Identifier: Apache-2.0
"""The examples of docs/pixel.md, "From your server", are run against a pixel that fails at first."""

import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from edgepixel.template.reader import answer_queries
from tests.documented_tags import PLACEHOLDER, TEXT
from tests.needed_tools import need
from tests.serving import serving
from tests.unit.view.event_view import ask, line

SECTION = TEXT.partition("\n## From your server\n")[2].partition("\n## ")[0]
NETWORK = {"c_ip": "203.0.113.0", "asn": "24940"}


def example(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.+?)^```$", SECTION, re.MULTILINE | re.DOTALL)
    assert f"https://{PLACEHOLDER}/pixel.gif" in found
    return str(found)


class Pixel:
    """What was asked of a server that refuses the first request: query, user agent and status of each."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, int]] = []
        self.lock = threading.Lock()

    def status(self, path: str, agent: str) -> int:
        with self.lock:
            status = HTTPStatus.OK if self.asked else HTTPStatus.SERVICE_UNAVAILABLE
            assert urlsplit(path).path == "/pixel.gif"
            self.asked.append((urlsplit(path).query, agent, status))
        return status

    def lines(self, name: str) -> list[str]:
        """Their log lines."""
        return [
            line(f"{name}-{n}", cs_uri_query=query, cs_user_agent=agent, sc_status=str(status), **NETWORK)
            for n, (query, agent, status) in enumerate(self.asked)
        ]


@contextmanager
def pixel() -> Iterator[tuple[Pixel, str]]:
    seen = Pixel()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(seen.status(self.path, self.headers["User-Agent"]))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as server:
        yield seen, f"http://127.0.0.1:{server.server_address[1]}"


def run(text: str) -> Pixel:
    """Run an example, and return what it sent."""
    command = [sys.executable, "-W", "error", "-c"] if text.startswith("import ") else ["bash", "-c"]
    with pixel() as (seen, url):
        here = text.replace(f"https://{PLACEHOLDER}", url)
        subprocess.run([*command, here], check=True, timeout=120)  # noqa: S603 (ours)
    return seen


@pytest.fixture(scope="module")
def sent() -> dict[str, Pixel]:
    """What the examples sent, and what the second sent without the mark, of another order."""
    need(shutil.which("curl") is not None, "curl")
    unmarked = example("python").replace('"by": "server", ', "").replace("A-1001", "A-1002")
    return {"sh": run(example("sh")), "python": run(example("python")), "unmarked": run(unmarked)}


def test_they_send_again_until_it_works(sent: dict[str, Pixel]) -> None:
    statuses = {name: [status for _, _, status in pixel.asked] for name, pixel in sent.items()}
    assert statuses == {"sh": [503, 200], "python": [503, 200, 200], "unmarked": [503, 200, 200]}


def test_together_they_are_one_order_with_a_refund(sent: dict[str, Pixel]) -> None:
    lines = [text for name, pixel in sent.items() for text in pixel.lines(name)]
    events = ask("SELECT traffic, event, site, order_id, malformed_value FROM events WHERE status = 200", lines).rows
    assert sorted(map(str, events)) == sorted(
        str([traffic, event, "shop", order, None])
        for traffic, event, order in (
            ("server", "purchase", "A-1001"),
            ("server", "purchase", "A-1001"),
            ("server", "refund", "A-1001"),
            ("bot", "purchase", "A-1002"),
            ("bot", "refund", "A-1002"),
        )
    )
    revenue = ask(answer_queries()["campaign-revenue"], lines).rows
    assert [row[3:6] for row in revenue] == [["EUR", "1", "40.0000"]]
