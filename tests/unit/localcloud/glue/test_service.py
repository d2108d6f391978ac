# SPDX-License-Identifier: Apache-2.0
"""The local Glue crawler."""

import gzip
import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from localcloud.clock import Clock
from localcloud.glue import service as crawler
from localcloud.ministack import Response, glue, iam, messaging, s3
from localcloud.ministack.server import request_scope
from tests.ministack_calls import call
from tests.roles import EVERYTHING, role_arn, stored_role, trust
from tests.waiting import PATIENCE_SECONDS, wait_until

CRAWLER = {
    "Name": "crawler",
    "Role": role_arn("crawler"),
    "DatabaseName": "lake",
    "TablePrefix": "pixel_",
    "Classifiers": ["lines"],
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
def cloud() -> Iterator[None]:
    for service in (glue, s3, iam):
        service.reset()
    make("lake")
    crawler.install(Clock(SPEED))
    yield
    for service in (glue, s3, iam):
        service.reset()


def make(bucket: str) -> None:
    """What a crawl needs, in the current account."""
    iam.roles["crawler"] = stored_role(trust("glue.amazonaws.com"), EVERYTHING)
    s3.create_bucket(bucket, b"", {})
    call(glue, "CreateDatabase", {"DatabaseInput": {"Name": "lake"}})
    call(glue, "CreateClassifier", {"CsvClassifier": CLASSIFIER})
    call(glue, "CreateCrawler", {**CRAWLER, "Targets": {"S3Targets": [{"Path": f"s3://{bucket}/events/"}]}})


def put(*keys: str, body: bytes = b"x\ny\n") -> None:
    for key in keys:
        s3.put_object("lake", key, body, {})


def start() -> tuple[int, dict[str, Any]]:
    status, _, body = glue.start_crawler({"Name": "crawler"})
    return status, json.loads(body)


def until(condition: Callable[[], bool]) -> None:
    wait_until(condition, "the expected state is reached", pause_seconds=0.01)


def crawled() -> dict[str, Any]:
    """Crawl, and give what GetCrawler says of it."""
    assert start() == (200, {})
    until(lambda: glue.crawlers["crawler"]["State"] == "READY")
    found: dict[str, Any] = call(glue, "GetCrawler", {"Name": "crawler"})["Crawler"]
    return found


def values() -> list[list[str]]:
    return [partition["Values"] for partition in glue.partitions.get("lake/pixel_events", [])]


def test_crawl_makes_the_table_from_the_classifier_and_the_folders() -> None:
    put("events/dt=2026-11-23/hour=09/a.gz", "events/dt=2026-11-23/hour=10/a.gz", "other/dt=1/hour=2/a.gz")
    assert crawled()["LastCrawl"]["Status"] == "SUCCEEDED"
    table = glue.tables["lake/pixel_events"]
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
    places = [p["StorageDescriptor"]["Location"] for p in glue.partitions["lake/pixel_events"]]
    assert places == [f"s3://lake/events/dt=2026-11-23/hour={hour}/" for hour in ("09", "10")]


def test_crawl_of_an_empty_folder_makes_no_table() -> None:
    put("other/a.gz")
    assert crawled()["LastCrawl"]["Status"] == "SUCCEEDED"
    assert dict(glue.tables.items()) == {}


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_crawl_makes_a_table_as_soon_as_one_object_has_two_rows(pack: Callable[[bytes], bytes]) -> None:
    put("events/dt=2026-11-23/hour=09/a.gz", "events/dt=2026-11-23/hour=10/a.gz", body=pack(b"x\n"))
    assert crawled()["LastCrawl"]["Status"] == "SUCCEEDED"
    assert dict(glue.tables.items()) == {}
    put("events/dt=2026-11-23/hour=11/a.gz", body=pack(b"x\ny\n"))
    crawled()
    assert values() == [["2026-11-23", hour] for hour in ("09", "10", "11")]


@pytest.mark.parametrize(("behaviour", "columns"), [("UPDATE_IN_DATABASE", 2), ("LOG", 1)])
def test_existing_table_changes_as_the_policy_says(behaviour: str, columns: int) -> None:
    glue.crawlers["crawler"]["SchemaChangePolicy"] = {"UpdateBehavior": behaviour}
    table = {"Name": "pixel_events", "StorageDescriptor": {"Columns": [{"Name": "old", "Type": "string"}]}}
    glue.create_table({"DatabaseName": "lake", "TableInput": table})
    put("events/dt=2026-11-23/hour=09/a.gz")
    crawled()
    assert len(glue.tables["lake/pixel_events"]["StorageDescriptor"]["Columns"]) == columns
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
    assert dict(glue.tables.items()) == {}
    looked.set()
    until(lambda: glue.crawlers["crawler"]["State"] == "READY")
    assert time.monotonic() - began >= crawler.CRAWL_SECONDS / SPEED


def test_crawler_that_cannot_crawl_says_why() -> None:
    put("events/dt=2026-11-23/hour=09/a.gz")
    glue.delete_classifier({"Name": "lines"})
    last = crawled()["LastCrawl"]
    assert (last["Status"], "no CSV classifier" in last["ErrorMessage"]) == ("FAILED", True)


INHERIT = '{"Version": 1.0, "CrawlerOutput": {"Partitions": {"AddOrUpdateBehavior": "InheritFromTable"}}}'


@pytest.mark.parametrize(("configuration", "columns"), [(INHERIT, 1), ("", 2)])
def test_partitions_look_like_the_table_if_they_inherit_from_it(configuration: str, columns: int) -> None:
    """Under a policy that only logs changes, the table and the classifier may disagree."""
    glue.crawlers["crawler"] |= {"SchemaChangePolicy": {"UpdateBehavior": "LOG"}, "Configuration": configuration}
    table = {"Name": "pixel_events", "StorageDescriptor": {"Columns": [{"Name": "old", "Type": "string"}]}}
    glue.create_table({"DatabaseName": "lake", "TableInput": table})
    put("events/dt=2026-11-23/hour=09/a.gz")
    crawled()
    (partition,) = glue.partitions["lake/pixel_events"]
    assert len(partition["StorageDescriptor"]["Columns"]) == columns
    assert partition["StorageDescriptor"]["Location"] == "s3://lake/events/dt=2026-11-23/hour=09/"


def test_known_partitions_follow_the_table_if_they_inherit_from_it() -> None:
    glue.crawlers["crawler"]["Configuration"] = INHERIT
    put("events/dt=2026-11-23/hour=09/a.gz")
    crawled()
    glue.classifiers["lines"]["CsvClassifier"] |= {"Header": ["a"], "CustomDatatypes": ["STRING"]}
    crawled()
    (partition,) = glue.partitions["lake/pixel_events"]
    assert partition["StorageDescriptor"]["Columns"] == [{"Name": "a", "Type": "string"}]


def test_columns_are_text_unless_the_classifier_says_otherwise() -> None:
    glue.classifiers["lines"]["CsvClassifier"]["CustomDatatypeConfigured"] = False
    put("events/dt=2026-11-23/hour=09/a.gz")
    crawled()
    columns = glue.tables["lake/pixel_events"]["StorageDescriptor"]["Columns"]
    assert [column["Type"] for column in columns] == ["string", "string"]


def test_stopped_crawl_finds_nothing_and_the_next_one_takes_its_own_time() -> None:
    put("events/dt=2026-11-23/hour=09/a.gz")
    start()
    time.sleep(crawler.CRAWL_SECONDS / SPEED / 2)
    call(glue, "StopCrawler", {"Name": "crawler"})
    began = time.monotonic()
    crawled()
    assert time.monotonic() - began >= crawler.CRAWL_SECONDS / SPEED
    assert values() == [["2026-11-23", "09"]]


def test_state_changes_are_events(monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[tuple[str, str, int]] = []
    put_really = messaging.put_aws_event

    def put_aws_event(entry: dict[str, Any]) -> Response:
        response = put_really(entry)
        failed = json.loads(response[2])["FailedEntryCount"]
        events.append((entry["DetailType"], json.loads(entry["Detail"])["state"], failed))
        return response

    monkeypatch.setattr(messaging, "put_aws_event", put_aws_event)
    put("events/dt=2026-11-23/hour=09/a.gz")
    crawled()
    until(lambda: len(events) == 2)
    assert events == [("Glue Crawler State Change", state, 0) for state in ("Started", "Succeeded")]


def test_unknown_crawler_is_not_found() -> None:
    status, _, body = glue.start_crawler({"Name": "nobody"})
    assert (status, json.loads(body)["__type"]) == (400, "EntityNotFoundException")


def test_crawl_ends_in_the_account_in_which_it_began() -> None:
    put("events/dt=2026-11-23/hour=09/a.gz")
    with request_scope("111122223333", "us-east-1"):
        make("lake-of-another")
        s3.put_object("lake-of-another", "events/dt=2026-11-23/hour=11/a.gz", b"x\ny\n", {})
        crawled()
        assert values() == [["2026-11-23", "11"]]
    assert values() == []
