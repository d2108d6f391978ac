# SPDX-License-Identifier: Apache-2.0
"""The local cloud's process: MiniStack's ASGI application with the extensions, on 127.0.0.1 only."""

import asyncio
import json
import logging
import os
import socket
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NoReturn

from localcloud.clock import Clock
from localcloud.server_environment import set_environment
from localcloud.stopping import Stopping
from localcloud.temporary_folder import TemporaryFolder

type Message = MutableMapping[str, Any]
type Send = Callable[[Message], Awaitable[None]]
type Receive = Callable[[], Awaitable[Message]]

HOST = "127.0.0.1"
HEALTH_PATH = "/_localcloud/health"
PERMISSIONS_PATH = "/_localcloud/permissions"
_IDLE_CHECK_SECONDS = 5.0


class PortTakenError(Exception):
    """Something else listens on the port."""


def serve(port: int, speed: float, idle_minutes: float) -> NoReturn:
    """Serve until SIGTERM, SIGINT or SIGHUP, or until no request came for so many minutes, but those of its functions.

    Everything that is stored is lost at the end, and the process ends with the status 0. Raises PortTakenError if the
    port is not free, LogLevelError for a wrong LOCALCLOUD_LOG_LEVEL, and DisorderError for a wrong
    LOCALCLOUD_STANDARD_LOGS.
    """
    listener = _claim(port)
    stopping = Stopping()
    folder = TemporaryFolder()
    try:
        set_environment(HOST, port, folder.path)
        level = os.environ["LOG_LEVEL"]
        logging.basicConfig(level=level, format="%(asctime)s %(name)s %(levelname)s %(message)s")
        clock = Clock(speed)
        _install(clock)
        # Not `asyncio.run`, which waits for all threads at the end: for whom would they still answer?
        asyncio.new_event_loop().run_until_complete(_serve(listener.detach(), clock, idle_minutes * 60, stopping))
    except BaseException:
        stopping.ending()
        folder.remove()
        raise
    folder.remove_at_last()


def _claim(port: int) -> socket.socket:
    """The port, ours from now on, though it refuses connections until MiniStack is ready."""
    listener = socket.socket()
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # the last server's closed connections do not count
    try:
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        raise PortTakenError(f"port {port} of {HOST} is not available ({error.strerror})") from error
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)  # nobody else may bind it before we listen
    return listener


def _install(clock: Clock) -> None:
    # MiniStack reads its environment at import, so nothing of it may be imported before.
    from localcloud.athena import service as athena
    from localcloud.cloudformation import service as cloudformation
    from localcloud.cloudfront import service as cloudfront
    from localcloud.cloudwatch import service as cloudwatch
    from localcloud.firehose import service as firehose
    from localcloud.functions import service as functions
    from localcloud.glue import service as glue
    from localcloud.iam import service as iam
    from localcloud.kinesis import service as kinesis

    for service in (iam, cloudfront, kinesis, functions, firehose, glue, athena, cloudwatch, cloudformation):
        service.install(clock)


async def _serve(listener: int, clock: Clock, idle_seconds: float, stopping: Stopping) -> None:
    from hypercorn.asyncio import serve as hypercorn_serve
    from hypercorn.config import Config

    from localcloud.iam.function_calls import caller
    from localcloud.iam.permission_use import summary
    from localcloud.ministack import functions
    from localcloud.ministack.server import application as ministack

    last_request = time.monotonic()

    async def application(scope: Message, receive: Receive, send: Send) -> None:
        nonlocal last_request
        if scope["type"] == "http":
            # Functions that run by a schedule call on their own for ever: that is nobody's request.
            if (
                caller({name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}, {})
                is None
            ):
                last_request = time.monotonic()
            if scope["path"] == HEALTH_PATH:
                return await _send_json(send, _health(clock))
            if scope["path"] == PERMISSIONS_PATH:
                return await _send_json(send, summary())
        await ministack(scope, receive, send)

    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    stopping.serving(lambda: loop.call_soon_threadsafe(stopped.set))

    async def stop() -> None:
        while not stopped.is_set() and (left := last_request + idle_seconds - time.monotonic()) > 0:
            try:
                await asyncio.wait_for(stopped.wait(), min(_IDLE_CHECK_SECONDS, left))
            except TimeoutError:
                continue

    config = Config()
    config.bind = [f"fd://{listener}"]
    config.errorlog = logging.getLogger("hypercorn.error")  # our format and level, and no log of every request
    config.keep_alive_timeout = 75
    config.h11_max_incomplete_size = 64 * 1024  # CloudFront takes URLs of 8 KB and headers of 20 KB
    # Its own end would wait until every connection is closed (Python's `Server.wait_closed`), which a viewer, or an
    # invocation of a function, may keep open for minutes.
    never = asyncio.Event().wait
    server = loop.create_task(hypercorn_serve(application, config, shutdown_trigger=never))  # type: ignore[arg-type]
    end = loop.create_task(stop())
    await asyncio.wait((server, end), return_when=asyncio.FIRST_COMPLETED)
    if server.done():
        server.result()  # raises why it could not go on
    stopping.ending()  # the loop does not run any more, and cannot be told
    functions.stop_processes()


def _health(clock: Clock) -> dict[str, Any]:
    from localcloud.cloudfront.log_stream import lost_lines

    return {"status": "ready", "speed": clock.speed, "lost_log_lines": lost_lines()}


async def _send_json(send: Send, content: Any) -> None:
    body = json.dumps(content).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
