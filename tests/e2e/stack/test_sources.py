# SPDX-License-Identifier: Apache-2.0
"""A stack of standard logs: what is sent is what it answers, and it changes to real-time logs and back without loss."""

import gzip
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

import pytest

from edgepixel.ask.athena import run_query
from edgepixel.aws import lake_names
from edgepixel.aws.cloud import Cloud
from edgepixel.aws.stack import Stack, find_stack
from edgepixel.doctor.findings import ONLY_WITH_REALTIME_LOGS, Outcome
from edgepixel.traffic.generator import generate
from edgepixel.traffic.ledger import Row
from edgepixel.traffic.sender import send
from tests.e2e.stack.steps.comparing import ledger_of, wait_for_hits, wrong_answers
from tests.e2e.stack.steps.examining import assert_healthy, examined
from tests.e2e.stack.steps.removal import delete_stack
from tests.e2e.stack.steps.steady_traffic import PatientPixel, SteadyTraffic
from tests.e2e.stack.steps.updating import physical_ids, update_stack
from tests.waiting import wait_until

NAME = "sources"
HITS, HOURS = 300, 6.0
PER_SECOND = 5
KEPT = ("LakeBucket", "Database", "EventsView", "WorkGroup", "PixelFunction", "Distribution")
IN_BOTH = "SELECT x_edge_request_id FROM pixel_events GROUP BY 1 HAVING count(DISTINCT strpos(timestamp, '.')) = 2"
SENT_TO_BOTH = 15
COUNTED = ("events-per-hour", "visitor-count", "aggregate-event-count", "user-agents", "traffic-quality")
ATHENA_RESULTS = "query-results"


@dataclass
class Site:
    """A stack, and what was sent to it. `others`: requests of its distribution that are no hits."""

    cloud: Cloud
    stack: Stack
    hits: list[Row]
    others: list[Row]
    unique_id: str

    def log_deliveries(self) -> dict[str, int]:
        """How many sources, destinations and deliveries of logs of this stack there are."""
        logs, unique = self.cloud.client("logs", region="us-east-1"), self.unique_id
        names = {
            "sources": [one["name"] for one in logs.describe_delivery_sources()["deliverySources"]],
            "destinations": [one["name"] for one in logs.describe_delivery_destinations()["deliveryDestinations"]],
            "deliveries": [one["deliverySourceName"] for one in logs.describe_deliveries()["deliveries"]],
        }
        return {kind: sum(unique in name for name in found) for kind, found in names.items()}

    def table(self) -> dict[str, Any]:
        """The table of log lines, as Glue has it."""
        found: dict[str, Any] = self.cloud.client("glue").get_table(
            DatabaseName=self.stack.database, Name=lake_names.TABLE
        )["Table"]
        return found


