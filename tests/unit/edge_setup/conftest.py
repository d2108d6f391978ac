# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the tests of edge setup."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest

from tests.unit.edge_setup.cloudformation import AnswerServer, answer_server
from tests.unit.edge_setup.fake_deadline import FakeDeadline
from tests.unit.fake_aws import S3, CloudFront, FakeClient, install


@pytest.fixture
def cloudfront() -> FakeClient:
    return FakeClient("cloudfront", CloudFront())


@pytest.fixture
def s3() -> FakeClient:
    return FakeClient("s3", S3())


@pytest.fixture
def edge_setup(
    load_function: Callable[[str], SimpleNamespace],
    monkeypatch: pytest.MonkeyPatch,
    cloudfront: FakeClient,
    s3: FakeClient,
) -> SimpleNamespace:
    """The function's modules, with boto3 giving the fakes."""
    install(monkeypatch, cloudfront=cloudfront, s3=s3)
    return load_function("edge_setup")


@pytest.fixture
def deadline() -> FakeDeadline:
    return FakeDeadline()


@pytest.fixture
def cloudformation() -> Iterator[AnswerServer]:
    with answer_server() as server:
        yield server
