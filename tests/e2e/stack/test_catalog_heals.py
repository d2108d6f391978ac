# SPDX-License-Identifier: Apache-2.0
"""Whatever becomes of the catalog, the next object, or the end of a crawl, makes it right: no answer lacks an hour."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from edgepixel.answers.subject.conditions import answer_sql
from edgepixel.ask.athena import find_answers, run_query
from edgepixel.ask.wait_for_events import queryable_events
from edgepixel.aws.cloud import Cloud
from edgepixel.aws.lake_names import EVENTS, TABLE
from edgepixel.aws.stack import Stack
from edgepixel.template.reader import log_fields
from edgepixel.traffic.ledger import Ledger, read_ledger
from edgepixel.traffic.recorder import record_traffic
from edgepixel.truth.comparison import differences
from edgepixel.truth.events import events_of, facts_of
from edgepixel.truth.expected import TRUTHS
from tests.e2e.streams import objects
from tests.waiting import wait_until

COLUMNS = [name.replace("-", "_") for name in log_fields()]
# By time, by person, and by the last log field.
ANSWERS = ("events-per-hour", "visitor-count", "traffic-quality")


class Site:
    """A stack of its own, everything that was sent to it, and its catalog."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self.stack = stack
        self.glue = stack.cloud.client("glue")
        self.crawler = stack.outputs["CrawlerName"]
        self.table = {"DatabaseName": stack.database, "Name": TABLE}
        self._folder = folder
        self._ledger: Ledger | None = None

    def send(self, hits: int) -> None:
        """More hits, in an object of their own or with others."""
        sent = len(self._ledger.rows) if self._ledger else 0
        path = self._folder / f"{sent}.jsonl"
        record_traffic(self.stack, path, hits=hits, seed=sent)
        ledger = read_ledger(path)
        self._ledger = replace(ledger, rows=(*(self._ledger.rows if self._ledger else ()), *ledger.rows))

    def crawl(self) -> dict[str, Any]:
        """Start a crawl by hand, and wait for its end."""
        self.glue.start_crawler(Name=self.crawler)
        return wait_until(self.last_crawl, "the crawl ends", pause_seconds=0.1)

    def last_crawl(self) -> dict[str, Any]:
        crawler = self.glue.get_crawler(Name=self.crawler)["Crawler"]
        return crawler.get("LastCrawl", {}) if crawler["State"] == "READY" else {}

    def columns(self) -> list[str]:
        """The table's columns; none if there is no table, or if its hours are not all registered."""
        try:
            found = self.glue.get_table(**self.table)["Table"]
        except self.glue.exceptions.EntityNotFoundException:
            return []
        if any("unfinished" in name for name in found["Parameters"]):
            return []
        return [column["Name"] for column in found["StorageDescriptor"]["Columns"]]

    def answers_equal_the_ledger(self) -> None:
        assert self._ledger
        expected = len(self._ledger.logged())
        wait_until(
            lambda: self.columns()[: len(COLUMNS)] == COLUMNS and queryable_events(self.stack) == expected,
            f"{expected} events can be queried",
            lambda: (self.columns(), queryable_events(self.stack)),
            pause_seconds=0.3,
        )
        queries, now_ms = find_answers(self.stack), time.time_ns() // 1_000_000
        for answer in ANSWERS:
            truth = TRUTHS[answer](facts_of(events_of(self._ledger), now_ms))
            assert truth.rows
            found = run_query(self.stack, answer_sql(queries, answer, now_ms=now_ms))
            assert differences(found, truth) == [], answer


