# SPDX-License-Identifier: Apache-2.0
"""Generates traffic, sends it through a stack's pixel, and writes the ledger of it."""

import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from edgepixel.aws.stack import Stack
from edgepixel.defaults import DEFAULT_HOURS
from edgepixel.errors import SendError
from edgepixel.traffic.generator import generate
from edgepixel.traffic.ledger import Header, write_ledger
from edgepixel.traffic.sender import DEFAULT_CONNECTIONS, Pixel, send


def record_traffic(
    stack: Stack,
    ledger: Path,
    *,
    hits: int,
    seed: int,
    hours: float = DEFAULT_HOURS,
    connections: int = DEFAULT_CONNECTIONS,
    progress: Callable[[int], None] | None = None,
) -> None:
    """Send so many hits of the last `hours` hours and append each to a new ledger when its response arrives.

    In AWS the edge sees this machine, now: times, addresses and countries are not under the generator's control there,
    and the ledger says so. Raises SendError at the first hit that gets no response, or an error instead of the image,
    and LedgerError if the file exists.
    """
    pixel = Pixel(stack.pixel_url, stack.cloud.local_port, stack.has_edge_function, stack.honors_privacy_control)
    now = time.time_ns() // 1_000_000
    header = Header(
        stack=stack.name,
        pixel_url=pixel.url,
        started=datetime.fromtimestamp(now // 1000, UTC).isoformat(),
        seed=seed,
        simulated=pixel.simulated,
        ip_addresses=stack.ip_addresses,
        honors_privacy_control=stack.honors_privacy_control,
    )
    rows = send(generate(seed, hits, now, hours), pixel, connections)
    with write_ledger(ledger, header) as write, closing(rows):
        for done, row in enumerate(rows, start=1):
            write(row)
            if row.status >= 400 and row.truth.logged and row.truth.method in ("GET", "HEAD"):
                raise SendError(
                    f"{pixel.url} returned status {row.status} for an ordinary hit: it does not serve the image"
                )
            if progress:
                progress(done)
