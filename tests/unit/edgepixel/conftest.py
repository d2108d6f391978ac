# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the command line's tests."""

import signal
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _signal_handlers() -> Iterator[None]:
    """`main` handles SIGTERM and SIGHUP in its own way, which must not outlive a test."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
