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

from pybase64 import b64decode

from tests.faults.plan import Fault, Plan
from tests.serving import serving

THROTTLED = "ProvisionedThroughputExceededException"
REQUEST_RECORDS, REQUEST_BYTES, RECORD_BYTES = 500, 10 * 1024 * 1024, 1024 * 1024


@dataclass(frozen=True, slots=True)
class Entry:
    data: bytes
    partition_key: str


@dataclass
class Endpoint:
    """What both services took, and what they did not; `accepted` and `refused` are in the order of arrival."""

    plan: Plan
    url: str = ""
    accepted: list[Entry] = field(default_factory=list)
    refused: list[Entry] = field(default_factory=list)
    objects: dict[str, bytes] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)  # of the services' limits and of the project's promises
    stopped: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def put_records(self, body: bytes) -> tuple[Fault, int, dict[str, Any]]:
        """Take a request, or not. Gives the fault, and the answer's status and content."""
        entries = [
            Entry(b64decode(record["Data"], validate=True), record["PartitionKey"])
            for record in json.loads(body)["Records"]
        ]
        self._hold_to_the_limits(entries)
        fault = self._fault("PutRecords")
        if fault in (Fault.SERVER_ERROR, Fault.UNAVAILABLE, Fault.THROTTLED_CALL, Fault.LOST_REQUEST):
            self.refused += entries
            return fault, *_REFUSALS.get(fault, (0, {}))
        answers = [self._take(position, entry) for position, entry in enumerate(entries)]
        return fault, 200, {"FailedRecordCount": sum("ErrorCode" in answer for answer in answers), "Records": answers}

    def put_object(self, path: str, body: bytes) -> tuple[Fault, int]:
        fault = self._fault("PutObject")
        if fault in (Fault.SERVER_ERROR, Fault.UNAVAILABLE, Fault.LOST_REQUEST):
            return fault, 500 if fault is Fault.SERVER_ERROR else 503
        if self.objects.setdefault(path, body) != body:
            self.violations.append(f"{path} was written again with other content")
        return fault, 200

    def _take(self, position: int, entry: Entry) -> dict[str, str]:
        if self.plan.throttles(position):
            self.faults["entry throttled"] += 1
            self.refused.append(entry)
            return {"ErrorCode": THROTTLED, "ErrorMessage": "Rate exceeded for shard"}
        self.accepted.append(entry)
        return {"SequenceNumber": f"{len(self.accepted)}", "ShardId": "shardId-000000000000"}

    def _fault(self, operation: str) -> Fault:
        self.calls[operation] += 1
        fault = self.plan.fault(operation)
        if fault is not Fault.NONE:
            self.faults[f"{operation} {fault}"] += 1
        return fault

    def _hold_to_the_limits(self, entries: list[Entry]) -> None:
        sizes = [len(entry.data) + len(entry.partition_key.encode()) for entry in entries]
        if not 1 <= len(sizes) <= REQUEST_RECORDS or sum(sizes) > REQUEST_BYTES or max(sizes) > RECORD_BYTES:
            self.violations.append(f"a request of {len(sizes)} records, {sum(sizes)} bytes, largest {max(sizes)}")


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
            self._answer(fault, status, json.dumps(content).encode(), "application/x-amz-json-1.1")

        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with endpoint.lock:
                fault, status = endpoint.put_object(unquote(self.path), body)
            code = b"" if status == 200 else b"<Error><Code>InternalError</Code></Error>"
            self._answer(fault, status, code, "application/xml")

        def _answer(self, fault: Fault, status: int, body: bytes, kind: str) -> None:
            if fault is Fault.HANG:
                endpoint.stopped.wait()
            if fault in (Fault.HANG, Fault.LOST_ANSWER, Fault.LOST_REQUEST):
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
