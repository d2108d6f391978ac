# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the command line's tests."""

import signal
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _handler_of_sigterm() -> Iterator[None]:
    """`main` handles SIGTERM in its own way, which must not outlive a test."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)
