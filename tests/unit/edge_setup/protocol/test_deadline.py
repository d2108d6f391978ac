# SPDX-License-Identifier: Apache-2.0
"""The time that a request has, and the alarm before its end."""

import threading
from types import SimpleNamespace

import pytest


def test_a_deadline_keeps_time_for_the_answer(edge_setup: SimpleNamespace) -> None:
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


def test_the_alarm_rings_when_the_work_takes_too_long(edge_setup: SimpleNamespace) -> None:
    rung = threading.Event()
    with edge_setup.protocol.deadline.Deadline(lambda: 20).alarm(rung.set):
        assert rung.wait(timeout=5)


def test_the_alarm_is_silent_when_the_work_is_done(edge_setup: SimpleNamespace) -> None:
    rung = threading.Event()
    before = threading.active_count()
    with edge_setup.protocol.deadline.Deadline(lambda: 60_000).alarm(rung.set):
        assert threading.active_count() == before + 1
    assert threading.active_count() == before
    assert not rung.is_set()


def test_an_alarm_that_rings_is_waited_for(edge_setup: SimpleNamespace) -> None:
    begun, order = threading.Event(), []

    def ring() -> None:
        begun.set()
        threading.Event().wait(0.05)
        order.append("rung")

    with edge_setup.protocol.deadline.Deadline(lambda: 20).alarm(ring):
        assert begun.wait(timeout=5)
    order.append("returned")
    assert order == ["rung", "returned"]
