# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the tests of the aggregator."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from tests.fakes.client import FakeClient, install
from tests.fakes.kinesis import Kinesis
from tests.fakes.s3 import S3
from tests.unit.aggregator.raw_stream import AGGREGATED_STREAM, ENVIRONMENT


@pytest.fixture
def kinesis() -> FakeClient:
    return FakeClient("kinesis", Kinesis(AGGREGATED_STREAM))


@pytest.fixture
def s3() -> FakeClient:
    return FakeClient("s3", S3({"lake": []}))


@pytest.fixture
def aggregator(
    load_function: Callable[[str], SimpleNamespace],
    monkeypatch: pytest.MonkeyPatch,
    kinesis: FakeClient,
    s3: FakeClient,
) -> SimpleNamespace:
    """The function's modules, with boto3 giving the fakes."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    install(monkeypatch, kinesis=kinesis, s3=s3)
    return load_function("aggregator")
