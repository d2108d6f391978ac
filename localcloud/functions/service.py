# SPDX-License-Identifier: Apache-2.0
"""Lambda as the local cloud adds to it."""

from localcloud.clock import Clock
from localcloud.functions import async_retries, event_source, init_errors, logs


def install(clock: Clock) -> None:
    """Put event source mappings, asynchronous retries and the functions' logs in the place of MiniStack's own."""
    event_source.install(clock)
    async_retries.install(clock)
    logs.install(clock)
    init_errors.install(clock)
