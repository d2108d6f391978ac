# SPDX-License-Identifier: Apache-2.0
"""The local cloud's process: MiniStack's ASGI application with the extensions, on 127.0.0.1 only."""

import asyncio
import json
import logging
import os
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from localcloud.clock import Clock

type Message = MutableMapping[str, Any]
type Send = Callable[[Message], Awaitable[None]]
type Receive = Callable[[], Awaitable[Message]]

HOST = "127.0.0.1"
HEALTH_PATH = "/_localcloud/health"
_IDLE_CHECK_SECONDS = 5.0


class PortTakenError(Exception):
    """Something else listens on the port."""


def serve(port: int, speed: float, idle_minutes: float) -> None:
    """Serve until SIGTERM or SIGINT, or until no request came for so many minutes.

    Raises PortTakenError if the port is not free. Everything that is stored is lost at the end.
    """
    _claim(port)
    home = tempfile.mkdtemp(prefix="localcloud-")
    try:
        _set_environment(port, home)
        logging.basicConfig(level=os.environ["LOG_LEVEL"], format="%(asctime)s %(name)s %(levelname)s %(message)s")
        clock = Clock(speed)
        _install(clock)
        asyncio.run(_serve(port, clock, idle_minutes * 60))
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _claim(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise PortTakenError(f"port {port} of {HOST} is taken") from error


def _set_environment(port: int, home: str) -> None:
    """What MiniStack reads while it is imported. No other listeners, no containers, nothing kept on disk."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "MINISTACK_"))]:
        del os.environ[name]  # a user's profile or endpoint must not reach the functions that run here
    os.environ |= {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": HOST,
        "MINISTACK_HOST": "localhost",
        "MINISTACK_REGION": "us-east-1",
        "TMPDIR": home,
        "LOG_LEVEL": os.environ.get("LOCALCLOUD_LOG_LEVEL", "WARNING").upper(),
        "PERSIST_STATE": "0",
        "USE_SSL": "0",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "LAMBDA_EXECUTOR": "local",
        "DOCKER_HOST": f"unix://{home}/no-docker.sock",  # MiniStack would sweep other containers away
        "ATHENA_ENGINE": "duckdb",
        # The local Lambda functions write no traces: nothing here takes them.
        "POWERTOOLS_TRACE_DISABLED": "true",
    }
    tempfile.tempdir = None  # follow TMPDIR from here on


def _install(clock: Clock) -> None:
    # MiniStack reads its environment at import, so nothing of it may be imported before.
    from localcloud import athena, crawler, delivery, event_source, realtime_logs, resources

    for extension in (realtime_logs, delivery, event_source, crawler, resources, athena):
        extension.install(clock)


async def _serve(port: int, clock: Clock, idle_seconds: float) -> None:
    from hypercorn.asyncio import serve as hypercorn_serve
    from hypercorn.config import Config
    from ministack.app import app as ministack

    last_request = time.monotonic()

    async def application(scope: Message, receive: Receive, send: Send) -> None:
        nonlocal last_request
        if scope["type"] == "http":
            last_request = time.monotonic()
            if scope["path"] == HEALTH_PATH:
                return await _health(clock, send)
        await ministack(scope, receive, send)

    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)

    async def stop() -> None:
        while not stopped.is_set() and time.monotonic() - last_request < idle_seconds:
            try:
                await asyncio.wait_for(stopped.wait(), min(_IDLE_CHECK_SECONDS, idle_seconds))
            except TimeoutError:
                continue

    config = Config()
    config.bind = [f"{HOST}:{port}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 1
    config.h11_max_incomplete_size = 64 * 1024  # CloudFront takes URLs of 8 KB and headers of 20 KB
    await hypercorn_serve(application, config, shutdown_trigger=stop)  # type: ignore[arg-type]


async def _health(clock: Clock, send: Send) -> None:
    body = json.dumps({"status": "ready", "speed": clock.speed}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
