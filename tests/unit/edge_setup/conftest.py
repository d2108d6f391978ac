# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the tests of edge setup."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest

from tests.fakes.client import FakeClient, install
from tests.fakes.cloudformation import ResponseServer, response_server
from tests.fakes.cloudfront import CloudFront
from tests.fakes.logs import Logs
from tests.fakes.s3 import S3
from tests.unit.edge_setup.fake_deadline import FakeDeadline


@pytest.fixture
def cloudfront() -> FakeClient:
    return FakeClient("cloudfront", CloudFront())


@pytest.fixture
def s3() -> FakeClient:
    return FakeClient("s3", S3())


@pytest.fixture
def logs() -> FakeClient:
    return FakeClient("logs", Logs())


@pytest.fixture
def edge_setup(
    load_function: Callable[[str], SimpleNamespace],
    monkeypatch: pytest.MonkeyPatch,
    cloudfront: FakeClient,
    s3: FakeClient,
    logs: FakeClient,
) -> SimpleNamespace:
    """The function's modules, with boto3 giving the fakes."""
    install(monkeypatch, cloudfront=cloudfront, s3=s3, logs=logs)
    return load_function("edge_setup")


@pytest.fixture
def deadline() -> FakeDeadline:
    return FakeDeadline()


@pytest.fixture
def cloudformation() -> Iterator[ResponseServer]:
    with response_server() as server:
        yield server