@pytest.fixture(scope="module")
def site(cloud: Cloud, deploy_stack: Callable[[str, dict[str, str]], Stack]) -> Site:
    """A stack of standard logs that got every kind of hit."""
    stack = deploy_stack(NAME, {"Source": "standard"})
    pixel = PatientPixel(stack.pixel_url, cloud.local_port, has_edge_function=True)
    hits = list(generate(13, HITS, time.time_ns() // 1_000_000, HOURS))
    script = [replace(hit, path="/pixel.js", truth=replace(hit.truth, logged=False)) for hit in hits[:3]]
    rows = list(send([*hits, *script], pixel))
    logged = [row for row in rows if row.truth.logged]
    unique_id = cloud.client("cloudformation").describe_stacks(StackName=NAME)["Stacks"][0]["StackId"].split("/")[2]
    site = Site(cloud, stack, logged, [row for row in rows if not row.truth.logged], unique_id)
    wait_for_hits(stack, rows)  # the whole distribution's requests are in the table
    return site


def test_answers_equal_what_was_sent(site: Site) -> None:
    truths = [row.truth for row in site.hits]
    assert {row.status for row in site.hits} >= {200, 301, 403}, "people, redirects, refusals"
    assert {truth.traffic for truth in truths} >= {"human", "bot", "prefetch"}
    assert any(truth.private for truth in truths)
    assert {row.status for row in site.others} >= {200, 403}, "pixel.js, and wrong paths"
    assert wrong_answers(site.stack, ledger_of(site.stack, site.hits), COUNTED) == {}
    rows = run_query(site.stack, "SELECT request_id FROM events").rows
    assert sorted(str(row[0]) for row in rows) == sorted(row.request_id for row in site.hits)


def test_nothing_that_costs_by_the_hour_is_there(site: Site) -> None:
    assert "RawStreamName" not in site.stack.outputs
    streams = site.cloud.client("kinesis").list_streams()["StreamNames"]
    deliveries = site.cloud.client("firehose").list_delivery_streams(Limit=100)["DeliveryStreamNames"]
    assert [name for name in (*streams, *deliveries) if name.startswith(f"{NAME}-")] == []
    crawler = site.cloud.client("glue").get_crawler(Name=site.stack.outputs["CrawlerName"])["Crawler"]
    assert "LastCrawl" not in crawler, "a crawl is billed for ten minutes, and would make other partitions"


def test_no_full_address_is_anywhere(site: Site) -> None:
    addresses = {row.truth.address for row in (*site.hits, *site.others) if row.truth.address}
    full = {address for address in addresses if not address.endswith((".0", "::"))}
    assert len(full) > 50
    lake, logged = _lake(site), _function_logs(site)
    assert _addresses_in(lake) & full == set()
    assert _addresses_in(logged) & full == set()
    # What is there is found: addresses of which the last number is cut off, and what functions say.
    assert len(_addresses_in(lake) & {re.sub(r"\.\d+$", ".0", address) for address in full}) > 50
    assert "Partitions are in the catalog" in logged
    assert f"{ATHENA_RESULTS}/" in lake


def test_the_doctor_finds_it_healthy(site: Site) -> None:
    found = examined(site.stack)
    assert_healthy(found)
    skipped = {result.stage for result in found.stages if result.outcome is Outcome.SKIPPED}
    assert skipped >= set(ONLY_WITH_REALTIME_LOGS)


def test_the_source_changes_while_hits_arrive_and_each_is_counted_once(site: Site) -> None:
    """In both directions, by way of both sources, as docs/operations.md says: no hit is lost, at no time."""
    before, table = physical_ids(site.cloud, NAME), site.table()
    traffic = SteadyTraffic(
        PatientPixel(site.stack.pixel_url, site.cloud.local_port, has_edge_function=True), PER_SECOND
    )
    with traffic.flowing():
        for source in ("realtime", "standard"):
            update_stack(site.cloud, NAME, {"Source": "both"})
            in_both = len(traffic.sent) + SENT_TO_BOTH
            wait_until(lambda most=in_both: len(traffic.sent) >= most, "hits are sent", lambda: len(traffic.sent))
            wait_for_hits(site.stack, traffic.must_be_there())  # AWS may take a day for it
            update_stack(site.cloud, NAME, {"Source": source})
            assert {*site.log_deliveries().values()} == ({0} if source == "realtime" else {1})
    site.stack = find_stack(site.cloud, NAME)
    site.hits += traffic.must_be_there()
    wait_for_hits(site.stack, site.hits)
    after = physical_ids(site.cloud, NAME)
    assert {name: after[name] for name in KEPT} == {name: before[name] for name in KEPT}
    assert after.keys() == before.keys(), "streams, and what belongs to them, are gone again"
    assert site.table()["CreateTime"] == table["CreateTime"], "the table was made again"
    twice = {str(row[0]) for row in run_query(site.stack, IN_BOTH).rows}
    assert len(twice & {row.request_id for row in site.hits}) > SENT_TO_BOTH
    assert wrong_answers(site.stack, ledger_of(site.stack, site.hits), COUNTED) == {}


def test_nothing_of_the_delivery_stays_when_the_stack_is_deleted(site: Site) -> None:
    assert site.log_deliveries() == {"sources": 1, "destinations": 1, "deliveries": 1}
    delete_stack(site.cloud, NAME)
    assert site.log_deliveries() == {"sources": 0, "destinations": 0, "deliveries": 0}


def _lake(site: Site) -> str:
    """All objects of the lake, unpacked and decoded: lines, results of Athena, and whatever else."""
    s3, texts = site.cloud.client("s3"), []
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=site.stack.lake_bucket):
        for item in page["Contents"]:
            body = s3.get_object(Bucket=site.stack.lake_bucket, Key=item["Key"])["Body"].read()
            texts += [item["Key"], (gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body).decode()]
    return "\n".join(texts)


def _function_logs(site: Site) -> str:
    """All that the stack's functions have logged."""
    logs = site.cloud.client("logs")
    groups = logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{NAME}-")["logGroups"]
    assert groups
    return "\n".join(
        event["message"]
        for group in groups
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
        for event in page["events"]
    )


def _addresses_in(text: str) -> set[str]:
    """What may be an address, however often it is encoded."""
    decoded = unquote(unquote(text))
    return set(re.findall(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])|[0-9a-f:]*::?[0-9a-f:]+", decoded))
