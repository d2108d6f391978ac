# SPDX-License-Identifier: Apache-2.0
"""Watches a stack in a process of its own, while somebody looks at the pictures.

A process, because the view's engine takes a processor and some hundred megabytes, and prepares its environment in a way
that only a process without other threads can stand. It ends with the one that started it.
"""

import multiprocessing
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Any

from edgepixel.aws.cloud import Cloud
from edgepixel.aws.failures import AWS_FAILURES, explained
from edgepixel.aws.stack import Stack
from edgepixel.errors import EdgePixelError, LiveError
from edgepixel.live.available import require_live
from edgepixel.live.picture import Picture

UNWATCHED_SECONDS = 30.0
"""So long after the last look the stream is read on."""

type Message = Picture | str
"""A picture, or why there will be no more."""
type Run = Callable[[Stack, Connection], None]


class Background:
    """Pictures of one stack, for anybody who asks. Nothing is read until somebody does."""

    def __init__(self, stack: Stack, run: Run | None = None, *, unwatched_seconds: float = UNWATCHED_SECONDS) -> None:
        """`run`: what the process does, if not `watch`: a function of a module."""
        self._stack, self._run, self._unwatched_seconds = stack, run or watch, unwatched_seconds
        self._lock = threading.Lock()
        self._looked = 0.0
        self._process: Any = None
        self._latest: Message | None = None

    def picture(self) -> Picture | None:
        """The latest picture; None if there is none yet. Raises EdgePixelError if there can be none.

        After a failure the next one who asks begins anew.
        """
        require_live(self._stack)
        with self._lock:
            self._looked = time.monotonic()
            if isinstance(self._latest, str):
                failure, self._latest = self._latest, None
                raise LiveError(failure)
            if self._process is None:
                self._start()
            return self._latest

    def stop(self) -> None:
        """Read nothing more."""
        with self._lock:
            self._end()

    @property
    def is_reading(self) -> bool:
        """Whether the stream is being read."""
        return self._process is not None

    def _start(self) -> None:
        # Spawned: threads of this process would not survive a fork.
        context = multiprocessing.get_context("spawn")
        receiving, sending = context.Pipe(duplex=False)
        # Its session cannot go to another process, and is made anew there.
        stack = replace(self._stack, cloud=Cloud(self._stack.cloud.local_port))
        process = context.Process(target=self._run, args=(stack, sending), daemon=True, name="live")
        # Ctrl-C is for this process, which ends the other one; it inherits what is blocked.
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        sending.close()
        self._process = process
        threading.Thread(target=self._receive, args=(process, receiving), daemon=True, name="live").start()

    def _receive(self, process: Any, receiving: Connection) -> None:
        """Take pictures until the process ends, or nobody looks any more."""
        with receiving:
            while True:
                message: Message | None = None
                if receiving.poll(0.2):
                    try:
                        message = receiving.recv()
                    except EOFError:
                        message = "the process that reads the stream has ended"
                with self._lock:
                    if self._process is not process:
                        return
                    if message is not None:
                        self._latest = message
                    if isinstance(message, str):
                        self._end(keep=message)
                        return
                    if time.monotonic() - self._looked > self._unwatched_seconds:
                        self._end()
                        return

    def _end(self, keep: Message | None = None) -> None:
        process, self._process, self._latest = self._process, None, keep
        if process is not None:
            process.terminate()
            process.join()


def watch(stack: Stack, sending: Connection) -> None:
    """Send picture after picture, and in the end why there are no more. Ends when nobody receives them."""
    from edgepixel.live.watch import Watch  # it needs packages of the extra `local`

    with suppress(BrokenPipeError):  # nobody is there any more
        try:
            watching = Watch(stack)
            while True:
                sending.send(watching.look())
                time.sleep(watching.seconds_to_next())
        except EdgePixelError as error:
            sending.send(str(error))
        except AWS_FAILURES as error:
            sending.send(explained(error))
