# SPDX-License-Identifier: Apache-2.0
"""The dashboard while a block lasts, for tests and measurements."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from edgepixel.dashboard.application import Pages
from edgepixel.dashboard.asking import Asker
from edgepixel.dashboard.command import server
from edgepixel.dashboard.safety import TOKEN
from edgepixel.dashboard.sockets import listening_socket
from edgepixel.live.background import Background

SECRET = "a-token"  # noqa: S105 (of this process, on this machine)


@contextmanager
def served(
    asker: Asker, now: Callable[[], datetime] = lambda: datetime.now(UTC), live: Background | None = None
) -> Iterator[str]:
    """Yields its first address. `live` is the stack's own if none is given.

    The socket listens already: who asks before the server has started waits.
    """
    live = live or Background(asker.stack)
    with listening_socket(0) as listening:
        port = listening.getsockname()[1]
        running = server(Pages(asker, live, now), port, SECRET)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{port}/?{TOKEN}={SECRET}"
        finally:
            running.should_exit = True
            thread.join()
            live.stop()
            asker.stop()