@pytest.fixture(scope="module")
def site(deploy_stack: Callable[[str, dict[str, str]], Stack], tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A stack whose first object had one line, of which a crawl makes no table. Its hour lies back by now."""
    site = Site(deploy_stack("heals", {"BufferSeconds": "60"}), tmp_path_factory.mktemp("heals"))
    site.send(1)
    site.answers_equal_the_ledger()
    assert site.last_crawl()["Status"] == "SUCCEEDED"
    (key,) = objects(site.stack.cloud, site.stack, EVENTS)
    s3, bucket = site.stack.cloud.client("s3"), site.stack.lake_bucket
    earlier = (datetime.now(UTC) - timedelta(hours=20)).strftime(f"{EVENTS}dt=%Y-%m-%d/hour=%H/one.gz")
    s3.copy_object(Bucket=bucket, Key=earlier, CopySource={"Bucket": bucket, "Key": key})
    s3.delete_object(Bucket=bucket, Key=key)
    site.answers_equal_the_ledger()
    return site


def test_an_object_of_one_line_can_be_queried(cloud: Cloud, site: Site) -> None:
    """The crawl leaves no table for it (see `site`): the trigger made it at the crawl's end."""
    logs = cloud.client("logs").filter_log_events(logGroupName="/aws/lambda/heals-crawler-trigger")["events"]
    assert [event for event in logs if "Table made right from the log fields" in event["message"]]


def test_a_table_that_was_dropped_by_hand_comes_back_with_every_hour(site: Site) -> None:
    site.glue.delete_table(**site.table)
    started = site.last_crawl()["StartTime"]
    site.send(20)
    site.answers_equal_the_ledger()
    assert site.last_crawl()["StartTime"] == started, "a second crawl within the hour costs, and is not needed"


def test_an_older_version_s_table_gets_the_last_column(site: Site) -> None:
    _narrow(site)
    site.send(20)
    site.answers_equal_the_ledger()


@pytest.mark.parametrize("status", ["SUCCEEDED", "FAILED"])
def test_a_crawl_that_leaves_no_table_does_no_harm(site: Site, status: str) -> None:
    """Without another object: its end is enough."""
    crawler = site.glue.get_crawler(Name=site.crawler)["Crawler"]
    elsewhere = {"S3Targets": [{"Path": f"s3://{site.stack.lake_bucket}/nothing-here/"}]}
    broken = {"Targets": elsewhere} if status == "SUCCEEDED" else {"Classifiers": []}
    site.glue.update_crawler(Name=site.crawler, **broken)
    site.glue.delete_table(**site.table)
    assert site.crawl()["Status"] == status
    site.answers_equal_the_ledger()
    site.glue.update_crawler(Name=site.crawler, Targets=crawler["Targets"], Classifiers=crawler["Classifiers"])


def test_a_crawl_that_leaves_a_wrong_table_does_no_harm(site: Site) -> None:
    """As when it takes the built-in classifier: names and types are guessed, for the partitions too."""
    (name,) = site.glue.get_crawler(Name=site.crawler)["Crawler"]["Classifiers"]
    classifier = site.glue.get_classifier(Name=name)["Classifier"]["CsvClassifier"]
    kept = {
        field: value for field, value in classifier.items() if field not in {"CreationTime", "LastUpdated", "Version"}
    }
    guessed = {"Header": [f"col{number}" for number in range(len(COLUMNS))]}
    guessed["CustomDatatypes"] = ["DOUBLE", *["STRING"] * (len(COLUMNS) - 1)]
    _replace_classifier(site, {**kept, **guessed})
    site.glue.delete_table(**site.table)
    site.crawl()
    site.answers_equal_the_ledger()
    _replace_classifier(site, kept)


def _replace_classifier(site: Site, classifier: dict[str, Any]) -> None:
    site.glue.delete_classifier(Name=classifier["Name"])
    site.glue.create_classifier(CsvClassifier=classifier)


def _narrow(site: Site) -> None:
    """Take the last column from the table and from all partitions, as a version with one field fewer left them."""
    found = site.glue.get_table(**site.table)["Table"]
    storage = found["StorageDescriptor"]
    narrow = {**storage, "Columns": storage["Columns"][:-1]}
    parameters = {"Name": TABLE, "PartitionKeys": found["PartitionKeys"], "Parameters": found["Parameters"]}
    site.glue.update_table(DatabaseName=site.stack.database, TableInput={**parameters, "StorageDescriptor": narrow})
    partitions = site.glue.get_partitions(DatabaseName=site.stack.database, TableName=TABLE)["Partitions"]
    entries = [
        {
            "PartitionValueList": one["Values"],
            "PartitionInput": {
                "Values": one["Values"],
                "StorageDescriptor": {**narrow, "Location": one["StorageDescriptor"]["Location"]},
            },
        }
        for one in partitions
    ]
    site.glue.batch_update_partition(DatabaseName=site.stack.database, TableName=TABLE, Entries=entries)
