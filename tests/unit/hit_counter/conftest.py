# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the tests of the hit counter."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from edgepixel.template.reader import answer_queries
from tests.fakes.athena import Athena
from tests.fakes.client import FakeClient, install
from tests.fakes.cloudwatch import CloudWatch
from tests.fakes.s3 import S3

ENVIRONMENT = {
    "COUNTED": "invocations",
    "DISTRIBUTION_ID": "E1EXAMPLE",
    "EDGE_FUNCTION_NAME": "edgepixel-1",
    "LAKE_BUCKET": "lake",
    "EVENTS_PREFIX": "events/",
    "COVERAGE_PREFIX": "coverage/",
    "LINES_WITHIN_HOURS": "2",
    "WORK_GROUP": "group",
    "DATABASE_NAME": "edgepixel",
    "COVERAGE_QUERY_ID": "query",
}
NAMES = ["day", "hour", "hours", "counted", "hits_made", "hits_logged", "missing", "percent"]


@pytest.fixture
def cloudwatch() -> FakeClient:
    return FakeClient("cloudwatch", CloudWatch())


@pytest.fixture
def s3() -> FakeClient:
    return FakeClient("s3", S3({"lake": []}))


@pytest.fixture
def athena() -> FakeClient:
    return FakeClient("athena", Athena(saved=answer_queries()["coverage"], rows=[list(NAMES)]))


@pytest.fixture
def hit_counter(
    load_function: Callable[[str], SimpleNamespace],
    monkeypatch: pytest.MonkeyPatch,
    cloudwatch: FakeClient,
    s3: FakeClient,
    athena: FakeClient,
) -> SimpleNamespace:
    """The function's modules, with boto3 giving the fakes."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    install(monkeypatch, cloudwatch=cloudwatch, s3=s3, athena=athena)
    function = load_function("hit_counter")
    monkeypatch.setattr(function.app.calls, "_pause", lambda seconds: None)
    return function


def scheduled(time: str = "2026-11-23T06:40:00Z", **more: Any) -> dict[str, Any]:
    """The event that EventBridge sends by its schedule."""
    return {"version": "0", "source": "aws.events", "detail-type": "Scheduled Event", "time": time, "detail": {}} | more
