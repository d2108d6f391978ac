# SPDX-License-Identifier: Apache-2.0
"""CloudFormation as the edge setup sees it: an address that takes the answers to its custom resources."""

import json
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from tests.sam_local.tcp_relay import HOST
from tests.serving import serving


class Answers(HTTPServer):
    """Keeps what is put, whatever the path."""

    def __init__(self) -> None:
        super().__init__((HOST, 0), _Taker)
        self._taken: list[dict[str, Any]] = []

    def take(self) -> list[dict[str, Any]]:
        """The answers since the last time."""
        taken, self._taken = self._taken, []
        return taken

    def keep(self, answer: dict[str, Any]) -> None:
        """Called for every answer that arrives."""
        self._taken.append(answer)


class _Taker(BaseHTTPRequestHandler):
    server: Answers

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.keep(json.loads(body))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: what came is looked at."""


def answer_address() -> AbstractContextManager[Answers]:
    """Takes answers on a free port of 127.0.0.1 until the block ends."""
    return serving(Answers())


def answerable(request: dict[str, Any], address: str, physical_id: str | None) -> dict[str, Any]:
    """A sample request, to be answered at `address` (host:port), about the resource that the request before made."""
    own = {"ResponseURL": f"http://{address}/answer"}
    if physical_id is not None and "PhysicalResourceId" in request:
        own["PhysicalResourceId"] = physical_id
    return request | own


def problem_with(request: dict[str, Any], answers: list[dict[str, Any]]) -> str | None:
    """Why the answers to a request are not exactly one SUCCESS; None if they are."""
    if len(answers) != 1:
        return f"{len(answers)} answers to CloudFormation instead of one"
    (answer,) = answers
    if answer.get("Status") != "SUCCESS":
        return f"CloudFormation was told {answer.get('Status')}: {answer.get('Reason')}"
    for name in ("StackId", "RequestId", "LogicalResourceId"):
        if answer.get(name) != request[name]:
            return f"the answer's {name} is {answer.get(name)!r}, the request's {request[name]!r}"
    return None
