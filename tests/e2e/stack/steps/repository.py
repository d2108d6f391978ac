# SPDX-License-Identifier: Apache-2.0
"""A stand-in for the AWS Serverless Application Repository: takes applications as its API does, and keeps them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.serving import serving

APPLICATION = "arn:aws:serverlessrepo:us-east-1:000000000000:applications/edge-pixel"


@dataclass
class Repository:
    """`created` holds the bodies of CreateApplication, by version."""

    endpoint: str = ""
    created: dict[str, dict[str, Any]] = field(default_factory=dict)

    def answer(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, str]]:
        """API Reference: POST /applications, PATCH and GET /applications/id, PUT /applications/id/versions/version."""
        if method == "POST" and path == "/applications":
            if self.created:
                return 409, {"message": f"Application with id {APPLICATION} already exists"}
            self.created[body["semanticVersion"]] = body
            return 201, {"applicationId": APPLICATION}
        if method == "GET":
            version = path.rpartition("=")[2]
            return (
                (200, {"applicationId": APPLICATION}) if version in self.created else (404, {"message": "no version"})
            )
        return 400, {"message": f"unexpected: {method} {path}"}


@contextmanager
def stand_in_repository() -> Iterator[Repository]:
    """Listens on 127.0.0.1 while the block runs."""
    repository = Repository()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self._reply("POST", json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def do_GET(self) -> None:
            self._reply("GET", {})

        def _reply(self, method: str, body: dict[str, Any]) -> None:
            status, answer = repository.answer(method, self.path, body)
            encoded = json.dumps(answer).encode()
            self.send_response(status)
            names = {404: "NotFoundException", 409: "ConflictException", 400: "BadRequestException"}
            if status in names:
                self.send_header("x-amzn-ErrorType", names[status])
            self.send_header("Content-Length", str(len(encoded)))
            self.end_headers()
            self.wfile.write(encoded)

        def log_message(self, format: str, *arguments: object) -> None:
            """Stay silent."""

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as server:
        repository.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
        yield repository
