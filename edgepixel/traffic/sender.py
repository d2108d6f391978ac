# SPDX-License-Identifier: Apache-2.0
"""Sends hits through the pixel's real URL, over a few connections that stay open."""

import queue
import threading
import time
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import urlsplit

from edgepixel.errors import SendError
from edgepixel.traffic.hit import Hit, Protocol, is_described
from edgepixel.traffic.ledger import Row

DEFAULT_CONNECTIONS = 4
_TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class Pixel:
    """Where the pixel is. `local_port`: hits go to a local cloud there, in the name of the pixel's host.

    `has_edge_function` and `honors_privacy_control` are the stack's: on them depends what is true of a log line.
    """

    url: str
    local_port: int | None = None
    has_edge_function: bool = False
    honors_privacy_control: bool = True

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def simulated(self) -> bool:
        """Whether times, addresses and countries are the generator's, and not those of this machine, now."""
        return self.local_port is not None

    def connections(self) -> dict[Protocol, HTTPConnection]:
        """New connections, not opened yet. A local cloud has one port for both protocols."""
        if self.local_port is not None:
            local = HTTPConnection("127.0.0.1", self.local_port, timeout=_TIMEOUT_SECONDS)
            return {"https": local, "http": local}
        return {
            "https": HTTPSConnection(self.host, timeout=_TIMEOUT_SECONDS),
            "http": HTTPConnection(self.host, timeout=_TIMEOUT_SECONDS),
        }


def send(hits: Iterable[Hit], pixel: Pixel, connections: int = DEFAULT_CONNECTIONS) -> Generator[Row]:
    """Send hits in about their order, and yield a ledger row for each as it is answered.

    A hit is never sent twice: after a failed request nobody knows whether it was logged, so the first failure ends the
    sending. Raises SendError then. Closing the iterator stops the workers.
    """
    source = _Shared(iter(hits))
    results: queue.Queue[Row | Exception | None] = queue.Queue(maxsize=1000)
    stop = threading.Event()
    workers = [
        threading.Thread(target=_work, args=(source, pixel, results, stop), name=f"sender-{number}", daemon=True)
        for number in range(connections)
    ]
    for worker in workers:
        worker.start()
    running = len(workers)
    try:
        while running:
            result = results.get()
            if result is None:
                running -= 1
            elif isinstance(result, Exception):
                raise result
            else:
                yield result
    finally:
        stop.set()
        while any(worker.is_alive() for worker in workers):
            _drain(results)
            workers[0].join(0.01)
            workers = [worker for worker in workers if worker.is_alive()]


class _Shared:
    """An iterator that several threads draw from."""

    def __init__(self, hits: Iterator[Hit]) -> None:
        self._hits = hits
        self._lock = threading.Lock()

    def next(self) -> Hit | None:
        with self._lock:
            return next(self._hits, None)


def _work(source: _Shared, pixel: Pixel, results: "queue.Queue[Row | Exception | None]", stop: threading.Event) -> None:
    connections = pixel.connections()
    try:
        while not stop.is_set() and (hit := source.next()) is not None:
            results.put(_send_one(connections[hit.protocol], hit, pixel))
    except (OSError, HTTPException) as error:
        reason = str(error) or type(error).__name__
        results.put(SendError(f"a hit got no response from {pixel.url} ({reason}): is the stack still there?"))
    except Exception as error:  # whatever it is, it must reach the caller's thread
        results.put(error)
    finally:
        for connection in connections.values():
            connection.close()
        results.put(None)


def _send_one(connection: HTTPConnection, hit: Hit, pixel: Pixel) -> Row:
    path = hit.path or pixel.path
    connection.putrequest(
        hit.truth.method,
        f"{path}?{hit.query}" if hit.query else path,
        skip_host=True,
        skip_accept_encoding=True,
    )
    connection.putheader("Host", pixel.host)
    for name, value in (*hit.headers, *(_simulation(hit) if pixel.simulated else ())):
        connection.putheader(name, value)
    if hit.truth.method not in ("GET", "HEAD"):
        connection.putheader("Content-Length", "0")
    connection.endheaders()
    response = connection.getresponse()
    response.read()
    described = pixel.has_edge_function and is_described(response.status)
    truth = hit.described_truth(pixel.honors_privacy_control) if described else hit.truth
    if not pixel.simulated:  # then the edge sees this machine, now
        truth = replace(truth, time_ms=time.time_ns() // 1_000_000, address=None, country=None, asn=None)
    return Row(_request_id(response, pixel), response.status, pixel.host, truth)


def _simulation(hit: Hit) -> Iterator[tuple[str, str]]:
    """What the local cloud's edge is told of a viewer; it takes these headers off before it looks at the request."""
    truth = hit.truth
    yield "x-forwarded-proto", hit.protocol
    yield "x-localcloud-time", f"{truth.time_ms / 1000:.3f}"
    yield "x-localcloud-edge-location", hit.edge_location
    if truth.address is not None:
        yield "x-localcloud-address", truth.address
    if truth.country is not None:
        yield "x-localcloud-country", truth.country
    if truth.asn is not None:
        yield "x-localcloud-asn", str(truth.asn)


def _request_id(response: HTTPResponse, pixel: Pixel) -> str:
    request_id = response.getheader("X-Amz-Cf-Id")
    if not request_id:
        raise SendError(f"the response from {pixel.url} has no X-Amz-Cf-Id (status {response.status}): not CloudFront?")
    return request_id


def _drain(results: "queue.Queue[Row | Exception | None]") -> None:
    """Make room for workers that wait to put their last result."""
    while True:
        try:
            results.get_nowait()
        except queue.Empty:
            return
