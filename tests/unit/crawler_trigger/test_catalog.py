# SPDX-License-Identifier: Apache-2.0
"""The conversation with the Glue catalog."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.fakes.client import FakeClient

LOCATION = "s3://lake/events/dt=2026-03-14/hour=09/"


@pytest.fixture
def partition(crawler_trigger: SimpleNamespace) -> Any:
    return crawler_trigger.partition.Partition("2026-03-14", "09", LOCATION)


@pytest.fixture
def catalog(crawler_trigger: SimpleNamespace) -> Any:
    return crawler_trigger.app.catalog


def test_a_partition_is_stored_the_way_its_table_is(
    catalog: Any, glue: FakeClient, table: dict[str, Any], partition: Any
) -> None:
    glue.service.table = table
    assert catalog.register(partition).registration == "registered"
    assert glue.service.partitions == {
        ("2026-03-14", "09"): {
            "Values": ["2026-03-14", "09"],
            "StorageDescriptor": table["StorageDescriptor"] | {"Location": LOCATION},
        }
    }
    assert table["StorageDescriptor"]["Location"] == "s3://lake/events/"
    assert glue.count("start_crawler") == 0


def test_a_partition_that_exists_is_success(
    catalog: Any, glue: FakeClient, table: dict[str, Any], partition: Any
) -> None:
    glue.service.table = table
    glue.service.partitions["2026-03-14", "09"] = {"made by": "the crawler"}
    assert catalog.register(partition).registration == "already_registered"
    assert glue.service.partitions["2026-03-14", "09"] == {"made by": "the crawler"}


def test_a_partition_seen_before_costs_a_look_at_the_table(
    catalog: Any, glue: FakeClient, table: dict[str, Any], partition: Any
) -> None:
    glue.service.table = table
    catalog.register(partition)
    calls = len(glue.calls)
    assert catalog.register(partition).registration == "seen_before"
    assert [name for name, _ in glue.calls[calls:]] == ["get_table"]


def test_a_missing_table_starts_a_crawl_and_asks_for_a_retry(
    catalog: Any, crawler_trigger: SimpleNamespace, glue: FakeClient, partition: Any
) -> None:
    with pytest.raises(
        crawler_trigger.catalog.CatalogNotReady,
        match=r"edgepixel\.pixel_events does not exist; crawler lake-crawler was started",
    ) as caught:
        catalog.register(partition)
    assert caught.value.crawl_started
    assert glue.service.crawler_runs


def test_a_running_crawler_is_no_error_of_its_own(
    catalog: Any, crawler_trigger: SimpleNamespace, glue: FakeClient, partition: Any
) -> None:
    glue.service.crawler_runs = True
    with pytest.raises(crawler_trigger.catalog.CatalogNotReady, match="is already running") as caught:
        catalog.register(partition)
    assert not caught.value.crawl_started


def test_the_retry_succeeds_when_the_crawler_made_the_table(
    catalog: Any, crawler_trigger: SimpleNamespace, glue: FakeClient, table: dict[str, Any], partition: Any
) -> None:
    with pytest.raises(crawler_trigger.catalog.CatalogNotReady):
        catalog.register(partition)
    glue.service.table = table
    assert catalog.register(partition).registration == "registered"


@pytest.mark.parametrize(
    ("columns", "keys", "difference"),
    [
        (("timestamp", "cs_uri_query"), ("dt", "hour"), "missing c_ip, unknown none"),
        (("timestamp", "c_ip", "asn"), ("dt", "hour"), "missing cs_uri_query, unknown asn"),
        ((), ("dt", "hour"), "missing timestamp, c_ip, cs_uri_query, unknown none"),
        (("c_ip", "timestamp", "cs_uri_query"), ("dt", "hour"), "columns are in the order c_ip, timestamp"),
        (("timestamp", "c_ip", "cs_uri_query"), ("partition_0", "hour"), "partition keys are partition_0, hour"),
        (("timestamp", "c_ip", "cs_uri_query"), (), "partition keys are none"),
    ],
)
def test_a_table_that_differs_starts_a_crawl(
    catalog: Any,
    crawler_trigger: SimpleNamespace,
    glue: FakeClient,
    table: dict[str, Any],
    partition: Any,
    columns: tuple[str, ...],
    keys: tuple[str, ...],
    difference: str,
) -> None:
    table["StorageDescriptor"]["Columns"] = [{"Name": name, "Type": "string"} for name in columns]
    table["PartitionKeys"] = [{"Name": name, "Type": "string"} for name in keys]
    glue.service.table = table
    with pytest.raises(crawler_trigger.catalog.CatalogNotReady, match=difference):
        catalog.register(partition)
    assert glue.service.crawler_runs
    assert glue.service.partitions == {}


def test_while_the_next_crawl_runs_the_last_one_does_not_matter(
    catalog: Any, crawler_trigger: SimpleNamespace, glue: FakeClient, partition: Any
) -> None:
    glue.service.last_crawl = {"Status": "FAILED", "StartTime": datetime.now(UTC)}
    glue.service.crawler_runs = True
    with pytest.raises(crawler_trigger.catalog.CatalogNotReady, match="is already running"):
        catalog.register(partition)


@pytest.mark.parametrize("operation", ["get_table", "start_crawler", "create_partition"])
def test_other_errors_pass_through(
    catalog: Any, glue: FakeClient, table: dict[str, Any], partition: Any, operation: str
) -> None:
    glue.service.table = None if operation == "start_crawler" else table
    glue.fail_next[operation] = ["AccessDeniedException"]
    with pytest.raises(ClientError, match="AccessDeniedException"):
        catalog.register(partition)


def test_a_partition_that_could_not_be_made_is_not_remembered(
    catalog: Any, glue: FakeClient, table: dict[str, Any], partition: Any
) -> None:
    glue.service.table = table
    glue.fail_next["create_partition"] = ["ThrottlingException"]
    with pytest.raises(ClientError):
        catalog.register(partition)
    assert catalog.register(partition).registration == "registered"
