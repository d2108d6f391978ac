# SPDX-License-Identifier: Apache-2.0
"""CloudFormation as a custom resource sees it: its requests, and an address that takes the responses."""

import json
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from tests.serving import serving

UNIQUE_ID = "5f1c7d30-6a2e-11f0-9c1b-0a58a9feac02"
STACK_ID = f"arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/{UNIQUE_ID}"
SECRET = "X-Amz-Signature=0123456789abcdef"


def event(
    request_type: str,
    properties: dict[str, Any],
    physical_id: str = "",
    url: str = "",
    old_properties: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A request as CloudFormation sends it."""
    request: dict[str, Any] = {
        "RequestType": request_type,
        "RequestId": "9a1f0000-0000-4000-8000-000000000001",
        "StackId": STACK_ID,
        "LogicalResourceId": "Thing",
        "ResourceType": "AWS::CloudFormation::CustomResource",
        "ResponseURL": url or f"http://127.0.0.1:9/response?{SECRET}",
        "ResourceProperties": {"ServiceToken": "arn:aws:lambda:eu-west-1:123456789012:function:setup", **properties},
    }
    if request_type == "Update":
        request["OldResourceProperties"] = old_properties or properties
    return request | ({"PhysicalResourceId": physical_id} if physical_id else {})


class ResponseServer(HTTPServer):
    """Keeps the responses that are put at `url`, whatever the path. It first refuses with the codes in `refusals`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taker)
        self.refusals: list[int] = []
        self.responses: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.sizes: list[int] = []
        self.url = f"http://127.0.0.1:{self.server_port}/response?{SECRET}"

    @property
    def response(self) -> dict[str, Any]:
        """The only response: fails when there is none, or more than one."""
        (response,) = self.responses
        return response

    def take(self) -> list[dict[str, Any]]:
        """The responses since the last time."""
        taken, self.responses = self.responses, []
        return taken


class _Taker(BaseHTTPRequestHandler):
    server: ResponseServer

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.refusals:
            self.send_response(self.server.refusals.pop(0))
        else:
            self.server.responses.append(json.loads(body))
            self.server.headers.append(dict(self.headers))
            self.server.sizes.append(len(body))
            self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: the test asserts on what was taken."""


def response_server() -> AbstractContextManager[ResponseServer]:
    """A server on a free port of 127.0.0.1, until the block ends."""
    return serving(ResponseServer())
