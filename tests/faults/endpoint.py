# SPDX-License-Identifier: Apache-2.0
"""Kinesis' PutRecords and S3's PutObject behind one HTTP server, with the faults that a plan asks for."""

import json
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from botocore.exceptions import ClientError
from pybase64 import b64decode

from tests.fakes.kinesis import Kinesis, check_limits
from tests.fakes.s3 import S3
from tests.faults.plan import Fault, Plan
from tests.serving import serving

THROTTLED = "ProvisionedThroughputExceededException"
STREAM, BUCKET = "aggregated", "lake"


@dataclass
class Endpoint:
    """Both services in memory, and the faults between them and their clients."""

    plan: Plan
    url: str = ""
    kinesis: Kinesis = field(default_factory=lambda: Kinesis(STREAM))
    s3: S3 = field(default_factory=lambda: S3({BUCKET: []}))
    calls: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)  # of the services' limits and of the project's promises
    stopped: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.kinesis.refuses = self._throttles

    @property
    def objects(self) -> dict[str, bytes]:
        """The content of every object, by key."""
        return {held["Key"]: held["Body"] for held in self.s3.buckets[BUCKET]}

    def put_records(self, body: bytes) -> tuple[Fault, int, dict[str, Any]]:
        """Take a request, or not. Gives the fault, and the response's status and content."""
        request = json.loads(body)
        records = [record | {"Data": b64decode(record["Data"], validate=True)} for record in request["Records"]]
        try:
            check_limits(records)
            fault = self._fault("PutRecords")
            if fault in _REFUSALS or fault is Fault.LOST_REQUEST:
                self.kinesis.refused += records
                return fault, *_REFUSALS.get(fault, (0, {}))
            return fault, 200, self.kinesis.put_records(request["StreamName"], records)
        except ClientError as error:
            self.violations.append(str(error))
            return Fault.NONE, 400, {"__type": error.response["Error"]["Code"], "message": str(error)}

    def put_object(self, path: str, body: bytes) -> tuple[Fault, int]:
        """Take an object, or not. Gives the fault, and the response's status."""
        fault = self._fault("PutObject")
        if fault in (Fault.SERVER_ERROR, Fault.UNAVAILABLE, Fault.LOST_REQUEST):
            return fault, 500 if fault is Fault.SERVER_ERROR else 503
        bucket, _, key = path.removeprefix("/").partition("/")
        if self.objects.get(key, body) != body:
            self.violations.append(f"{path} was written again with other content")
        self.s3.put_object(bucket, key, Body=body)
        return fault, 200

    def _throttles(self, call: int, position: int) -> str | None:
        if not self.plan.throttles(position):
            return None
        self.faults["entry throttled"] += 1
        return THROTTLED

    def _fault(self, operation: str) -> Fault:
        self.calls[operation] += 1
        fault = self.plan.fault(operation)
        if fault is not Fault.NONE:
            self.faults[f"{operation} {fault}"] += 1
        return fault


_REFUSALS: dict[Fault, tuple[int, dict[str, Any]]] = {
    Fault.SERVER_ERROR: (500, {"__type": "InternalFailure", "message": ""}),
    Fault.UNAVAILABLE: (503, {"__type": "ServiceUnavailable", "message": ""}),
    Fault.THROTTLED_CALL: (400, {"__type": THROTTLED, "message": "Rate exceeded"}),
}


def _handler(endpoint: Endpoint) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        rbufsize = 1 << 20
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with endpoint.lock:
                fault, status, content = endpoint.put_records(body)
            self._respond(fault, status, json.dumps(content).encode(), "application/x-amz-json-1.1")

        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with endpoint.lock:
                fault, status = endpoint.put_object(unquote(self.path), body)
            code = b"" if status == 200 else b"<Error><Code>InternalError</Code></Error>"
            self._respond(fault, status, code, "application/xml")

        def _respond(self, fault: Fault, status: int, body: bytes, kind: str) -> None:
            if fault is Fault.HANG:
                endpoint.stopped.wait()
            if fault in (Fault.HANG, Fault.LOST_RESPONSE, Fault.LOST_REQUEST):
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """The test's summary tells of the calls."""

    return Handler


class _Server(ThreadingHTTPServer):
    """One whose own errors are not only printed."""

    state: Endpoint

    def handle_error(self, request: object, client_address: object) -> None:
        error = sys.exception()
        if not isinstance(error, ConnectionError):  # the client may leave
            self.state.violations.append(repr(error))


@contextmanager
def endpoint(plan: Plan) -> Iterator[Endpoint]:
    """The server, on a free port of this machine, until the end of the block."""
    state = Endpoint(plan)
    server = _Server(("127.0.0.1", 0), _handler(state))
    server.state = state
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    with serving(server):
        try:
            yield state
        finally:
            state.stopped.set()
