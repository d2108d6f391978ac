# SPDX-License-Identifier: Apache-2.0
"""Hits that go on while a stack is changed, with the time of each, so that a test can say which must be events."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection
from itertools import count

from edgepixel.traffic.generator import generate
from edgepixel.traffic.hit import Hit
from edgepixel.traffic.ledger import Row
from edgepixel.traffic.sender import Pixel, send
from tests.waiting import PATIENCE_SECONDS

_CONNECTIONS = 2


class PatientPixel(Pixel):
    """The pixel of a local cloud on a machine that may be busy: it has longer to respond than a viewer would wait."""

    def connect(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.local_port, timeout=PATIENCE_SECONDS)


_HITS_OF_ONE_SEED = 1000


@dataclass(frozen=True)
class Gap:
    """From when to when, in seconds since the epoch, hits may be lost, and why."""

    start: float
    end: float
    why: str


@dataclass
class SteadyTraffic:
    """Sends `per_second` hits a second to the pixel, in a thread of its own.

    `sent` are the hits that got a response, each with the time of that; `gaps` the times in which hits may be lost.
    """

    pixel: Pixel
    per_second: float
    sent: list[tuple[float, Row]] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    _made: dict[int, Hit] = field(default_factory=dict)  # by the identity of its truth, which its row has, too
    _hits: Iterator[Hit] = field(default_factory=lambda: _hits_without_end())
    _ended: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _error: BaseException | None = None

    @contextmanager
    def flowing(self) -> Iterator[None]:
        """Send during the block."""
        self.start()
        try:
            yield
        finally:
            self.stop()

    def start(self) -> None:
        """Send from now on."""
        self._ended.clear()
        self._thread = threading.Thread(target=self._run, name="steady-traffic")
        self._thread.start()

    def stop(self) -> None:
        """Stop, and wait for the last response. Raises what ended the sending before."""
        self._ended.set()
        if self._thread:
            self._thread.join()
        if self._error:
            raise self._error

    def move_to(self, pixel: Pixel) -> None:
        """Go on at another URL, as pages do whose tag was changed."""
        self.stop()
        self.pixel = pixel
        self.start()

    def must_be_there(self) -> list[Row]:
        """The hits that have to become events: all that are logged, except those of a gap."""
        return [row for at, row in self.sent if row.truth.logged and not self._in_gap(at)]

    def may_be_there(self) -> list[Row]:
        """The hits of the gaps, of which some become events."""
        return [row for at, row in self.sent if row.truth.logged and self._in_gap(at)]

    def described(self, row: Row) -> Row:
        """The row of a hit of which the edge function told, for a stack that honours Sec-GPC."""
        return replace(row, truth=self._made[id(row.truth)].described_truth(honors_privacy_control=True))

    def _in_gap(self, at: float) -> bool:
        return any(gap.start <= at <= gap.end for gap in self.gaps)

    def _run(self) -> None:
        try:
            for row in send(self._paced(), self.pixel, _CONNECTIONS):
                self.sent.append((time.time(), row))
        except BaseException as error:  # it is for the test's own thread
            self._error = error

    def _paced(self) -> Iterator[Hit]:
        while not self._ended.wait(1 / self.per_second):
            hit = next(self._hits)
            self._made[id(hit.truth)] = hit
            yield hit


def _hits_without_end() -> Iterator[Hit]:
    for seed in count(1):
        yield from generate(seed, _HITS_OF_ONE_SEED, time.time_ns() // 1_000_000)
