# SPDX-License-Identifier: Apache-2.0
"""Listening on this machine only."""

import socket
from errno import EADDRINUSE

from edgepixel.errors import PortTakenError


def listening_socket(port: int) -> socket.socket:
    """A socket on 127.0.0.1. Raises PortTakenError."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
    except OSError as error:
        listening.close()
        if error.errno != EADDRINUSE:
            raise
        raise PortTakenError(f"port {port} is taken: choose another with --port, or --port 0 for any") from error
    listening.listen(128)
    return listening
