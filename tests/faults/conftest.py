# SPDX-License-Identifier: Apache-2.0
"""The aggregator as it ships, with boto3's real clients, before an endpoint that has faults."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from random import Random
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.config import Config

from edgepixel.template.function_environment import function_environment
from tests.faults.endpoint import BUCKET, STREAM, Endpoint, endpoint
from tests.faults.event_source import Clock, Crash
from tests.faults.plan import Plan

CALL_MILLISECONDS = 300  # what a call takes of the handler's time


class Stage:
    """The handler and the endpoint, and what the test does to the process between them."""

    def __init__(self, endpoint: Endpoint, clock: Clock) -> None:
        self.endpoint, self.clock = endpoint, clock
        self.function: SimpleNamespace
        self.calls = 0
        self.call_milliseconds: Callable[[], int] = lambda: CALL_MILLISECONDS
        self.crashes: Callable[[int, str], bool] = lambda call, moment: False

    def handler(self, event: dict[str, Any], context: Clock) -> Any:
        return self.function.app.lambda_handler(event, context)

    def before_send(self, **_: Any) -> None:
        self.calls += 1
        self.clock.milliseconds -= self.call_milliseconds()
        self._crash("before")

    def response_received(self, **_: Any) -> None:
        self._crash("after")

    def _crash(self, moment: str) -> None:
        if self.crashes(self.calls, moment):
            raise Crash(f"{moment} call {self.calls}")


@pytest.fixture
def stage(
    monkeypatch: pytest.MonkeyPatch, load_function: Callable[[str], SimpleNamespace]
) -> Iterator[Callable[..., Stage]]:
    """Makes the stage: from a plan of faults, how long a client waits, and what the template's environment lacks."""
    with ExitStack() as running:

        def make(plan: Plan | None = None, read_seconds: float = 15, **environment: str) -> Stage:
            state = running.enter_context(endpoint(plan or Plan(Random(0))))
            made = Stage(state, Clock())
            variables = function_environment(
                "AggregatorFunction",
                AGGREGATED_STREAM_NAME=STREAM,
                QUARANTINE_BUCKET=BUCKET,
                POWERTOOLS_METRICS_NAMESPACE="EdgePixel",
            )
            for name, value in {**variables, "AWS_ENDPOINT_URL": state.url}.items():
                monkeypatch.setenv(name, environment.get(name, value))
            client: Callable[..., Any] = boto3.client

            def impatient_client(name: str, config: Config) -> Any:
                made_client = client(name, config=config.merge(Config(read_timeout=read_seconds)))
                running.callback(made_client.close)
                return made_client

            monkeypatch.setattr(boto3, "client", impatient_client)
            # botocore waits between its own tries of PutObject. Here that takes the handler's time, and none of ours.
            monkeypatch.setattr("botocore.endpoint.time", made.clock)
            monkeypatch.setattr("botocore.retryhandler.random", Random(1))  # how long, which a seed must tell
            made.function = load_function("aggregator")
            stream = made.function.app.aggregator._stream
            # So does the function between its tries of PutRecords: hundreds of times, which prove nothing by length.
            stream._sleep = made.clock.sleep
            stream._jitter = Random(2).uniform
            events = stream._kinesis.meta.events
            events.register_first("before-send.kinesis.PutRecords", made.before_send)
            events.register_first("response-received.kinesis.PutRecords", made.response_received)
            return made

        yield make
