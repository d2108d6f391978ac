# SPDX-License-Identifier: Apache-2.0
"""How containers reach what listens on this machine's 127.0.0.1, and nobody else does.

On Linux containers see this machine as the gateway of their bridge, on which nothing of ours listens: a forwarder does,
for as long as it is needed. Docker Desktop's containers have a name for this machine that leads to its 127.0.0.1.
"""

import ipaddress
import json
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

from tests.sam_local.container.engine import Engine
from tests.sam_local.container.errors import ContainerError
from tests.serving import serving

HOST = "127.0.0.1"
_DESKTOP_NAME = "host.docker.internal"
_BLOCK_BYTES = 65536

type ContainerAddress = Callable[[int], str]
"""From a port of 127.0.0.1 to the address (host:port) under which a container reaches it."""


@contextmanager
def container_addresses(engine: Engine) -> Iterator[ContainerAddress]:
    """Opens ports of 127.0.0.1 to the engine's containers, one by one, until the block ends."""
    gateway = gateway_of(engine.docker("network", "inspect", "bridge", "--format", "{{json .IPAM.Config}}"))
    with ExitStack() as opened:
        if _is_this_machine(gateway):
            yield lambda port: opened.enter_context(forwarder(gateway, port))
        else:  # the engine runs in a virtual machine, as Docker Desktop does
            yield lambda port: f"{_DESKTOP_NAME}:{port}"


def gateway_of(configuration: str) -> str:
    """The address of this machine in the bridge's IPv4 network, from the network's configuration.

    A new engine does not name it: then it is the first address of the network. Raises ContainerError if there is none.
    """
    for network in json.loads(configuration) or []:
        subnet = ipaddress.ip_network(network["Subnet"])
        if subnet.version == 4:
            return str(network.get("Gateway") or subnet[1])
    raise ContainerError("the engine's network 'bridge' has no IPv4 addresses: containers cannot reach this machine")


@contextmanager
def forwarder(address: str, port: int) -> Iterator[str]:
    """Forward a new port of the address to a port of 127.0.0.1 until the block ends. Yields both, as host:port."""
    with serving(_Forwarder((address, 0), _Connection)) as server:
        server.target = port
        yield f"{address}:{server.server_address[1]}"


class _Forwarder(socketserver.ThreadingTCPServer):
    daemon_threads = True  # what a container leaves open is cut when the command ends
    block_on_close = False
    target: int


class _Connection(socketserver.BaseRequestHandler):
    server: _Forwarder

    def handle(self) -> None:
        try:
            inside = socket.create_connection((HOST, self.server.target))
        except OSError:
            return  # the container sees a connection that ends
        with inside:
            back = threading.Thread(target=_pump, args=(inside, self.request), daemon=True)
            back.start()
            _pump(self.request, inside)
            back.join()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    """Hand on what comes until the sender ends; then end the other side too. A broken connection ends both."""
    try:
        while block := source.recv(_BLOCK_BYTES):
            sink.sendall(block)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        for side in (source, sink):
            with suppress(OSError):  # it is broken already
                side.shutdown(socket.SHUT_RDWR)


def _is_this_machine(address: str) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True
