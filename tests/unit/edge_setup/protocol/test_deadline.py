# SPDX-License-Identifier: Apache-2.0
"""The time that a request has, and the timer before its end."""

import threading
from types import SimpleNamespace

import pytest


def test_a_deadline_keeps_time_for_the_response(edge_setup: SimpleNamespace) -> None:
    assert edge_setup.protocol.deadline.Deadline(lambda: 300_000).seconds_left() == 288
    assert edge_setup.protocol.deadline.Deadline(lambda: 10_000).seconds_left() == 5


def test_a_pause_that_would_end_too_late_is_not_made(
    edge_setup: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(edge_setup.protocol.deadline.time, "sleep", slept.append)
    deadline = edge_setup.protocol.deadline.Deadline(lambda: 20_000)
    assert deadline.pause(7.9)
    assert not deadline.pause(10)
    assert slept == [7.9]


def test_the_timer_expires_when_the_work_takes_too_long(edge_setup: SimpleNamespace) -> None:
    expired = threading.Event()
    with edge_setup.protocol.deadline.Deadline(lambda: 20).timer(expired.set):
        assert expired.wait(timeout=60)


def test_the_timer_is_stopped_when_the_work_is_done(edge_setup: SimpleNamespace) -> None:
    expired = threading.Event()
    before = threading.active_count()
    with edge_setup.protocol.deadline.Deadline(lambda: 60_000).timer(expired.set):
        assert threading.active_count() == before + 1
    assert threading.active_count() == before
    assert not expired.is_set()


def test_the_block_waits_for_a_timeout_that_has_begun(edge_setup: SimpleNamespace) -> None:
    begun, order = threading.Event(), []

    def on_timeout() -> None:
        begun.set()
        threading.Event().wait(0.05)
        order.append("expired")

    with edge_setup.protocol.deadline.Deadline(lambda: 20).timer(on_timeout):
        assert begun.wait(timeout=60)
    order.append("returned")
    assert order == ["expired", "returned"]
