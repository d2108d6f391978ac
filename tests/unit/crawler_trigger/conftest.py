# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the tests of the crawler trigger."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from tests.fakes.client import FakeClient, install
from tests.fakes.glue import Glue
from tests.fakes.s3 import S3

ENVIRONMENT = {
    "CRAWLER_NAME": "lake-crawler",
    "DATABASE_NAME": "edgepixel",
    "TABLE_NAME": "pixel_events",
    "LOG_FIELDS": "timestamp,c-ip,cs-uri-query",
    "LAKE_BUCKET": "lake",
    "EVENTS_PREFIX": "events/",
}
COLUMNS = ("timestamp", "c_ip", "cs_uri_query")


@pytest.fixture
def glue() -> FakeClient:
    return FakeClient("glue", Glue())


@pytest.fixture
def s3() -> FakeClient:
    return FakeClient("s3", S3({"lake": []}))


@pytest.fixture
def crawler_trigger(
    load_function: Callable[[str], SimpleNamespace], monkeypatch: pytest.MonkeyPatch, glue: FakeClient, s3: FakeClient
) -> SimpleNamespace:
    """The function's modules, with boto3 giving the fakes."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    install(monkeypatch, glue=glue, s3=s3)
    return load_function("crawler_trigger")


@pytest.fixture
def table() -> dict[str, Any]:
    """The table as the crawler makes it."""
    return {
        "StorageDescriptor": {
            "Columns": [{"Name": name, "Type": "string"} for name in COLUMNS],
            "Location": "s3://lake/events/",
            "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
            "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
            "SerdeInfo": {
                "SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
                "Parameters": {"field.delim": "\t"},
            },
        },
        "PartitionKeys": [{"Name": "dt", "Type": "string"}, {"Name": "hour", "Type": "string"}],
        "VersionId": "7",
    }


def object_created(key: str = "events/dt=2026-03-14/hour=09/part.gz", size: int = 1234) -> dict[str, Any]:
    """The event that EventBridge gets from Amazon S3."""
    return {
        "version": "0",
        "source": "aws.s3",
        "detail-type": "Object Created",
        "detail": {"bucket": {"name": "lake"}, "object": {"key": key, "size": size}},
    }


def crawl_ended(state: str = "Succeeded", crawler: str = "lake-crawler") -> dict[str, Any]:
    """The event that EventBridge gets from AWS Glue."""
    return {
        "version": "0",
        "source": "aws.glue",
        "detail-type": "Glue Crawler State Change",
        "detail": {"crawlerName": crawler, "state": state, "message": f"Crawler {state}"},
    }
