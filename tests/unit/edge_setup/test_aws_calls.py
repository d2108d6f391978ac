# SPDX-License-Identifier: Apache-2.0
"""Calls that AWS refuses for the time being."""

from types import SimpleNamespace

import pytest

from tests.fakes.client import client_error
from tests.unit.edge_setup.fake_deadline import FakeDeadline


def test_a_refused_call_is_made_again_after_longer_and_longer_pauses(edge_setup: SimpleNamespace) -> None:
    deadline, refusals = FakeDeadline(), [client_error("InUse")] * 6

    def call() -> None:
        if refusals:
            raise refusals.pop()

    edge_setup.aws_calls.retry_while(frozenset({"InUse"}), call, deadline, "advice")
    assert deadline.pauses == [1.0, 2.0, 4.0, 8.0, 15.0, 15.0]


def test_when_the_time_is_up_the_advice_is_given_and_what_aws_said(edge_setup: SimpleNamespace) -> None:
    deadline = FakeDeadline(seconds=10)

    def call() -> None:
        raise client_error("InUse")

    with pytest.raises(edge_setup.aws_calls.StillRefused, match=r"^take it out\. An error .*\(InUse\)"):
        edge_setup.aws_calls.retry_while(frozenset({"InUse"}), call, deadline, "take it out")
    assert sum(deadline.pauses) == 7


def test_another_error_passes_through_at_once(edge_setup: SimpleNamespace) -> None:
    deadline = FakeDeadline()

    def call() -> None:
        raise client_error("AccessDenied")

    with pytest.raises(edge_setup.aws_calls.ClientError, match="AccessDenied"):
        edge_setup.aws_calls.retry_while(frozenset({"InUse"}), call, deadline, "advice")
    assert deadline.pauses == []
