# SPDX-License-Identifier: Apache-2.0
"""Runs a server in a thread for as long as a block lasts."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseServer

_POLL_SECONDS = 0.02  # how soon the end of the block is noticed


@contextmanager
def serving[Server: BaseServer](server: Server) -> Iterator[Server]:
    """Let the server run until the block ends; then stop and close it, and wait for its thread."""
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": _POLL_SECONDS})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
