# SPDX-License-Identifier: Apache-2.0
"""The local Glue crawler."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ministack.services import eventbridge, glue, s3

from localcloud.clock import Clock
from localcloud.glue import service as crawler
from tests.waiting import PATIENCE_SECONDS, wait_until

CRAWLER = {
    "Name": "crawler",
    "DatabaseName": "lake",
    "TablePrefix": "pixel_",
    "Classifiers": ["lines"],
    "Targets": {"S3Targets": [{"Path": "s3://lake/events/"}]},
    "SchemaChangePolicy": {"UpdateBehavior": "UPDATE_IN_DATABASE", "DeleteBehavior": "LOG"},
}
CLASSIFIER = {
    "Name": "lines",
    "Delimiter": "\t",
    "ContainsHeader": "ABSENT",
    "Header": ["timestamp", "c_ip"],
    "CustomDatatypeConfigured": True,
    "CustomDatatypes": ["STRING", "BIGINT"],
}
SPEED = 600.0  # a crawl of 60 seconds takes 0.1


@pytest.fixture(autouse=True)
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(glue, "_start_crawler", glue._start_crawler)  # put back what install() replaces
    for service in (eventbridge, glue, s3):
        service.reset()
    s3._create_bucket("lake", b"", {})
    glue._create_database({"DatabaseInput": {"Name": "lake"}})
    glue._create_classifier({"CsvClassifier": CLASSIFIER})
    glue._create_crawler(CRAWLER)
    crawler.install(Clock(SPEED))
    yield
    for service in (eventbridge, glue, s3):
        service.reset()


def put(*keys: str) -> None:
    for key in keys:
        s3._put_object("lake", key, b"x", {})


def start() -> tuple[int, dict[str, Any]]:
    status, _, body = glue._start_crawler({"Name": "crawler"})
    return status, json.loads(body)


def until(condition: Callable[[], bool]) -> None:
    wait_until(condition, "the expected state is reached", pause_seconds=0.01)


def crawled() -> dict[str, Any]:
    """Crawl, and give what GetCrawler says of it."""
    assert start() == (200, {})
    until(lambda: glue._crawlers["crawler"]["State"] == "READY")
    found: dict[str, Any] = json.loads(glue._get_crawler({"Name": "crawler"})[2])["Crawler"]
    return found


def values() -> list[list[str]]:
    return [partition["Values"] for partition in glue._partitions.get("lake/pixel_events", [])]


def test_crawl_makes_the_table_from_the_classifier_and_the_folders() -> None:
    put("events/dt=2026-11-23/hour=09/a.gz", "events/dt=2026-11-23/hour=10/a.gz", "other/dt=1/hour=2/a.gz")
    assert crawled()["LastCrawl"]["Status"] == "SUCCEEDED"
    table = glue._tables["lake/pixel_events"]
    storage = table["StorageDescriptor"]
    assert storage["Columns"] == [{"Name": "timestamp", "Type": "string"}, {"Name": "c_ip", "Type": "bigint"}]
    assert table["PartitionKeys"] == [{"Name": "dt", "Type": "string"}, {"Name": "hour", "Type": "string"}]
    assert storage["Location"] == "s3://lake/events/"
    assert storage["SerdeInfo"] == {
        "SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
        "Parameters": {"field.delim": "\t"},
    }
    assert (table["Parameters"]["classification"], table["Parameters"]["compressionType"]) == ("csv", "gzip")


def test_crawl_registers_each_partition_once_with_its_place() -> None:
    put("events/dt=2026-11-23/hour=09/a.gz")
    crawled()
    put("events/dt=2026-11-23/hour=09/b.gz", "events/dt=2026-11-23/hour=10/a.gz")
    crawled()
    assert values() == [["2026-11-23", "09"], ["2026-11-23", "10"]]
    places = [p["StorageDescriptor"]["Location"] for p in glue._partitions["lake/pixel_events"]]
    assert places == [f"s3://lake/events/dt=2026-11-23/hour={hour}/" for hour in ("09", "10")]


def test_crawl_of_an_empty_folder_makes_no_table() -> None:
    put("other/a.gz")
    assert crawled()["LastCrawl"]["Status"] == "SUCCEEDED"
    assert dict(glue._tables.items()) == {}


@pytest.mark.parametrize(("behaviour", "columns"), [("UPDATE_IN_DATABASE", 2), ("LOG", 1)])
def test_existing_table_changes_as_the_policy_says(behaviour: str, columns: int) -> None:
    glue._crawlers["crawler"]["SchemaChangePolicy"] = {"UpdateBehavior": behaviour}
    table = {"Name": "pixel_events", "StorageDescriptor": {"Columns": [{"Name": "old", "Type": "string"}]}}
    glue._create_table({"DatabaseName": "lake", "TableInput": table})
    put("events/dt=2026-11-23/hour=09/a.gz")
    crawled()
    assert len(glue._tables["lake/pixel_events"]["StorageDescriptor"]["Columns"]) == columns
    assert values() == [["2026-11-23", "09"]]


def test_crawl_takes_a_minute_of_the_cloud_and_refuses_a_second_start(monkeypatch: pytest.MonkeyPatch) -> None:
    looked, crawl = threading.Event(), crawler.crawl

    def held(found: dict[str, Any]) -> None:
        assert looked.wait(PATIENCE_SECONDS)
        crawl(found)

    monkeypatch.setattr(crawler, "crawl", held)  # a slow machine may need longer than this minute to look
    put("events/dt=2026-11-23/hour=09/a.gz")
    began = time.monotonic()
    assert start()[0] == 200
    status, body = start()
    assert (status, body["__type"]) == (400, "CrawlerRunningException")
    assert dict(glue._tables.items()) == {}
    looked.set()
    until(lambda: glue._crawlers["crawler"]["State"] == "READY")
    assert time.monotonic() - began >= crawler.CRAWL_SECONDS / SPEED


def test_crawler_that_cannot_crawl_says_why() -> None:
    put("events/dt=2026-11-23/hour=09/a.gz")
    glue._delete_classifier({"Name": "lines"})
    last = crawled()["LastCrawl"]
    assert (last["Status"], "no CSV classifier" in last["ErrorMessage"]) == ("FAILED", True)


INHERIT = '{"Version": 1.0, "CrawlerOutput": {"Partitions": {"AddOrUpdateBehavior": "InheritFromTable"}}}'


@pytest.mark.parametrize(("configuration", "columns"), [(INHERIT, 1), ("", 2)])
def test_partitions_look_like_the_table_if_they_inherit_from_it(configuration: str, columns: int) -> None:
    """Under a policy that only logs changes, the table and the classifier may disagree."""
    glue._crawlers["crawler"] |= {"SchemaChangePolicy": {"UpdateBehavior": "LOG"}, "Configuration": configuration}
    table = {"Name": "pixel_events", "StorageDescriptor": {"Columns": [{"Name": "old", "Type": "string"}]}}
    glue._create_table({"DatabaseName": "lake", "TableInput": table})
    put("events/dt=2026-11-23/hour=09/a.gz")
    crawled()
    (partition,) = glue._partitions["lake/pixel_events"]
    assert len(partition["StorageDescriptor"]["Columns"]) == columns
    assert partition["StorageDescriptor"]["Location"] == "s3://lake/events/dt=2026-11-23/hour=09/"


def test_known_partitions_follow_the_table_if_they_inherit_from_it() -> None:
    glue._crawlers["crawler"]["Configuration"] = INHERIT
    put("events/dt=2026-11-23/hour=09/a.gz")
    crawled()
    glue._classifiers["lines"]["CsvClassifier"] |= {"Header": ["a"], "CustomDatatypes": ["STRING"]}
    crawled()
    (partition,) = glue._partitions["lake/pixel_events"]
    assert partition["StorageDescriptor"]["Columns"] == [{"Name": "a", "Type": "string"}]


def test_columns_are_text_unless_the_classifier_says_otherwise() -> None:
    glue._classifiers["lines"]["CsvClassifier"]["CustomDatatypeConfigured"] = False
    put("events/dt=2026-11-23/hour=09/a.gz")
    crawled()
    columns = glue._tables["lake/pixel_events"]["StorageDescriptor"]["Columns"]
    assert [column["Type"] for column in columns] == ["string", "string"]


def test_stopped_crawl_finds_nothing_and_the_next_one_takes_its_own_time() -> None:
    put("events/dt=2026-11-23/hour=09/a.gz")
    start()
    time.sleep(crawler.CRAWL_SECONDS / SPEED / 2)
    glue._stop_crawler({"Name": "crawler"})
    began = time.monotonic()
    crawled()
    assert time.monotonic() - began >= crawler.CRAWL_SECONDS / SPEED
    assert values() == [["2026-11-23", "09"]]


def test_state_changes_are_events() -> None:
    put("events/dt=2026-11-23/hour=09/a.gz")
    crawled()
    until(lambda: len(eventbridge._events_log_list()) == 2)
    assert [(e["DetailType"], json.loads(e["Detail"])["state"]) for e in eventbridge._events_log_list()] == [
        ("Glue Crawler State Change", "Started"),
        ("Glue Crawler State Change", "Succeeded"),
    ]


def test_unknown_crawler_is_not_found() -> None:
    status, _, body = glue._start_crawler({"Name": "nobody"})
    assert (status, json.loads(body)["__type"]) == (400, "EntityNotFoundException")


def test_crawl_ends_in_the_account_in_which_it_began() -> None:
    from ministack.core import responses

    put("events/dt=2026-11-23/hour=09/a.gz")
    token = responses._request_account_id.set("111122223333")
    try:
        s3._create_bucket("lake-of-another", b"", {})
        s3._put_object("lake-of-another", "events/dt=2026-11-23/hour=11/a.gz", b"x", {})
        glue._create_database({"DatabaseInput": {"Name": "lake"}})
        glue._create_classifier({"CsvClassifier": CLASSIFIER})
        targets = {"S3Targets": [{"Path": "s3://lake-of-another/events/"}]}
        glue._create_crawler({**CRAWLER, "Targets": targets})
        crawled()
        assert values() == [["2026-11-23", "11"]]
    finally:
        responses._request_account_id.reset(token)
    assert values() == []
