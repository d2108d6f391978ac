# SPDX-License-Identifier: Apache-2.0
"""How containers reach what listens on 127.0.0.1."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.sam_local.container.errors import ContainerError
from tests.sam_local.container.host_ports import forwarder, gateway_of
from tests.waiting import PATIENCE_SECONDS

BLOCK = b"0123456789" * 100_000


@contextmanager
def echo() -> Iterator[int]:
    """A server on 127.0.0.1 that sends back, to one connection, all that it received, at the end."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                received = b"".join(iter(lambda: connection.recv(65536), b""))
                connection.sendall(received)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


def connect(address: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE_SECONDS)


def test_what_is_sent_arrives_and_what_is_sent_back_comes_back() -> None:
    with echo() as port, forwarder("127.0.0.1", port) as address, connect(address) as client:
        client.sendall(BLOCK)
        client.shutdown(socket.SHUT_WR)
        assert b"".join(iter(lambda: client.recv(65536), b"")) == BLOCK


def test_a_port_on_which_nothing_listens_ends_the_connection(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # and does not listen
        with forwarder("127.0.0.1", unused.getsockname()[1]) as address, connect(address) as client:
            assert client.recv(1) == b""
    assert capsys.readouterr().err == ""


def test_the_forwarder_listens_on_its_address_only_and_until_it_is_left() -> None:
    with forwarder("127.0.0.2", 9) as address:
        port = int(address.rpartition(":")[2])
        with pytest.raises(ConnectionRefusedError):
            connect(f"127.0.0.1:{port}")
    with pytest.raises(ConnectionRefusedError):
        connect(address)


@pytest.mark.parametrize(
    "configuration",
    [
        '[{"Subnet": "172.17.0.0/16", "Gateway": "172.17.0.1"}]',
        '[{"Subnet": "172.17.0.0/16"}]',
        '[{"Subnet": "fd00::/64", "Gateway": "fd00::1"}, {"Subnet": "172.17.0.0/16", "Gateway": "172.17.0.1"}]',
    ],
)
def test_the_gateway_is_in_the_bridge_s_ipv4_network(configuration: str) -> None:
    assert gateway_of(configuration) == "172.17.0.1"


@pytest.mark.parametrize("configuration", ["null", "[]", '[{"Subnet": "fd00::/64"}]'])
def test_a_bridge_without_ipv4_is_told(configuration: str) -> None:
    with pytest.raises(ContainerError, match="no IPv4 addresses"):
        gateway_of(configuration)
