# SPDX-License-Identifier: Apache-2.0
"""Lambda as the local cloud adds to it."""

from localcloud.clock import Clock
from localcloud.functions import async_retries, event_source, init_errors, limits, logs, unpacked_code


def install(clock: Clock) -> None:
    """Put event source mappings, asynchronous retries and the functions' logs in the place of MiniStack's own.

    Refuse what Lambda refuses, and unpack a function's code once.
    """
    event_source.install(clock)
    async_retries.install(clock)
    logs.install(clock)
    limits.install(clock)
    init_errors.install(clock)
    unpacked_code.install(clock)
