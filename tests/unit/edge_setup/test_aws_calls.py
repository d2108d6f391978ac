# SPDX-License-Identifier: Apache-2.0
"""Calls that AWS refuses for the time being, and the time that there is."""

import threading
from types import SimpleNamespace

import pytest

from tests.unit.edge_setup.conftest import FakeDeadline
from tests.unit.fake_aws import client_error
from tests.waiting import PATIENCE_SECONDS


def test_a_refused_call_is_made_again_after_longer_and_longer_pauses(edge_setup: SimpleNamespace) -> None:
    deadline, refusals = FakeDeadline(), [client_error("InUse")] * 6

    def call() -> None:
        if refusals:
            raise refusals.pop()

    edge_setup.aws_calls.retry_while(frozenset({"InUse"}), call, deadline, "advice")
    assert deadline.pauses == [1.0, 2.0, 4.0, 8.0, 15.0, 15.0]


def test_when_the_time_is_up_the_advice_is_given(edge_setup: SimpleNamespace) -> None:
    deadline = FakeDeadline(seconds=10)

    def call() -> None:
        raise client_error("InUse")

    with pytest.raises(edge_setup.aws_calls.StillRefused, match=r"take it out \(InUse\)"):
        edge_setup.aws_calls.retry_while(frozenset({"InUse"}), call, deadline, "take it out")
    assert sum(deadline.pauses) == 7


def test_another_error_passes_through_at_once(edge_setup: SimpleNamespace) -> None:
    deadline = FakeDeadline()

    def call() -> None:
        raise client_error("AccessDenied")

    with pytest.raises(edge_setup.aws_calls.ClientError, match="AccessDenied"):
        edge_setup.aws_calls.retry_while(frozenset({"InUse"}), call, deadline, "advice")
    assert deadline.pauses == []


def test_a_deadline_keeps_time_for_the_answer(edge_setup: SimpleNamespace) -> None:
    assert edge_setup.deadline.Deadline(lambda: 300_000).seconds_left() == 288
    assert edge_setup.deadline.Deadline(lambda: 10_000).seconds_left() == 5


def test_a_pause_that_would_end_too_late_is_not_made(
    edge_setup: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(edge_setup.deadline.time, "sleep", slept.append)
    deadline = edge_setup.deadline.Deadline(lambda: 20_000)
    assert deadline.pause(7.9)
    assert not deadline.pause(10)
    assert slept == [7.9]


def test_the_alarm_rings_when_the_work_takes_too_long(edge_setup: SimpleNamespace) -> None:
    rung = threading.Event()
    with edge_setup.deadline.Deadline(lambda: 20).alarm(rung.set):
        assert rung.wait(PATIENCE_SECONDS)


def test_the_alarm_is_silent_when_the_work_is_done(edge_setup: SimpleNamespace) -> None:
    rung = threading.Event()
    before = threading.active_count()
    with edge_setup.deadline.Deadline(lambda: 60_000).alarm(rung.set):
        assert threading.active_count() == before + 1
    assert threading.active_count() == before
    assert not rung.is_set()


def test_an_alarm_that_rings_is_waited_for(edge_setup: SimpleNamespace) -> None:
    begun, order = threading.Event(), []

    def ring() -> None:
        begun.set()
        threading.Event().wait(0.05)
        order.append("rung")

    with edge_setup.deadline.Deadline(lambda: 20).alarm(ring):
        assert begun.wait(PATIENCE_SECONDS)
    order.append("returned")
    assert order == ["rung", "returned"]
